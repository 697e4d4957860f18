// Who a process id belongs to: an id alone may have been given to another process since.
import fs from 'node:fs';

/**
 * The start time of a process in clock ticks since boot, field 22 of `/proc/PID/stat` (proc_pid_stat(5)), or
 * undefined if no such process lives (a zombie does not). Together with the id it names one process for good.
 */
export function loadStartTicks(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
