// The notices for one receiver: sent one after the other, and none while the receiver has asked to be left alone.
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Delivery } from './delivery.ts';
import type { NoticeRequest } from './messages.ts';
import { toReceiver, type NotifyTarget } from './options.ts';
import { createSender } from './send.ts';

/** No notice waits longer than this for a receiver that asks to be left alone: it would be too old. */
const longestPauseMs = 3_600_000;

type Last = { readonly at: string; readonly delivery: Delivery };

export interface SendQueue {
  readonly target: NotifyTarget;
  /** How many notices are pending. */
  waiting(): number;
  push(send: () => Promise<void>): void;
  /** Tries once to send a notice; `tryMs` is how long that may take. */
  send(request: NoticeRequest, stop: AbortSignal, tryMs: number): Promise<Delivery>;
  /**
   * Waits before a try: so long, and until the receiver takes notices again, or until `signal` is aborted. Returns the receiver's last
   * answer instead if it takes none for so long that the news would be too old.
   */
  pause(ms: number, signal: AbortSignal): Promise<Delivery | undefined>;
  /** Keeps what became of a notice. */
  note(last: Last): void;
  last(): Last | undefined;
  /** Whether an answer that proves nothing is odd for this receiver, and the first one. */
  isFirstDoubt(): boolean;
  /** Resolves once all notices so far are sent or dropped. */
  sent(): Promise<void>;
}

export function createSendQueue(target: NotifyTarget, clock: Clock): SendQueue {
  const sender = createSender(target);
  let lastSent = Promise.resolve();
  let waiting = 0;
  let last: Last | undefined;
  let hasDoubt = false;
  /** That the receiver wants no notice, and until when by the monotonic clock. */
  let busy: { readonly untilMs: number; readonly delivery: Delivery } | undefined;
  return {
    target,
    waiting: () => waiting,
    push(send) {
      waiting++;
      const previous = lastSent;
      lastSent = (async () => {
        await previous;
        await send();
        waiting--;
      })();
    },
    async send(request, stop, tryMs) {
      const delivery = await sender(request, stop, tryMs);
      busy =
        delivery.code === 'busy' ? { untilMs: clock.nowMs() + delivery.retryAfterMs, delivery } : undefined;
      return delivery;
    },
    async pause(ms, signal) {
      const pauseMs = Math.max(ms, busy === undefined ? 0 : busy.untilMs - clock.nowMs());
      if (pauseMs > longestPauseMs) return busy?.delivery;
      if (pauseMs > 0) await pause(pauseMs, undefined, { signal, ref: false }).catch(() => {});
      return undefined;
    },
    note(changed) {
      last = changed;
    },
    last: () => last,
    isFirstDoubt() {
      const isFirst = !hasDoubt && toReceiver(target) !== 'webhook';
      hasDoubt = true;
      return isFirst;
    },
    sent: () => lastSent,
  };
}
