// A run that was found alive after a crash of the daemon: it can be watched and stopped, but neither read nor asked how it ended.
import { setTimeout as pause } from 'node:timers/promises';
import type { Outcome } from '../outcome.ts';
import { isAlive, type ProcessIdentity } from '../process-identity.ts';
import type { Execution, RunIo } from './execution.ts';
import { createGroupStop, withEscaped } from './group-stop.ts';

/** How often it is looked at. */
const lookMs = 1000;

/** Watches a process that an earlier daemon has started. */
export function adoptProcess(process: ProcessIdentity, io: RunIo): Execution {
  const group = createGroupStop({ leader: process, ...io });
  const waitForEnd = async (): Promise<Outcome> => {
    // A daemon that could not be started must not be kept alive by this.
    const look = { signal: io.stop, ref: false };
    while (isAlive(process)) await pause(lookMs, undefined, look).catch(async () => await pause(lookMs / 10));
    await group.release();
    const lost: Outcome = { kind: 'lost', reason: 'It went on while the daemon was started again, and its exit status went to nobody.' };
    return io.stop.aborted ? withEscaped(lost, io.run) : lost;
  };
  return { process, ended: waitForEnd() };
}
