// Sends test notices to a receiver, and reports what it answered. They are marked as tests, and leave a monitor's state as it is or good.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Delivery } from './delivery.ts';
import { toRequest } from './messages.ts';
import type { News } from './news.ts';
import { toReceiver, type NotifyTarget, type Occasion } from './options.ts';
import { createSender } from './send.ts';

/** How long one try may take. */
const tryMs = 10_000;
/** A receiver that takes notices slowly only gets a second try after this; one that asks for a longer pause than the other gets none. */
const pauseMs = 2000;
const longestPauseMs = 10_000;

/** What a receiver answered to one test notice, and which events that was about. */
export interface TestResult {
  readonly on: readonly Occasion[];
  readonly delivery: Delivery;
}

/** Sends a notice for each of these events, one after the other; to a monitor only one, since it gets the same for all. */
export async function testReceiver(
  target: NotifyTarget,
  events: readonly Occasion[] = target.on,
): Promise<readonly TestResult[]> {
  const receiver = toReceiver(target);
  const isMonitor = receiver === 'ping' || receiver === 'kuma';
  const send = createSender(target);
  const run = randomUUID();
  const results: TestResult[] = [];
  for (const on of isMonitor ? [events] : events.map((event) => [event])) {
    const request = toRequest(target, toTestNews(isMonitor ? 'finished' : (on[0] ?? 'finished'), run));
    if (request === undefined) continue;
    const trySend = async (): Promise<Delivery> => await send(request, new AbortController().signal, tryMs);
    const delivery = await trySend();
    const waitMs = delivery.code === 'busy' ? Math.max(pauseMs, delivery.retryAfterMs) : Infinity;
    if (waitMs <= longestPauseMs) await pause(waitMs);
    results.push({ on, delivery: waitMs <= longestPauseMs ? await trySend() : delivery });
  }
  return results;
}

function toTestNews(event: Occasion, run: string): News {
  // 192.0.2.0/24 belongs to no network: it is for documentation (RFC 5737).
  if (event === 'strangers') return { what: 'strangers', network: '192.0.2.0/24', isTest: true };
  const ends = {
    started: undefined,
    finished: { kind: 'succeeded', exitCode: 0 },
    failed: { kind: 'failed', exitCode: 1 },
  } as const;
  const outcome = ends[event];
  const now = new Date().toISOString();
  return {
    what: outcome === undefined ? 'started' : 'ended',
    task: { id: 'test' },
    view: {
      run,
      name: 'A task',
      acceptedAt: now,
      startedAt: now,
      endedAt: outcome === undefined ? undefined : now,
      waitedMs: 0,
      elapsedMs: outcome === undefined ? undefined : 1000,
      outcome,
    },
    isTest: true,
  };
}
