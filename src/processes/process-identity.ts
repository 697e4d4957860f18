// The identity of a process: an id alone may belong to another process by now.
import fs from 'node:fs';

/** The kernel reports times to programs in hundredths of a second, whatever it counts in itself (`USER_HZ`, time(7)). */
const tickMs = 10;

/** Identifies one process, and no process before or after it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot: field 22 of `/proc/PID/stat` (proc_pid_stat(5)). */
  readonly startTicks: string;
  /** `/proc/sys/kernel/random/boot_id`, which differs after each boot. */
  readonly bootId: string;
}

/** Whether a process is alive; `unknown` if /proc cannot be read and some process has that id. */
export type ProcessState = 'alive' | 'gone' | 'unknown';

/** The identity of the process with this id, or undefined if no such process is alive (a zombie is not) or it cannot be read. */
export function loadIdentity(pid: number): ProcessIdentity | undefined {
  const startTicks = loadStartTicks(pid);
  const bootId = loadBootId();
  return startTicks === undefined || bootId === undefined ? undefined : { pid, startTicks, bootId };
}

/** Whether that very process is alive. A failure to read /proc (EMFILE, EACCES, no /proc at all) does not make it `gone`. */
export function lookAt({ pid, startTicks, bootId }: ProcessIdentity): ProcessState {
  const nowBootId = loadBootId();
  if (nowBootId !== undefined && nowBootId !== '' && nowBootId !== bootId) return 'gone';
  const fields = loadStat(pid);
  if (fields === undefined) return hasProcess(pid) ? 'unknown' : 'gone';
  if (isZombie(fields) || fields[19] !== startTicks) return 'gone';
  return nowBootId === bootId ? 'alive' : 'unknown';
}

/** Whether that very process may still be alive. */
export function isAlive(identity: ProcessIdentity): boolean {
  return lookAt(identity) !== 'gone';
}

/** Whether the process with this id has ended but has not been reaped by its parent; false if /proc cannot be read. */
export function hasEndedUnreaped(pid: number): boolean {
  const fields = loadStat(pid);
  return fields !== undefined && isZombie(fields);
}

/** Milliseconds since the start of a live process, by a clock that cannot be set. */
export function loadAgeMs({ startTicks }: ProcessIdentity): number {
  const own = loadStartTicks(process.pid) ?? startTicks;
  return Math.max(0, (Number(own) - Number(startTicks)) * tickMs + performance.now());
}

/** The start time of a process in clock ticks since boot, or undefined if no such process is alive or it cannot be read. */
export function loadStartTicks(pid: number): string | undefined {
  const fields = loadStat(pid);
  return fields === undefined || isZombie(fields) ? undefined : fields[19];
}

/** All processes that were started with a line `NAME=value` in their environment, if this process may read it. */
export function findByEnvironment(line: string): readonly number[] {
  return listProcesses().filter((pid) => loadEnvironment(pid).includes(line));
}

/** The first of these that leads a process group. */
export function findLeaderByEnvironment(line: string): ProcessIdentity | undefined {
  const leader = findByEnvironment(line).find((pid) => loadStat(pid)?.[2] === String(pid));
  return leader === undefined ? undefined : loadIdentity(leader);
}

/** The ids of all processes; empty if /proc does not exist or cannot be read. */
export function listProcesses(): readonly number[] {
  try {
    return fs
      .readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The lines `NAME=value` that a process was started with; empty if they cannot be read. */
export function loadEnvironment(pid: number): readonly string[] {
  return readProc(`${pid}/environ`)?.split('\0') ?? [];
}

/** Whether any process, even a zombie, has this id; asks the system, not /proc. */
function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

/** The fields of `/proc/PID/stat` from the third on: after the program's name, which may contain anything. */
function loadStat(pid: number): readonly string[] | undefined {
  const stat = readProc(`${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function isZombie(fields: readonly string[]): boolean {
  return fields[0] === 'Z' || fields[0] === 'X';
}

/** The id of this boot: '' if the system has no such id (some sandboxes), undefined if it cannot be read now. */
function loadBootId(): string | undefined {
  return readProc('sys/kernel/random/boot_id', '')?.trim();
}

/** The text of a file in /proc, `missing` if the file does not exist, and undefined if it cannot be read. */
function readProc(name: string, missing?: string): string | undefined {
  try {
    return fs.readFileSync(`/proc/${name}`, 'latin1');
  } catch (error) {
    return hasCode(error, 'ENOENT') ? missing : undefined;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
