// Follows a run by what DSM shows of its task beside the history: if results are not saved, nothing else is available.
import type { DsmEnd, DsmState } from '../dsm/dsm-task.ts';
import { toDsmOutcome } from '../dsm/ends.ts';
import type { DsmTrace } from '../history/records.ts';
import type { Outcome } from '../outcome.ts';
import type { DsmTurn } from './dsm-turns.ts';

export interface StateWatch {
  see(state: DsmState): void;
  /** Whether the run was seen running. */
  wasSeen(): boolean;
  /** Whether the observations show that it has ended. */
  isOver(): boolean;
  /** How it ended; undefined if that may be the end of another run. */
  toOutcome(): Outcome | undefined;
}

/** The state to record before a start; undefined if DSM does not show enough to distinguish a new run from an old one. */
export function toStateBefore({ running, lastEnd }: DsmState): DsmTrace['before']['state'] {
  return running === undefined ? undefined : { running: [...running], lastEnd: renderEnd(lastEnd) };
}

/**
 * Watches a run by comparing with the state before it. A new run among the active ones is ours; it is over when it has disappeared,
 * or when the last end differs from before. The last end is trusted only if it has changed and no other run was near,
 * because DSM does not report which run it belongs to.
 */
export function createStateWatch(
  before: DsmTrace['before']['state'],
  turn: Pick<DsmTurn, 'isAlone' | 'noteFound'>,
): StateWatch {
  let isRunning = false;
  let wasRunning = false;
  let areOthersNear = (before?.running.length ?? 0) > 0;
  let end: DsmEnd | undefined;
  const hasNewEnd = (): boolean => end !== undefined && renderEnd(end) !== before?.lastEnd;
  return {
    see({ running = [], lastEnd }) {
      if (before === undefined) return;
      const fresh = running.filter((run) => !before.running.includes(run));
      isRunning = fresh.length > 0;
      areOthersNear ||= fresh.length > 1;
      if (isRunning && !wasRunning) turn.noteFound();
      wasRunning ||= isRunning;
      end = lastEnd;
    },
    wasSeen: () => wasRunning,
    isOver: () => !isRunning && (wasRunning || (hasNewEnd() && !areOthersNear && turn.isAlone())),
    toOutcome: () =>
      end !== undefined && hasNewEnd() && !areOthersNear && turn.isAlone() ? toDsmOutcome(end) : undefined,
  };
}

function renderEnd(end: DsmEnd | undefined): string {
  return end === undefined ? '' : `${end.exitType ?? '?'} ${end.exitCode ?? '?'}`;
}
