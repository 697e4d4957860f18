// The routes of guest links: one is made on the page of its task, and ended there.
import type { FastifyInstance } from 'fastify';
import { guestWord } from '../entry/links.ts';
import { newKey, toKeyDigest } from '../keys.ts';
import { parseDurationMs } from '../values/duration.ts';
import { readForm, type Callers } from './callers.ts';
import type { AdminDeps } from './pages/admin-deps.ts';
import type { MadeLink } from './pages/guest-links.ts';
import { toTaskPage } from './pages/task-page.ts';
import { toTaskPath } from './pages/task-parts.ts';
import { sendGone, sendMessage, sendOn, sendPage } from './replies.ts';

const mostUses = 10_000;
const longestMs = 366 * 86_400_000;

export function addLinkRoutes(app: FastifyInstance, house: AdminDeps, { callerOf }: Callers): void {
  app.post<{ Params: { id: string } }>('/tasks/:id/links', async (request, reply) => {
    const { reader, visitor, entry } = callerOf(request);
    const task = house.tasks().find(({ id }) => id === request.params.id);
    if (task === undefined) return sendGone(reply);
    const link = makeLink(task.id, readForm(request), `admin (${entry.user}), ${visitor.address}`, house);
    return sendPage(reply, await toTaskPage(task, house, reader, { link }), reader);
  });
  app.post<{ Params: { id: string } }>('/tasks/:id/links/end', (request, reply) => {
    const { reader, visitor, entry } = callerOf(request);
    const { label = '' } = readForm(request);
    const result = house.links.end(label, `admin (${entry.user}), ${visitor.address}`);
    if (result === 'unknown') return sendGone(reply);
    const { links, keys } = reader.language.admin;
    if (result === 'unwritten') return sendMessage(reply, 503, () => [links.end, keys.unwritten]);
    return sendOn(reply, `/${toTaskPath(request.params.id)}`);
  });
}

function makeLink(
  task: string,
  { label = '', for: time = '', uses: times = '' }: Readonly<Record<string, string>>,
  by: string,
  { links, base, clock }: Pick<AdminDeps, 'links' | 'base' | 'clock'>,
): MadeLink {
  const ms = parseDurationMs(time) ?? 0;
  const uses = /^\d{1,5}$/.test(times) ? Number(times) : 0;
  const isWhole = label !== '' && label.length <= 60 && !/\p{Cc}/u.test(label);
  if (!isWhole || ms < 1000 || ms > longestMs || uses < 1 || uses > mostUses) return { problem: 'badForm' };
  const key = newKey();
  const endsAtMs = clock.wallMs() + ms;
  const result = links.create({ key: toKeyDigest(key), task, label, endsAtMs, uses }, by);
  return result === 'done' ? { url: `${base()}/${guestWord}/${key}` } : { problem: result };
}
