// Sends notices: in the background, with a time-out and retries, and without delaying anything else.
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { toErrorCode } from '../errors.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import { toOccasions, toRequest, type News, type NoticeRequest } from './messages.ts';
import type { NotifyTarget } from './options.ts';

/** How many notices may wait for one receiver; further ones are dropped. */
const maxWaiting = 50;

export interface Notifier {
  /** Takes news; returns at once. */
  tell(news: News): void;
  /** Notifies these receivers from now on; pending notices to earlier ones are still sent. */
  useTargets(targets: readonly NotifyTarget[]): void;
  /** Waits up to `ms` for pending notices, and drops the rest. */
  close(ms: number): Promise<void>;
}

export interface NotifierOptions {
  readonly targets: readonly NotifyTarget[];
  readonly logger: Logger;
  /** How long one try may take. */
  readonly tryMs?: number;
  /** Milliseconds before the second try, the third, and so on. */
  readonly pausesMs?: readonly number[];
}

/** Notices for one receiver are sent one after the other, in order; receivers do not wait for one another. */
export function createNotifier({
  targets,
  logger,
  tryMs = 10_000,
  pausesMs = [2000, 10_000, 60_000],
}: NotifierOptions): Notifier {
  let lines = targets.map(createLine);
  /** Receivers that are no longer in the config but have pending notices. */
  let leaving: SendQueue[] = [];
  /** Aborted when the daemon stops: a notice that waits for its next try gets it at once, as its last. */
  const lastTries = new AbortController();
  const end = new AbortController();

  const deliver = async (request: NoticeRequest, who: string): Promise<void> => {
    for (const pauseMs of [...pausesMs, undefined]) {
      const problem = await trySend(request, AbortSignal.any([end.signal, AbortSignal.timeout(tryMs)]));
      if (problem === undefined) return;
      if (pauseMs === undefined || lastTries.signal.aborted || isLasting(problem)) {
        const why = end.signal.aborted ? 'the daemon was stopped' : problem;
        logger.warn(
          { event: 'notice-failed', target: who, problem: why },
          `Could not notify ${who} (${why})`,
        );
        return;
      }
      await pause(pauseMs, undefined, { signal: lastTries.signal, ref: false }).catch(() => {});
    }
  };
  return {
    tell(news) {
      const occasions = toOccasions(news);
      for (const [i, line] of lines.entries()) {
        const { target } = line;
        if (!occasions.some((occasion) => target.on.includes(occasion))) continue;
        if (news.what !== 'strangers' && target.tasks?.includes(news.task.id) === false) continue;
        const request = toRequest(target, news);
        if (request === undefined) continue;
        const who = `notify.${i} (${target.type})`;
        if (line.waiting() >= maxWaiting)
          logger.warn(
            { event: 'notice-failed', target: who },
            `Gave up a notice for ${who}: too many wait for it`,
          );
        else
          line.push(async () => {
            await deliver(request, who).catch((error: unknown) =>
              logBug(logger, error, `Could not notify ${who}`),
            );
          });
      }
    },
    useTargets(changed) {
      const before = [...lines];
      lines = changed.map((target) => {
        const same = before.findIndex((line) => isDeepStrictEqual(line.target, target));
        return before.splice(same, same === -1 ? 0 : 1)[0] ?? createLine(target);
      });
      leaving = [...leaving, ...before].filter((line) => line.waiting() > 0);
    },
    async close(ms) {
      lastTries.abort();
      const timer = setTimeout(() => end.abort(), ms);
      const all = [...lines, ...leaving];
      while (all.some((line) => line.waiting() > 0))
        await Promise.all(all.map(async (line) => await line.sent()));
      clearTimeout(timer);
      lines = [];
    },
  };
}

/** The notices for one receiver. */
interface SendQueue {
  readonly target: NotifyTarget;
  /** How many notices are pending. */
  waiting(): number;
  push(send: () => Promise<void>): void;
  /** Resolves once all notices so far are sent or dropped. */
  sent(): Promise<void>;
}

function createLine(target: NotifyTarget): SendQueue {
  let last = Promise.resolve();
  let waiting = 0;
  return {
    target,
    waiting: () => waiting,
    push(send) {
      waiting++;
      const previous = last;
      last = (async () => {
        await previous;
        await send();
        waiting--;
      })();
    },
    sent: () => last,
  };
}

/** Whether another try would fail as well: the receiver rejects the request, or has moved. */
function isLasting(problem: string): boolean {
  return /^HTTP (?:3|4(?!08|29))/.test(problem);
}

/** Sends a request; returns what went wrong, without the address, which is a secret. It follows no redirect, for the same reason. */
async function trySend(
  { url, method, headers, body }: NoticeRequest,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal,
      ...(body === undefined ? {} : { body }),
    });
    response.body?.cancel().catch(() => {});
    if (response.ok) return undefined;
    return `HTTP ${response.status}${response.status < 400 ? ', a redirect: give the address that it leads to' : ''}`;
  } catch (error) {
    if (signal.aborted) return 'no answer in time';
    const cause = error instanceof Error ? error.cause : undefined;
    return cause === undefined ? 'it cannot be reached' : `it cannot be reached: ${toErrorCode(cause)}`;
  }
}
