// Serves what icons on home screens need: the page with instructions, the manifest, and the icons. Nothing here starts a task.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Icon } from '../icon.ts';
import type { Icons } from '../icons/icons.ts';
import type { IconSize } from '../icons/tile.ts';
import type { HomeCall } from './door.ts';
import { homePageHeaders, renderHomePage } from './pages/home-page.ts';
import { toPlacesBelow } from './pages/home-parts.ts';
import { chooseLanguage } from '../languages/languages.ts';
import { renderManifest } from './pages/manifest.ts';
import { send } from './send.ts';

export function createServeHome(
  icons: Icons,
): (call: HomeCall, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async ({ admission, part, path }, request, reply) => {
    const { name, icon } = admission;
    if (part === 'manifest') return sendManifest(reply, renderManifest(name, toPlacesBelow(path)));
    if (part !== 'page') return await sendIcon(reply, icons, icon, part);
    const body = renderHomePage(admission, path, chooseLanguage(request.raw));
    return send(reply, {
      status: 200,
      headers: { ...homePageHeaders, 'Content-Type': 'text/html; charset=utf-8' },
      body,
    });
  };
}

export function sendManifest(reply: FastifyReply, body: string): FastifyReply {
  return send(reply, {
    status: 200,
    headers: { 'Content-Type': 'application/manifest+json; charset=utf-8' },
    body,
  });
}

/** Sends an icon; undefined means the plain one. */
export async function sendIcon(
  reply: FastifyReply,
  icons: Icons,
  icon: Icon | undefined,
  form: IconSize,
): Promise<FastifyReply> {
  const png = await icons.find(icon, form);
  if (png !== undefined)
    return send(reply, { status: 200, headers: { 'Content-Type': 'image/png' }, body: png });
  return send(reply, {
    status: 503,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Retry-After': '60' },
    body: 'The icon cannot be drawn now; the log says why.\n',
  });
}
