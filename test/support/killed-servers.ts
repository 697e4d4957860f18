// Kills a daemon with a worker of its own again and again while its tasks are started, and checks what became of each start.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createFolder, keyOf, magicKey, startDaemon, until, type TestDaemon } from './daemon.ts';
import { createWorkerPlace, serverUid, startWorker } from './worker-process.ts';

interface Killed {
  /** How many starts were acknowledged, how many runs the history has, and how many of those never began. */
  readonly acknowledged: number;
  readonly runs: number;
  readonly unbegun: number;
}

/** How many callers start tasks at the same time. */
const callers = 3;

/** Kills the daemon until `isEnough`, each time after a moment of `toPauseMs`. Fails if anything was lost, started twice, or has another exit status than its program. */
export async function killServers(
  t: { after(fn: () => Promise<void> | void): void },
  { isEnough, toPauseMs }: { isEnough: (kills: number) => boolean; toPauseMs: () => number },
): Promise<Killed> {
  const place = createWorkerPlace(t);
  const serverFolder = createFolder(t);
  // Prints more than a pipe holds, and writes down with which status it ends, so that a second start of the same run would show.
  const script =
    'i=0; while [ $i -lt 400 ]; do echo "line $i of a run that prints something before it ends"; i=$((i+1)); done;' +
    's=$(( 0x$(head -c 1 /dev/urandom | od -An -tx1 | tr -d " ") % 5 )); sleep 0.0$s; echo $s >>"$0/$REMOTETASK_RUN"; exit $s';
  const statusFolder = path.join(place.folder, 'statuses');
  fs.mkdirSync(statusFolder);
  const tasks = {
    prints: {
      command: ['/bin/sh', '-c', script, statusFolder],
      output: 'all',
      cooldown: '0s',
      whenBusy: 'parallel',
    },
  };
  const start = async (): Promise<TestDaemon> =>
    await startDaemon(t, {
      tasks,
      folder: serverFolder,
      uid: serverUid,
      server: { rateLimit: { runs: 1_000_000 } },
      more: { worker: { socket: place.socket }, history: { keep: 100_000 } },
    });
  await startWorker(t, place, {
    server: { magickey: magicKey },
    tasks: { prints: { identifier: keyOf('prints'), ...tasks.prints } },
  });
  let daemon = await start();
  const acknowledged = new Set<string>();
  let isDone = false;
  const callOften = async (): Promise<void> => {
    while (!isDone) {
      try {
        const response = await fetch(daemon.url('prints'), { headers: { accept: 'application/json' } });
        const { run } = (await response.json()) as { run?: string };
        if (response.status === 202 && run !== undefined) acknowledged.add(run);
      } catch {
        await pause(50);
      }
    }
  };
  const calling = Array.from({ length: callers }, callOften);
  for (let kills = 0; !isEnough(kills); kills++) {
    await pause(toPauseMs());
    await daemon.kill();
    daemon = await start();
  }
  isDone = true;
  await Promise.all(calling);
  const lines = await until(() => {
    const all = daemon.history();
    const count = (event: string): number => all.filter((line) => line['event'] === event).length;
    return count('start') === count('end') ? all : undefined;
  }, 'the end of all runs');
  return { acknowledged: acknowledged.size, ...judge(lines, acknowledged, statusFolder) };
}

function judge(
  lines: readonly Record<string, unknown>[],
  acknowledged: ReadonlySet<string>,
  statusFolder: string,
): Omit<Killed, 'acknowledged'> {
  const runsOf = (event: string): string[] =>
    lines.flatMap((line) => (line['event'] === event ? [String(line['run'])] : []));
  const starts = runsOf('start');
  const ends = lines.filter(({ event }) => event === 'end');
  assert.equal(new Set(starts).size, starts.length, 'each run is in the history once');
  assert.equal(new Set(runsOf('end')).size, ends.length, 'each run has one end');
  const known = new Set(starts);
  assert.deepEqual(
    [...acknowledged].filter((run) => !known.has(run)),
    [],
    'no acknowledged start is missing',
  );
  let unbegun = 0;
  for (const { run, outcome } of ends) {
    const file = path.join(statusFolder, String(run));
    const { kind, exitCode, why } = outcome as { kind: string; exitCode?: number; why?: { code: string } };
    if (!fs.existsSync(file)) {
      assert.deepEqual(
        [kind, why?.code, acknowledged.has(String(run))],
        ['failed', 'cut-off-before-start', false],
      );
      unbegun++;
    } else assert.equal(`${exitCode}\n`, fs.readFileSync(file, 'utf8'), `${String(run)} ${kind}`);
  }
  assert.deepEqual(
    fs.readdirSync(statusFolder).filter((run) => !known.has(run)),
    [],
    'nothing runs that is not in the history',
  );
  return { runs: starts.length, unbegun };
}
