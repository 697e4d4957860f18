// Telling others what happened: in the background, with a time-out and some patience, never holding anything up.
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { toErrorCode } from '../errors.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import { toOccasions, toRequest, type News, type NoticeRequest } from './messages.ts';
import type { NotifyTarget } from './options.ts';

/** How many notices may wait for one target; further ones are given up. */
const maxWaiting = 50;

export interface Notifier {
  /** Takes news; returns at once. */
  tell(news: News): void;
  /** Tells these from now on; what is on its way to others still is. */
  useTargets(targets: readonly NotifyTarget[]): void;
  /** Waits up to `ms` for what is still to be sent, and gives up the rest. */
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

/** Notices of one target are sent one after the other, in order; targets do not wait for one another. */
export function createNotifier({ targets, logger, tryMs = 10_000, pausesMs = [2000, 10_000, 60_000] }: NotifierOptions): Notifier {
  let lines = targets.map(createLine);
  /** Those whose targets the config has no longer, with notices still to be sent. */
  let leaving: Line[] = [];
  /** Aborted when the daemon stops: whatever waits for its next try gets it at once, as its last. */
  const lastTries = new AbortController();
  const end = new AbortController();

  const deliver = async (request: NoticeRequest, who: string): Promise<void> => {
    for (const pauseMs of [...pausesMs, undefined]) {
      const problem = await trySend(request, AbortSignal.any([end.signal, AbortSignal.timeout(tryMs)]));
      if (problem === undefined) return;
      if (pauseMs === undefined || lastTries.signal.aborted || isLasting(problem)) {
        const why = end.signal.aborted ? 'the daemon was stopped' : problem;
        logger.warn({ event: 'notice-failed', target: who, problem: why }, `Could not notify ${who} (${why})`);
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
          logger.warn({ event: 'notice-failed', target: who }, `Gave up a notice for ${who}: too many wait for it`);
        else
          line.push(async () => {
            await deliver(request, who).catch((error: unknown) => logBug(logger, error, `Could not notify ${who}`));
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
      while (all.some((line) => line.waiting() > 0)) await Promise.all(all.map(async (line) => await line.sent()));
      clearTimeout(timer);
      lines = [];
    },
  };
}

/** What is to be sent to one target. */
interface Line {
  readonly target: NotifyTarget;
  /** How many notices are not yet sent. */
  waiting(): number;
  push(send: () => Promise<void>): void;
  /** Resolves once all that was pushed so far is sent, or given up. */
  sent(): Promise<void>;
}

function createLine(target: NotifyTarget): Line {
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

/** Whether a further try would go wrong as well: the receiver wants something else, or moved. */
function isLasting(problem: string): boolean {
  return /^HTTP (?:3|4(?!08|29))/.test(problem);
}

/** Sends; the result is what went wrong, without the address, which is a secret. Follows nobody elsewhere, for the same reason. */
async function trySend({ url, method, headers, body }: NoticeRequest, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(url, { method, headers, redirect: 'manual', signal, ...(body === undefined ? {} : { body }) });
    response.body?.cancel().catch(() => {});
    if (response.ok) return undefined;
    return `HTTP ${response.status}${response.status < 400 ? ', a redirect: give the address that it leads to' : ''}`;
  } catch (error) {
    if (signal.aborted) return 'no answer in time';
    const cause = error instanceof Error ? error.cause : undefined;
    return cause === undefined ? 'it cannot be reached' : `it cannot be reached: ${toErrorCode(cause)}`;
  }
}
