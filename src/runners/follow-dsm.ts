// Following a task that DSM was asked to start: until its history shows the new run, and that run's end.
import { setTimeout as pause } from 'node:timers/promises';
import { isBefore, toDsmOutcome, type DsmRun, type DsmTask } from '../dsm/dsm-task.ts';
import type { DsmTrace } from '../history/records.ts';
import type { Outcome } from '../outcome.ts';
import type { DsmTurn } from './dsm-turns.ts';

/** Pauses between looks; the last one repeats. */
const pausesMs = [300, 500, 500, 1000, 1000, 2000, 2000, 3000, 5000, 5000, 10_000, 10_000, 15_000, 30_000];
/** No run is judged sooner: one that somebody else started at the same moment may show a little later. */
const settleMs = 1000;
/** Runs that began closer together than this cannot be told apart if somebody else started one of them. */
const closeMs = 2000;
/** How long DSM may be away, as it is while it starts up or is updated. */
const awayMs = 20 * 60_000;
/** Longer than this no run is followed: DSM may have lost it. */
const longestMs = 24 * 3_600_000;
/** A run that DSM's history no longer has is looked for this often. */
const looksForLost = 3;

/** What is known when following begins. */
export interface Following {
  readonly task: DsmTask;
  readonly trace: DsmTrace;
  /** How many milliseconds ago DSM was asked; undefined for just now. An earlier daemon has asked otherwise. */
  readonly agoMs: number | undefined;
  readonly turn: DsmTurn;
  /** How long after the start the run is waited for. */
  readonly followMs: number;
  readonly stop: AbortSignal;
  /** Called with the run's key once it was seen. */
  readonly onFound: (key: string) => void;
}

/** How following ended. */
export type Followed =
  | { readonly kind: 'ended'; readonly run: DsmRun; readonly outcome: Outcome }
  | { readonly kind: 'unseen' }
  | { readonly kind: 'stopped'; readonly wasFound: boolean }
  | { readonly kind: 'lost' }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'mixed-up' }
  | { readonly kind: 'away'; readonly reason: string; readonly wasFound: boolean };

/** Looks at the history of a task until it shows how the run ended that has just been started. */
export async function follow({ task, trace, agoMs, turn, followMs, stop, onFound }: Following): Promise<Followed> {
  let answeredMs = performance.now();
  const startMs = answeredMs - (agoMs ?? 0);
  let own = trace.key;
  let missing = 0;
  for (let look = 0; ; look++) {
    const nextMs = pausesMs[look] ?? pausesMs.at(-1) ?? 0;
    const untilUnseenMs = startMs + followMs - performance.now();
    const isTimeShort = own === undefined && untilUnseenMs > 0 && untilUnseenMs < nextMs;
    await pause(isTimeShort ? untilUnseenMs : nextMs, undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return { kind: 'stopped', wasFound: own !== undefined };
    const history = await task.loadHistory(stop);
    const nowMs = performance.now();
    if (history.kind === 'rows') {
      answeredMs = nowMs;
      const fresh = history.rows
        .filter((run) => !isBefore(run, trace.before) && (run.key === own || !turn.claimed.has(run.key)))
        .toSorted((a, b) => a.order - b.order);
      const mine = own === undefined ? fresh[0] : fresh.find(({ key }) => key === own);
      if (mine !== undefined && own === undefined) {
        own = mine.key;
        turn.claimed.add(own);
        turn.noteFound();
        onFound(own);
      }
      missing = mine === undefined ? missing + 1 : 0;
      if (mine !== undefined && nowMs - startMs >= settleMs && !turn.isOtherSearching()) {
        const judged = judge(mine, fresh);
        if (judged !== undefined) return judged;
      }
      if (own !== undefined && missing >= looksForLost) return { kind: 'lost' };
      if (own === undefined && nowMs - startMs >= followMs) return { kind: 'unseen' };
    } else if (nowMs - (own === undefined && agoMs === undefined ? startMs + followMs : answeredMs + awayMs) >= 0 && !stop.aborted) {
      const reason = history.kind === 'none' ? 'DSM no longer shows a history.' : history.reason;
      return { kind: 'away', reason, wasFound: own !== undefined };
    }
    if (nowMs - startMs > longestMs) return { kind: 'too-long' };
  }
}

/** How a run ended, once that is certain: of runs which began together and are nobody's known, any may be ours. */
function judge(mine: DsmRun, fresh: readonly DsmRun[]): Followed | undefined {
  const outcomes = fresh.filter(({ startedMs }) => !(Math.abs(startedMs - mine.startedMs) > closeMs)).map(toDsmOutcome);
  const [first] = outcomes;
  if (first === undefined || outcomes.includes(undefined)) return undefined;
  return outcomes.every((other) => other?.kind === first.kind && other.exitCode === first.exitCode)
    ? { kind: 'ended', run: mine, outcome: first }
    : { kind: 'mixed-up' };
}
