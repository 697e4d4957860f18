// The tasks of the torture. Each of their programs writes down when it begins and when it ends, in a file that the daemon knows nothing of.
import fs from 'node:fs';

/** Arguments: the file, how many seconds it takes, how many bytes it prints, its exit status. */
const script = `
  read -r up _ </proc/uptime; echo "begin $REMOTETASK_RUN $$ $up" >>"$0"
  sleep "$1"; head -c "$2" /dev/zero | tr '\\0' x
  read -r up _ </proc/uptime; echo "end $REMOTETASK_RUN $3 $up" >>"$0"
  exit "$3"`;
/** Prints by itself, so that a closed pipe ends it. */
const talkative = `
  read -r up _ </proc/uptime; echo "begin $REMOTETASK_RUN $$ $up" >>"$0"
  for line in 1 2 3 4 5 6; do echo "$line"; sleep "$1"; done
  read -r up _ </proc/uptime; echo "end $REMOTETASK_RUN $2 $up" >>"$0"
  exit "$2"`;

/** The longest that any of them takes. */
export const longestSeconds = 3;

/** The tasks by id; `round` changes their names, as a reload of the config does. */
export function createTasks(file: string, round: number): Record<string, object> {
  const run = (...words: (string | number)[]): object => ({
    command: ['/bin/sh', '-c', script, file, ...words.map(String)],
  });
  const tasks: Record<string, object> = {
    quick: run(0, 0, 0),
    fails: run(0, 100, 3),
    prints: run(0.1, 300_000, 4),
    slow: run(1.2, 10, 5),
    slower: run(longestSeconds, 0, 0),
    talks: { command: ['/bin/sh', '-c', talkative, file, '0.2', '6'] },
    queue: { ...run(0.15, 10, 7), whenBusy: 'queue' },
    join: { ...run(0.3, 10, 8), whenBusy: 'join' },
    reject: { ...run(0.2, 10, 0), whenBusy: 'reject' },
  };
  return Object.fromEntries(
    Object.entries(tasks).map(([id, task]) => [
      id,
      {
        identifier: toTaskKey(id),
        name: `${id} of round ${round}`,
        cooldown: '0s',
        whenBusy: 'parallel',
        output: 'all',
        ...task,
      },
    ]),
  );
}

export function toTaskKey(id: string): string {
  return `task-key-of-${id}-7Hs2kQ9w`;
}

/** What the programs have written down of a run; times are seconds since the machine was started. */
export interface Trace {
  /** One for each time that the run was started. */
  readonly begun: { readonly pid: number; readonly atSeconds: number }[];
  readonly ended: { readonly exitCode: number; readonly atSeconds: number }[];
}

/** Reads what the programs have written down, by run. */
export function loadTraces(file: string): Map<string, Trace> {
  const traces = new Map<string, Trace>();
  for (const line of fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n') : []) {
    const [event, run = '', number, up] = line.split(' ');
    const trace = traces.get(run) ?? { begun: [], ended: [] };
    if (event === 'begin') trace.begun.push({ pid: Number(number), atSeconds: Number(up) });
    else if (event === 'end') trace.ended.push({ exitCode: Number(number), atSeconds: Number(up) });
    else continue;
    traces.set(run, trace);
  }
  return traces;
}

/** Seconds since the machine was started, as the programs read them. */
export function uptimeSeconds(): number {
  return Number(fs.readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
}
