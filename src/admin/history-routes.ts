// The routes of the history: its page, and everything that it finds as a file.
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { logBug } from '../log/bug.ts';
import type { Callers } from './callers.ts';
import type { AdminDeps } from './pages/admin-deps.ts';
import { exportTypes, renderExport } from './pages/history-export.ts';
import { toHistoryPage } from './pages/history-page.ts';
import { parseHistoryQuery } from './pages/history-query.ts';
import { adminHeaders } from './pages/page.ts';
import { sendGone, sendMessage, sendPage } from './replies.ts';

/** How a browser describes where a request for a file comes from, if our own page or the reader sent it. */
const ownSites: ReadonlySet<unknown> = new Set([undefined, 'same-origin', 'none']);

export function addHistoryRoutes(app: FastifyInstance, house: AdminDeps, { callerOf }: Callers): void {
  app.get('/history', async (request, reply) => {
    const { reader } = callerOf(request);
    return sendPage(reply, await toHistoryPage(parseHistoryQuery(readQuery(request)), house, reader), reader);
  });
  app.get('/history/export', (request, reply) => {
    const { visitor, entry, leaving } = callerOf(request);
    if (!ownSites.has(request.headers['sec-fetch-site']))
      return sendMessage(reply, 403, ({ refused, foreign }) => [refused, foreign]);
    const search = readQuery(request);
    const query = parseHistoryQuery(search);
    const format = search.get('format');
    if (query.problem !== undefined || (format !== 'csv' && format !== 'json')) return sendGone(reply);
    house.logger.info(
      { event: 'history-exported', kind: query.kind, format, address: visitor.address },
      `Exported ${query.kind} as ${format.toUpperCase()} to admin (${entry.user}), ${visitor.address}`,
    );
    const pieces = Readable.from(renderExport(query, format, house), { objectMode: false });
    pieces.once('error', (error) => {
      if (!leaving.aborted) logBug(house.logger, error, 'An export was cut off');
    });
    leaving.addEventListener('abort', () => pieces.destroy());
    return reply
      .code(200)
      .headers(adminHeaders)
      .header('Content-Type', exportTypes[format])
      .header('Content-Disposition', `attachment; filename="remotetask-${query.kind}.${format}"`)
      .send(pieces);
  });
}

/** The query of a request. */
export function readQuery({ url }: FastifyRequest): URLSearchParams {
  return new URL(url, 'http://localhost').searchParams;
}
