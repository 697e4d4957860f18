// Sending answers: complete ones, and streams that last as long as a run does.
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { RunFeed } from '../runs/run-view.ts';
import { renderEvents, renderFollowed, type Position } from './live.ts';
import { toRelative } from '../listener/root.ts';
import { phonePages } from './pages/phone-page.ts';
import type { Reply } from './reply.ts';

const pageHeaders = Object.fromEntries(phonePages.headers);

/** Sends a complete answer. Its location is a path of ours, and becomes relative to the address that was called. */
export function send(
  reply: FastifyReply,
  { status, headers, body }: Omit<Reply, 'body'> & { readonly body: string | Buffer },
): FastifyReply {
  const { Location: to } = headers;
  const location = to === undefined ? {} : { Location: toRelative(to, reply.request.originalUrl) };
  return reply
    .code(status)
    .headers(pageHeaders)
    .headers({ ...headers, ...location })
    .send(body);
}

/**
 * An EventSource that lost its connection calls again and reports what it has seen. It gets the rest; if there is no more,
 * or the run no longer exists, it gets 204, which makes it stop calling.
 */
export function sendEvents(
  reply: FastifyReply,
  feed: RunFeed | undefined,
  { seen: position, leaving }: { readonly seen: Position | undefined; readonly leaving: AbortSignal },
): FastifyReply {
  const run = feed?.view().run;
  const seen = position?.run === run ? position?.offset : undefined;
  if (feed === undefined || run === undefined || seen === 'end')
    return reply.code(204).headers(pageHeaders).send();
  return sendStream(
    reply,
    'text/event-stream',
    run,
    renderEvents(feed, { signal: leaving, seenBytes: seen }),
  );
}

/** Sends the output of a run as it arrives, and how the run ended. */
export function sendFollowed(reply: FastifyReply, feed: RunFeed, leaving: AbortSignal): FastifyReply {
  return sendStream(reply, 'text/plain', feed.view().run, renderFollowed(feed, leaving));
}

/** The stream is read as fast as its reader accepts it. A header asks nginx and similar reverse proxies not to buffer it. */
function sendStream(
  reply: FastifyReply,
  type: string,
  run: string,
  parts: AsyncIterable<Uint8Array | string>,
): FastifyReply {
  const stream = Readable.from(parts, { objectMode: false });
  reply
    .code(200)
    .headers({
      ...pageHeaders,
      Location: toRelative(`/runs/${run}`, reply.request.originalUrl),
      'X-Accel-Buffering': 'no',
      'Content-Type': `${type}; charset=utf-8`,
    })
    .send(stream);
  // Sent at once, so that a caller who follows a silent task knows that it was started.
  reply.raw.flushHeaders();
  return reply;
}
