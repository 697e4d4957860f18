// Runs of a daemon under test: started in numbers, and as its history tells of them.
import fs from 'node:fs';
import path from 'node:path';
import { call, type Server } from '../bench/servers.ts';

/** Starts a task so many times, 16 at a time: the run ids of the calls that were accepted, and how many were refused with 503. */
export async function startSome(
  daemon: Server,
  task: string,
  count: number,
): Promise<{ readonly accepted: string[]; readonly refused: number }> {
  const accepted: string[] = [];
  let refused = 0;
  let sent = 0;
  const startOnAndOn = async (): Promise<void> => {
    while (sent < count) {
      sent++;
      const { status, rawHeaders } = await call(daemon.port, daemon.path(task));
      const location =
        rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'location') + 1] ?? '';
      if (status === 202) accepted.push(path.basename(location));
      else if (status === 503) refused++;
      else throw new Error(`A call was answered with ${status}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(16, count) }, startOnAndOn));
  return { accepted, refused };
}

/** The run ids of all starts in the history of a folder, and the outcomes of those that have ended. */
export function loadHistory(folder: string): {
  readonly started: Set<string>;
  readonly ended: Map<string, string>;
} {
  const started = new Set<string>();
  const ended = new Map<string, string>();
  for (const line of fs.readFileSync(path.join(folder, 'history.jsonl'), 'utf8').split('\n').slice(0, -1)) {
    const { event, run, outcome } = JSON.parse(line) as {
      event: string;
      run: string;
      outcome?: { kind: string };
    };
    if (event === 'start') started.add(run);
    if (outcome !== undefined) ended.set(run, outcome.kind);
  }
  return { started, ended };
}
