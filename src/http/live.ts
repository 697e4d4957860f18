// A run while it is running: output and state for callers that stay connected. Each reader reads from the run's own ring at
// its own pace, so a slow reader costs nothing; it only misses output.
import { setTimeout as pause } from 'node:timers/promises';
import type { RunFeed, RunView } from '../runs/run-view.ts';
import { createLineEvents, type ToEvents } from './line-events.ts';
import { renderRunJson, renderRunLine } from './run-text.ts';

/** How much is read from the ring at once. */
const maxChunkBytes = 65_536;
/** Output that arrives in small pieces is collected for this long. */
const gatherMs = 50;
/** How often a silent event stream sends a sign of life; reverse proxies give up after 60 s. */
const heartbeatMs = 15_000;
const lineEnd = 0x0a;

/** A reader's position in a run: an event's id contains it, and `Last-Event-ID` brings it back. */
export interface Position {
  readonly run: string;
  /** The bytes of output seen, or that the end was seen. */
  readonly offset: number | 'end';
}

/** The position in a `Last-Event-ID`, if the id is one of ours. */
export function parsePosition(lastEventId: string | readonly string[] | undefined): Position | undefined {
  const [, run, offset] = /^([\w-]{22}):(\d{1,15}|end)$/.exec(String(lastEventId ?? '')) ?? [];
  return run === undefined ? undefined : { run, offset: offset === 'end' ? offset : Number(offset) };
}

/** Output as it arrives, and at the end one line, by default the one that states the outcome. Ends early when `signal` is aborted. */
export async function* renderFollowed(
  feed: RunFeed,
  signal: AbortSignal,
  renderEnd: (view: RunView) => string = renderRunLine,
): AsyncGenerator<Uint8Array | string> {
  let offset = feed.start();
  let isLineEnd = true;
  while (!signal.aborted) {
    const isOver = feed.state() === 'ended';
    const { bytes, from } = feed.read(offset, maxChunkBytes);
    if (from > offset) {
      yield `${isLineEnd ? '' : '\n'}[${from - offset} bytes are left out here: no more than the last 64 KiB is kept.]\n`;
      isLineEnd = true;
    }
    offset = from + bytes.length;
    if (bytes.length > 0) {
      isLineEnd = bytes.at(-1) === lineEnd;
      yield bytes;
      await pause(gatherMs);
    } else if (isOver) {
      yield `${isLineEnd ? '' : '\n'}${renderEnd(feed.view())}`;
      return;
    } else {
      await feed.change(offset, heartbeatMs, signal);
    }
  }
}

export interface EventsOptions {
  readonly signal: AbortSignal;
  /** Begins after so much output. */
  readonly seenBytes?: number | undefined;
  readonly toEvents?: ToEvents;
  readonly silenceMs?: number;
}

/**
 * Server-sent events (HTML, 9.2): `state` at first and whenever it changes, events for the output, `end` with the outcome; a
 * comment after each silence.
 */
export async function* renderEvents(
  feed: RunFeed,
  { signal, seenBytes, toEvents = createLineEvents(), silenceMs = heartbeatMs }: EventsOptions,
): AsyncGenerator<string> {
  const { run } = feed.view();
  let offset = seenBytes ?? feed.start();
  let sentState = '';
  let sentMs = performance.now();
  while (!signal.aborted) {
    const state = feed.state();
    const isOver = state === 'ended';
    const { bytes, from } = feed.read(offset, maxChunkBytes);
    const { usedBytes, events } = toEvents(bytes, { skippedBytes: Math.max(0, from - offset), isOver });
    const isEnd = isOver && bytes.length === 0;
    const news = [
      state === sentState || isOver
        ? ''
        : renderEvent('state', `${run}:${Math.min(offset, from)}`, renderState(feed)),
      ...events.map(({ event, data, seenBytes: more }) => renderEvent(event, `${run}:${from + more}`, data)),
      isEnd ? renderEvent('end', `${run}:end`, renderState(feed)) : '',
    ].join('');
    sentState = state;
    offset = from + usedBytes;
    const quietMs = performance.now() - sentMs;
    if (news !== '' || quietMs >= silenceMs) {
      yield news === '' ? ':\n\n' : news;
      sentMs = performance.now();
    }
    if (isEnd) return;
    if (usedBytes > 0 || events.length > 0) await pause(gatherMs);
    else await feed.change(from + bytes.length, Math.max(0, sentMs + silenceMs - performance.now()), signal);
  }
}

function renderState(feed: RunFeed): string {
  return renderRunJson({ ...feed.view(), output: undefined }).trimEnd();
}

function renderEvent(event: string, id: string, data: string): string {
  const lines = data.split(/\r\n|\n|\r/);
  return `event: ${event}\nid: ${id}\n${lines.map((line) => `data: ${line}\n`).join('')}\n`;
}
