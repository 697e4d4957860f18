// Sends notices: in the background, with a time-out and retries, and without delaying anything else.
import { isDeepStrictEqual } from 'node:util';
import { toTyped } from '../called.ts';
import { systemClock, toIso, type Clock } from '../clock.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import { isLasting, renderDelivery, type Delivery, type Failure } from './delivery.ts';
import { toRequest, type NoticeRequest } from './messages.ts';
import { toOccasions, type News } from './news.ts';
import { toReceiverName, type NotifyTarget } from './options.ts';
import { createSendQueue, type SendQueue } from './send-queue.ts';
import { testReceiver } from './test-receiver.ts';

/** How many notices may wait for one receiver; further ones are dropped. */
const maxWaiting = 50;

/** A receiver, and what became of the last notice that it was sent. */
export interface ReceiverState {
  /** `notify.0 (ntfy)` */
  readonly name: string;
  /** How many notices wait, with the one under way. */
  readonly waiting: number;
  /** Undefined until a notice has arrived or was given up; `at` is ISO 8601, UTC. */
  readonly last: { readonly at: string; readonly delivery: Delivery } | undefined;
}

export interface Notifier {
  /** Takes news; returns at once. */
  notify(news: News): void;
  /** Notifies these receivers from now on; pending notices to earlier ones are still sent. */
  useTargets(targets: readonly NotifyTarget[]): void;
  /** The receivers of the config, in its order. */
  states(): readonly ReceiverState[];
  /** Sends a test notice to a receiver, by its place in the config, past those that wait; false if there is no such receiver. */
  test(index: number): Promise<boolean>;
  /** Waits up to `ms` for pending notices, and drops the rest. */
  close(ms: number): Promise<void>;
}

export interface NotifierOptions {
  readonly targets: readonly NotifyTarget[];
  readonly logger: Logger;
  readonly clock?: Clock;
  /** How long one try may take. */
  readonly tryMs?: number;
  /** Milliseconds before the second try, the third, and so on; longer if the receiver asks for it. */
  readonly pausesMs?: readonly number[];
}

/** Notices for one receiver are sent one after the other, in order; receivers do not wait for one another. */
export function createNotifier({
  targets,
  logger,
  clock = systemClock,
  tryMs = 10_000,
  pausesMs = [2000, 10_000, 60_000],
}: NotifierOptions): Notifier {
  const createQueue = (target: NotifyTarget): SendQueue => createSendQueue(target, clock);
  let queues = targets.map(createQueue);
  /** Receivers that are no longer in the config but have pending notices. */
  let leaving: SendQueue[] = [];
  /** Aborted when the daemon stops: a notice that waits for its next try gets it at once, as its last. */
  const lastTries = new AbortController();
  const end = new AbortController();

  const logFailure = (failure: Failure, who: string): void => {
    const { code } = failure;
    const status = 'status' in failure ? { status: failure.status } : {};
    const problem = renderDelivery(failure);
    logger.warn(
      { event: 'notice-failed', target: who, code, ...status, problem },
      `Could not notify ${who} (${problem})`,
    );
  };

  /** Sends a notice until it arrives, or there is no use in another try. */
  const deliver = async (queue: SendQueue, request: NoticeRequest): Promise<Delivery> => {
    let delivery: Delivery = { code: 'stopped' };
    for (const pauseMs of [0, ...pausesMs]) {
      const refusal = await queue.pause(pauseMs, lastTries.signal);
      if (refusal !== undefined) return refusal;
      delivery = await queue.send(request, end.signal, tryMs);
      if (delivery.code === 'delivered' || isLasting(delivery) || lastTries.signal.aborted) break;
    }
    return delivery;
  };

  const push = (queue: SendQueue, request: NoticeRequest, who: string): void =>
    queue.push(async () => {
      try {
        const delivery = end.signal.aborted ? ({ code: 'stopped' } as const) : await deliver(queue, request);
        queue.note({ at: toIso(clock.wallMs()), delivery });
        if (delivery.code !== 'delivered') logFailure(delivery, who);
        else if (!delivery.isConfirmed && queue.isFirstDoubt())
          logger.info(
            { event: 'notice-unconfirmed', target: who, status: delivery.status },
            `${who} answered, but not as such a receiver does when a notice has arrived: try ${toTyped('notify-test')}`,
          );
      } catch (error) {
        logBug(logger, error, `Could not notify ${who}`);
      }
    });

  return {
    notify(news) {
      const occasions = toOccasions(news);
      for (const [i, queue] of queues.entries()) {
        const { target } = queue;
        if (!occasions.some((occasion) => target.on.includes(occasion))) continue;
        if (news.what !== 'strangers' && target.tasks?.includes(news.task.id) === false) continue;
        const request = toRequest(target, news);
        if (request === undefined) continue;
        const who = toReceiverName(i, target);
        if (queue.waiting() < maxWaiting) push(queue, request, who);
        else
          logger.warn(
            { event: 'notice-failed', target: who, code: 'too-many' },
            `Gave up a notice for ${who}: too many wait for it`,
          );
      }
    },
    useTargets(changed) {
      const before = [...queues];
      queues = changed.map((target) => {
        const same = before.findIndex((queue) => isDeepStrictEqual(queue.target, target));
        return before.splice(same, same === -1 ? 0 : 1)[0] ?? createQueue(target);
      });
      leaving = [...leaving, ...before].filter((queue) => queue.waiting() > 0);
    },
    states: () =>
      queues.map((queue, i) => ({
        name: toReceiverName(i, queue.target),
        waiting: queue.waiting(),
        last: queue.last(),
      })),
    async test(index) {
      const queue = queues[index];
      if (queue === undefined) return false;
      const [result] = await testReceiver(queue.target, queue.target.on.slice(0, 1));
      if (result !== undefined) queue.note({ at: toIso(clock.wallMs()), delivery: result.delivery });
      return true;
    },
    async close(ms) {
      lastTries.abort();
      const timer = setTimeout(() => end.abort(), ms);
      const all = [...queues, ...leaving];
      while (all.some((queue) => queue.waiting() > 0))
        await Promise.all(all.map(async (queue) => await queue.sent()));
      clearTimeout(timer);
      queues = [];
    },
  };
}
