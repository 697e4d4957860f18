// Answers on their way: whole ones, and those that go on as a run does.
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { RunFeed } from '../runs/run.ts';
import { renderEvents, renderFollowed, type Position } from './live.ts';
import { phonePages } from './pages/phone-page.ts';
import type { Reply } from './replies.ts';

const pageHeaders = Object.fromEntries(phonePages.headers);

/** Sends an answer that is whole. */
export function send(
  reply: FastifyReply,
  { status, headers, body }: Omit<Reply, 'body'> & { readonly body: string | Buffer },
): FastifyReply {
  return reply.code(status).headers(pageHeaders).headers(headers).send(body);
}

/**
 * An EventSource that lost its connection calls again and says what it has seen: it gets the rest, and where there is
 * none, or no such run any more, 204, which ends its calling.
 */
export function sendEvents(
  reply: FastifyReply,
  feed: RunFeed | undefined,
  { seen: position, leaving }: { readonly seen: Position | undefined; readonly leaving: AbortSignal },
): FastifyReply {
  const run = feed?.view().run;
  const seen = position?.run === run ? position?.offset : undefined;
  if (feed === undefined || run === undefined || seen === 'end') return reply.code(204).headers(pageHeaders).send();
  return sendStream(reply, 'text/event-stream', run, renderEvents(feed, seen, leaving));
}

/** Sends what a run prints as it comes, and how it ended. */
export function sendFollowed(reply: FastifyReply, feed: RunFeed, leaving: AbortSignal): FastifyReply {
  return sendStream(reply, 'text/plain', feed.view().run, renderFollowed(feed, leaving));
}

/** A stream is read as fast as its reader takes it. Reverse proxies of the nginx kind are told not to gather it. */
function sendStream(reply: FastifyReply, type: string, run: string, parts: AsyncIterable<Uint8Array | string>): FastifyReply {
  const stream = Readable.from(parts, { objectMode: false });
  reply
    .code(200)
    .headers({ ...pageHeaders, Location: `/runs/${run}`, 'X-Accel-Buffering': 'no', 'Content-Type': `${type}; charset=utf-8` })
    .send(stream);
  // Whoever follows a silent task knows at once that it was started.
  reply.raw.flushHeaders();
  return reply;
}
