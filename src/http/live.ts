// A run while it is running: output and state for callers that stay connected. Each reader reads from the run's own ring at
// its own pace, so a slow reader costs nothing; it only misses output.
import { setTimeout as pause } from 'node:timers/promises';
import type { RunFeed, RunView } from '../runs/run-view.ts';
import { renderRunJson, renderRunLine } from './run-text.ts';

/** How much is read from the ring at once. */
const maxChunkBytes = 65_536;
/** An unfinished line is sent once it is this long. */
const longLineBytes = 8192;
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

/**
 * Server-sent events (HTML, 9.2): `state` at first and whenever it changes, `output` with whole lines, `skipped`
 * with the number of bytes that are no longer kept, `end` with the outcome; a comment after each silence.
 * Begins after `seenBytes` of output, if given.
 */
export async function* renderEvents(
  feed: RunFeed,
  seenBytes: number | undefined,
  signal: AbortSignal,
  silenceMs = heartbeatMs,
): AsyncGenerator<string> {
  const { run } = feed.view();
  let offset = seenBytes ?? feed.start();
  let told = '';
  let sentMs = performance.now();
  while (!signal.aborted) {
    const state = feed.state();
    const isOver = state === 'ended';
    const { bytes, from } = feed.read(offset, maxChunkBytes);
    const whole = toWholeLines(bytes, isOver);
    const news = [
      state === told || isOver
        ? ''
        : renderEvent('state', `${run}:${Math.min(offset, from)}`, renderState(feed)),
      from > offset ? renderEvent('skipped', `${run}:${from}`, String(from - offset)) : '',
      whole.length > 0
        ? renderEvent('output', `${run}:${from + whole.length}`, whole.toString().replace(/\r?\n$/, ''))
        : '',
      isOver && bytes.length === 0 ? renderEvent('end', `${run}:end`, renderState(feed)) : '',
    ].join('');
    told = state;
    offset = from + whole.length;
    const quietMs = performance.now() - sentMs;
    if (news !== '' || quietMs >= silenceMs) {
      yield news === '' ? ':\n\n' : news;
      sentMs = performance.now();
    }
    if (whole.length > 0) await pause(gatherMs);
    else if (isOver) return;
    else await feed.change(from + bytes.length, Math.max(0, sentMs + silenceMs - performance.now()), signal);
  }
}

/** What can be sent: whole lines, or a line that is too long to wait for its end, or the rest once the output has ended. */
function toWholeLines(bytes: Buffer, isOver: boolean): Buffer {
  const length = bytes.lastIndexOf(lineEnd) + 1;
  if (length > 0 || bytes.length === 0) return bytes.subarray(0, length);
  if (isOver) return bytes;
  return bytes.length < longLineBytes ? bytes.subarray(0, 0) : withoutCutCharacter(bytes);
}

/** Cuts off an incomplete UTF-8 character at the end. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  const cut = [1, 2, 3].find((back) => (bytes.at(-back) ?? 0) >= 0xc0) ?? 0;
  const lead = bytes.at(-cut) ?? 0;
  const characterBytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  return cut > 0 && cut < characterBytes ? bytes.subarray(0, -cut) : bytes;
}

function renderState(feed: RunFeed): string {
  return renderRunJson({ ...feed.view(), output: undefined }).trimEnd();
}

function renderEvent(event: string, id: string, data: string): string {
  const lines = data.split(/\r\n|\n|\r/);
  return `event: ${event}\nid: ${id}\n${lines.map((line) => `data: ${line}\n`).join('')}\n`;
}
