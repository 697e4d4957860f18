// Following a run by what DSM shows of its task beside the history: where results are not saved, there is nothing else.
import type { DsmEnd, DsmState } from '../dsm/dsm-task.ts';
import { toDsmOutcome } from '../dsm/ends.ts';
import type { DsmTrace } from '../history/records.ts';
import type { Outcome } from '../outcome.ts';
import type { DsmTurn } from './dsm-turns.ts';

export interface StateWatch {
  see(state: DsmState): void;
  /** Whether the run was seen to be going on. */
  wasSeen(): boolean;
  /** Whether it has ended, by what was seen. */
  isOver(): boolean;
  /** How it ended; undefined where that is not certain to be the end of this run. */
  toOutcome(): Outcome | undefined;
}

/** A state as it is written down before a start; undefined where DSM does not show enough to tell a new run from an old one. */
export function toStateBefore({ running, lastEnd }: DsmState): DsmTrace['before']['state'] {
  return running === undefined ? undefined : { running: [...running], lastEnd: renderEnd(lastEnd) };
}

/**
 * Watches a run by what was there before it. A run that is new among those going on is ours; that it has gone, or that the last
 * end is another than before, says that it is over. The last end is believed only where it has changed, and no other run was near:
 * DSM does not tell whose it is.
 */
export function createStateWatch(before: DsmTrace['before']['state'], turn: Pick<DsmTurn, 'isAlone' | 'noteFound'>): StateWatch {
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
    toOutcome: () => (end !== undefined && hasNewEnd() && !areOthersNear && turn.isAlone() ? toDsmOutcome(end) : undefined),
  };
}

function renderEnd(end: DsmEnd | undefined): string {
  return end === undefined ? '' : `${end.exitType ?? '?'} ${end.exitCode ?? '?'}`;
}
