// Ends a whole process group: a signal first, KILL after a grace period, and then a check for processes that escaped.
import { setTimeout as pause } from 'node:timers/promises';
import { explain, type Outcome } from '../outcome.ts';
import { findByEnvironment, type ProcessState } from './process-identity.ts';

/** How often a group that was signalled is checked. */
const lookMs = 20;
/** How long a group is checked after KILL: what remains then are zombies that are not reaped, or processes stuck in the kernel. */
const killedMs = 1000;
/** How often a leader is checked again while its identity cannot be verified. */
const unknownMs = 100;

export interface GroupStopOptions {
  /** The leader, whose id is the group's. It gets the first signal only once `look` returns `alive`. */
  readonly leader: { readonly pid: number; readonly look: () => ProcessState };
  readonly stop: AbortSignal;
  readonly stopSignal: NodeJS.Signals;
  readonly graceMs: number;
}

export interface GroupStop {
  /**
   * To be called once the leader has ended: resolves when the signalled group is empty, at
   * the latest after the grace period. Does nothing if the group was not signalled.
   */
  release(): Promise<void>;
}

/** Ends a group when `stop` is aborted: `stopSignal` (with CONT, for stopped processes), and KILL after `graceMs`. */
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
      const isWaiting = (): boolean =>
        killTimer !== undefined && (killedAtMs === undefined || performance.now() - killedAtMs < killedMs);
      while (isWaiting() && signalGroup(leader.pid, 0)) await pause(lookMs);
      clearTimeout(killTimer);
    },
  };
}

/** Logs which processes the stop of a run did not reach: processes that left the group by themselves are not pursued. */
export function withEscaped(outcome: Outcome, run: string): Outcome {
  const escaped = findByEnvironment(`REMOTETASK_RUN=${run}`);
  if (escaped.length === 0) return outcome;
  return {
    ...outcome,
    ...explain({
      code: 'left-behind',
      processes: escaped.slice(0, 10).map(String),
      areMore: escaped.length > 10,
    }),
  };
}

/** Sends a signal to a group; returns whether the group exists. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
