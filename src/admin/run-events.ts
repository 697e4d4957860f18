// A run while it is running, for the script of its page: the events of the public listener, for as long as the session lasts.
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { parsePosition, renderEvents } from '../http/live.ts';
import { logBug } from '../log/bug.ts';
import type { Callers } from './callers.ts';
import type { AdminGate } from './gate/gate.ts';
import { createScreenEvents } from './screen-events.ts';
import type { AdminDeps } from './pages/admin-deps.ts';
import { adminHeaders } from './pages/page.ts';
import { sendMessage } from './replies.ts';

/** How often to check with the gate that the reader is still admitted. */
const recheckMs = 10_000;

export function addRunEvents(
  app: FastifyInstance,
  { runs, logger }: Pick<AdminDeps, 'runs' | 'logger'>,
  { callerOf, gate }: Callers & { readonly gate: () => AdminGate },
): void {
  app.get<{ Params: { id: string } }>('/runs/:id/events', (request, reply) => {
    const { visitor, reader, leaving } = callerOf(request);
    const { id } = request.params;
    const feed = runs.find(Buffer.from(id));
    if (feed === undefined) return sendMessage(reply, 404, ({ notHere, noRun }) => [notHere, noRun]);
    const seen = parsePosition(request.headers['last-event-id']);
    if (seen?.offset === 'end') return reply.code(204).headers(adminHeaders).send();
    const gone = new AbortController();
    const recheck = async (): Promise<void> => {
      if ((await gate().admit(visitor)).kind === 'stranger') gone.abort();
    };
    const recheckOrEnd = (): void => {
      recheck().catch((error: unknown) => {
        logBug(logger, error, 'A reader of a run was sent away');
        gone.abort();
      });
    };
    const timer = setInterval(recheckOrEnd, recheckMs).unref();
    reply.raw.once('close', () => {
      clearInterval(timer);
      gone.abort();
    });
    if (leaving.aborted) gone.abort();
    leaving.addEventListener('abort', () => gone.abort());
    const toEvents = createScreenEvents(feed.start(), reader.language.notShown);
    const events = Readable.from(renderEvents(feed, { signal: gone.signal, toEvents }), {
      objectMode: false,
    });
    reply
      .code(200)
      .headers({
        ...adminHeaders,
        'X-Accel-Buffering': 'no',
        'Content-Type': 'text/event-stream; charset=utf-8',
      })
      .send(events);
    reply.raw.flushHeaders();
    return reply;
  });
}
