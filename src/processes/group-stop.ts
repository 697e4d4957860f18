// Ending a process group as a whole: a signal first, KILL after a time of grace, and a look at what got away.
import { setTimeout as pause } from 'node:timers/promises';
import type { Outcome } from '../outcome.ts';
import { findByEnvironment, type ProcessState } from './process-identity.ts';

/** How often a group that was told to end is looked at. */
const lookMs = 20;
/** How long a group is looked at after KILL: what lives on then are zombies that nobody reaps, or processes stuck in the kernel. */
const killedMs = 1000;
/** How often to look again at a leader while it cannot be verified. */
const unknownMs = 100;

export interface GroupStopOptions {
  /** The leader, whose id is the group's. It gets the first signal only once `look` says `alive`. */
  readonly leader: { readonly pid: number; readonly look: () => ProcessState };
  readonly stop: AbortSignal;
  readonly stopSignal: NodeJS.Signals;
  readonly graceMs: number;
}

export interface GroupStop {
  /**
   * To be called once the leader has ended: resolves when nothing is left in the group that was told to end, at
   * the latest after the grace. Does nothing where the group was not told to.
   */
  release(): Promise<void>;
}

/** Ends a group when `stop` is aborted: `stopSignal` (with CONT, for who was stopped), and KILL after `graceMs`. */
export function createGroupStop({ leader, stop, stopSignal, graceMs }: GroupStopOptions): GroupStop {
  let unknownTimer: NodeJS.Timeout | undefined;
  let killTimer: NodeJS.Timeout | undefined;
  let killedAtMs: number | undefined;
  const onStop = (): void => {
    const state = leader.look();
    if (state === 'unknown') unknownTimer = setTimeout(onStop, unknownMs);
    if (state !== 'alive') return;
    signalGroup(leader.pid, stopSignal);
    signalGroup(leader.pid, 'SIGCONT');
    killTimer = setTimeout(() => {
      killedAtMs = performance.now();
      signalGroup(leader.pid, 'SIGKILL');
    }, graceMs);
  };
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  return {
    async release() {
      stop.removeEventListener('abort', onStop);
      clearTimeout(unknownTimer);
      const isWaiting = (): boolean => killTimer !== undefined && (killedAtMs === undefined || performance.now() - killedAtMs < killedMs);
      while (isWaiting() && signalGroup(leader.pid, 0)) await pause(lookMs);
      clearTimeout(killTimer);
    },
  };
}

/** Says what the stop of a run did not reach: processes that left the group of their own accord are not hunted. */
export function withEscaped(outcome: Outcome, run: string): Outcome {
  const escaped = findByEnvironment(`REMOTETASK_RUN=${run}`);
  if (escaped.length === 0) return outcome;
  return {
    ...outcome,
    reason: `Processes that made themselves independent go on: ${escaped.slice(0, 10).join(', ')}${escaped.length > 10 ? ' and more' : ''}.`,
  };
}

/** Sends a signal to a group; says whether there was one to send it to. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
