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

/** The identity of the process that has this id now, or undefined if none lives (a zombie does not). */
export function loadIdentity(pid: number): ProcessIdentity | undefined {
  const startTicks = loadStartTicks(pid);
  return startTicks === undefined ? undefined : { pid, startTicks, bootId: readProc('sys/kernel/random/boot_id')?.trim() ?? '' };
}

/** Whether that very process still lives. */
export function isAlive({ pid, startTicks, bootId }: ProcessIdentity): boolean {
  const now = loadIdentity(pid);
  return now !== undefined && now.startTicks === startTicks && now.bootId === bootId;
}

/** Milliseconds since the start of a process that lives, by a clock that nobody can set. */
export function loadAgeMs({ startTicks }: ProcessIdentity): number {
  const own = loadStartTicks(process.pid) ?? startTicks;
  return Math.max(0, (Number(own) - Number(startTicks)) * tickMs + performance.now());
}

/** The start time of a process in clock ticks since boot, or undefined if no such process lives. */
export function loadStartTicks(pid: number): string | undefined {
  const fields = loadStat(pid);
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

/** All processes that were started with a line `NAME=value` in their environment, as far as this one may see theirs. */
export function findByEnvironment(line: string): readonly number[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readProc(`${name}/environ`)?.split('\0').includes(line) === true)
    .map(Number);
}

/** The first of these that leads a process group. */
export function findLeaderByEnvironment(line: string): ProcessIdentity | undefined {
  const leader = findByEnvironment(line).find((pid) => loadStat(pid)?.[2] === String(pid));
  return leader === undefined ? undefined : loadIdentity(leader);
}

/** The fields of `/proc/PID/stat` from the third on: behind the program's name, which may hold anything. */
function loadStat(pid: number): readonly string[] | undefined {
  const stat = readProc(`${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readProc(name: string): string | undefined {
  try {
    return fs.readFileSync(`/proc/${name}`, 'latin1');
  } catch {
    return undefined;
  }
}
