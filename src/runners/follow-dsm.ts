// Follows a task that DSM was asked to start, until its history shows the new run and that run's end.
import { setTimeout as pause } from 'node:timers/promises';
import { isBefore, toApartMs, type DsmRun, type DsmTask } from '../dsm/dsm-task.ts';
import { toDsmOutcome } from '../dsm/ends.ts';
import type { DsmTrace } from '../history/records.ts';
import type { Trouble } from '../reasons/reason.ts';
import type { Outcome } from '../outcome.ts';
import { createStateWatch } from './dsm-state.ts';
import type { DsmTurn } from './dsm-turns.ts';

/** Pauses between checks; the last one repeats. */
const pausesMs = [300, 500, 500, 1000, 1000, 2000, 2000, 3000, 5000, 5000, 10_000, 10_000, 15_000, 30_000];
/** No run is judged sooner, because a run that someone else started at the same moment may show up a little later. */
const settleMs = 1000;
/** Runs that began closer together than this cannot be distinguished if someone else started one of them. */
const closeMs = 2000;
/** DSM writes times in whole seconds, and its clock may be corrected by a few. */
const slackMs = 10_000;
/** How long DSM may be unreachable, for example while it starts up or is updated. */
const awayMs = 20 * 60_000;
/** How long a run is followed at most, because DSM may have lost it. */
const longestMs = 24 * 3_600_000;
/** How often to look for a run that DSM's history no longer shows. */
const looksForLost = 3;
/** After this many checks, each call that may show the run was made. */
const looksForAll = 2;

/** What is known when following begins. */
export interface Following {
  readonly task: DsmTask;
  readonly trace: DsmTrace;
  /** How many milliseconds ago an earlier daemon asked DSM; undefined if this daemon asked just now. */
  readonly agoMs: number | undefined;
  readonly turn: DsmTurn;
  /** How long after the start to wait for the run. */
  readonly followMs: number;
  readonly stop: AbortSignal;
  /** Called with the run's key once it is seen. */
  readonly onFound: (key: string) => void;
}

/** How following ended. */
export type Followed =
  | { readonly kind: 'ended'; readonly run: DsmRun; readonly outcome: Outcome }
  /** DSM showed that the task had run, but not in its history; without an outcome if nothing shows how it ended. */
  | { readonly kind: 'ended-unseen'; readonly outcome: Outcome | undefined }
  | { readonly kind: 'unseen' }
  | { readonly kind: 'stopped'; readonly wasFound: boolean }
  | { readonly kind: 'lost' }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'mixed-up' }
  | { readonly kind: 'away'; readonly why: Trouble; readonly wasFound: boolean };

/** Checks the history of a task until it shows how the newly started run ended. */
export async function follow({
  task,
  trace,
  agoMs,
  turn,
  followMs,
  stop,
  onFound,
}: Following): Promise<Followed> {
  let answeredMs = performance.now();
  const startMs = answeredMs - (agoMs ?? 0);
  let own = trace.key;
  let missing = 0;
  let isShown = false;
  let isOverFor = 0;
  let looksAfterTime = 0;
  const watch = createStateWatch(trace.before.state, turn);
  for (let look = 0; ; look++) {
    const nextMs = (looksAfterTime > 0 ? pausesMs[0] : (pausesMs[look] ?? pausesMs.at(-1))) ?? 0;
    const untilUnseenMs = startMs + followMs - performance.now();
    const isTimeShort = own === undefined && untilUnseenMs > 0 && untilUnseenMs < nextMs;
    await pause(isTimeShort ? untilUnseenMs : nextMs, undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return { kind: 'stopped', wasFound: own !== undefined || watch.wasSeen() };
    const seen = await task.look(stop, isShown);
    const nowMs = performance.now();
    const isSettled = nowMs - startMs >= settleMs && !turn.isOtherSearching();
    if (seen.kind === 'rows' || seen.kind === 'state') answeredMs = nowMs;
    if (seen.kind === 'rows') {
      const fresh = seen.rows
        .filter((run) => run.key === own || (!isBefore(run, trace.before) && !turn.claimed.has(run.key)))
        .filter((run) => run.key === own || !isTooEarly(run, seen.rows, nowMs - startMs))
        .toSorted(compareStarts);
      const mine = own === undefined ? fresh[0] : fresh.find(({ key }) => key === own);
      if (mine !== undefined && own === undefined) {
        own = mine.key;
        turn.claimed.add(own);
        turn.noteFound();
        onFound(own);
      }
      isShown = mine !== undefined;
      missing = mine === undefined ? missing + 1 : 0;
      if (mine !== undefined && isSettled) {
        const judged = judge(mine, fresh);
        if (judged !== undefined) return judged;
      }
      if (own !== undefined && missing >= looksForLost) return { kind: 'lost' };
    } else if (seen.kind === 'state') watch.see(seen.state);
    else if (
      nowMs -
        (own === undefined && !watch.wasSeen() && agoMs === undefined
          ? startMs + followMs
          : answeredMs + awayMs) >=
        0 &&
      !stop.aborted
    ) {
      const why: Trouble = seen.kind === 'none' ? { code: 'no-history-any-more' } : seen.why;
      return { kind: 'away', why, wasFound: own !== undefined || watch.wasSeen() };
    }
    // The history may show the run a little later, with more details.
    if (own === undefined && isSettled && isOverFor > 0)
      return { kind: 'ended-unseen', outcome: watch.toOutcome() };
    isOverFor = watch.isOver() ? isOverFor + 1 : 0;
    const isLookedFor = own === undefined && !watch.wasSeen() && !watch.isOver();
    const isAnswered = seen.kind === 'rows' || seen.kind === 'state';
    looksAfterTime = isLookedFor && isAnswered && nowMs - startMs >= followMs ? looksAfterTime + 1 : 0;
    if (looksAfterTime >= looksForAll) return { kind: 'unseen' };
    if (nowMs - startMs > longestMs) return { kind: 'too-long' };
  }
}

/** Whether a run began before DSM was asked, which was so many milliseconds ago: then it is further behind the newest run than that. */
function isTooEarly(run: DsmRun, rows: readonly DsmRun[], agoMs: number): boolean {
  return rows.some((other) => {
    const local = other.localMs - run.localMs;
    return (Number.isFinite(local) ? local : other.utcMs - run.utcMs) > agoMs + slackMs;
  });
}

/** Sorts by DSM's number of the run, else by its clock. */
function compareStarts(a: DsmRun, b: DsmRun): number {
  const difference = a.order - b.order;
  return Number.isNaN(difference) ? a.localMs - b.localMs || 0 : difference;
}

/** How a run ended, once that is certain: among runs that began together and are not assigned, any may be ours. */
function judge(mine: DsmRun, fresh: readonly DsmRun[]): Followed | undefined {
  const close = fresh.filter((run) => run === mine || !(toApartMs(run, mine) > closeMs));
  const outcomes = close.map(({ end }) => (end === undefined ? undefined : toDsmOutcome(end)));
  const [first] = outcomes;
  if (first === undefined || outcomes.includes(undefined)) return undefined;
  return outcomes.every((other) => other?.kind === first.kind && other.exitCode === first.exitCode)
    ? { kind: 'ended', run: mine, outcome: first }
    : { kind: 'mixed-up' };
}
