// A live run that an earlier daemon started: it can be watched, read and stopped, but its exit status cannot be learned.
import { setTimeout as pause } from 'node:timers/promises';
import { explain, type Outcome } from '../outcome.ts';
import { isAlive, lookAt, type ProcessIdentity } from '../processes/process-identity.ts';
import type { Execution, RunIo } from './execution.ts';
import { createGroupStop, withEscaped } from '../processes/group-stop.ts';
import type { Pipes } from '../processes/pipes.ts';

/** How often the process is checked. */
const lookMs = 1000;

/** Watches a process that an earlier daemon started, and reads what it prints from now on, if its pipe is found. */
export function adoptProcess(process: ProcessIdentity, io: RunIo, pipes: Pick<Pipes, 'listen'>): Execution {
  const group = createGroupStop({ leader: { pid: process.pid, look: () => lookAt(process) }, ...io });
  const endOutput = io.onOutput === undefined ? undefined : pipes.listen(io.run, io.onOutput);
  const waitForEnd = async (): Promise<Outcome> => {
    // This timer must not keep a daemon alive that failed to start.
    const look = { signal: io.stop, ref: false };
    while (isAlive(process)) await pause(lookMs, undefined, look).catch(async () => await pause(lookMs / 10));
    await group.release();
    endOutput?.();
    const lost: Outcome = { kind: 'lost', ...explain({ code: 'ended-unwatched' }) };
    return io.stop.aborted ? withEscaped(lost, io.run) : lost;
  };
  return { process, isOver: () => !isAlive(process), ended: waitForEnd() };
}
