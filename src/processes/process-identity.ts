// Who a process id belongs to: an id alone may have been given to another process since.
import fs from 'node:fs';

/** Programs are told of times in hundredths of a second, whatever the kernel counts in (`USER_HZ`, time(7)). */
const tickMs = 10;

/** One process, and no other one before or after it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot: field 22 of `/proc/PID/stat` (proc_pid_stat(5)). */
  readonly startTicks: string;
  /** `/proc/sys/kernel/random/boot_id`, which differs after each boot. */
  readonly bootId: string;
}

/** Whether a process lives; `unknown` where /proc cannot be read and some process has that id. */
export type ProcessState = 'alive' | 'gone' | 'unknown';

/** The identity of the process that has this id now, or undefined if none lives (a zombie does not) or it cannot be read. */
export function loadIdentity(pid: number): ProcessIdentity | undefined {
  const startTicks = loadStartTicks(pid);
  const bootId = loadBootId();
  return startTicks === undefined || bootId === undefined ? undefined : { pid, startTicks, bootId };
}

/** Whether that very process lives. A failure to read /proc (EMFILE, EACCES, no /proc at all) does not make it `gone`. */
export function lookAt({ pid, startTicks, bootId }: ProcessIdentity): ProcessState {
  const nowBootId = loadBootId();
  if (nowBootId !== undefined && nowBootId !== '' && nowBootId !== bootId) return 'gone';
  const fields = loadStat(pid);
  if (fields === undefined) return hasProcess(pid) ? 'unknown' : 'gone';
  if (isZombie(fields) || fields[19] !== startTicks) return 'gone';
  return nowBootId === bootId ? 'alive' : 'unknown';
}

/** Whether that very process may still live. */
export function isAlive(identity: ProcessIdentity): boolean {
  return lookAt(identity) !== 'gone';
}

/** Whether the process of this id has ended and its parent has not taken note of that yet; false where /proc cannot be read. */
export function hasEndedUnreaped(pid: number): boolean {
  const fields = loadStat(pid);
  return fields !== undefined && isZombie(fields);
}

/** Milliseconds since the start of a process that lives, by a clock that nobody can set. */
export function loadAgeMs({ startTicks }: ProcessIdentity): number {
  const own = loadStartTicks(process.pid) ?? startTicks;
  return Math.max(0, (Number(own) - Number(startTicks)) * tickMs + performance.now());
}

/** The start time of a process in clock ticks since boot, or undefined if no such process lives or it cannot be read. */
export function loadStartTicks(pid: number): string | undefined {
  const fields = loadStat(pid);
  return fields === undefined || isZombie(fields) ? undefined : fields[19];
}

/** All processes that were started with a line `NAME=value` in their environment, as far as this one may see theirs. */
export function findByEnvironment(line: string): readonly number[] {
  return listProcesses().filter((pid) => loadEnvironment(pid).includes(line));
}

/** The first of these that leads a process group. */
export function findLeaderByEnvironment(line: string): ProcessIdentity | undefined {
  const leader = findByEnvironment(line).find((pid) => loadStat(pid)?.[2] === String(pid));
  return leader === undefined ? undefined : loadIdentity(leader);
}

/** The ids of all processes; none where there is no /proc, or it cannot be read. */
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

/** The lines `NAME=value` that a process was started with; none where they cannot be read. */
export function loadEnvironment(pid: number): readonly string[] {
  return readProc(`${pid}/environ`)?.split('\0') ?? [];
}

/** Whether any process, a zombie too, has this id: the system is asked, not /proc. */
function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

/** The fields of `/proc/PID/stat` from the third on: behind the program's name, which may hold anything. */
function loadStat(pid: number): readonly string[] | undefined {
  const stat = readProc(`${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function isZombie(fields: readonly string[]): boolean {
  return fields[0] === 'Z' || fields[0] === 'X';
}

/** The id of this boot: '' where the system has none (some sandboxes), undefined where it cannot be read now. */
function loadBootId(): string | undefined {
  return readProc('sys/kernel/random/boot_id', '')?.trim();
}

/** The text of a file in /proc, `missing` where there is no such file, and undefined where it cannot be read. */
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
