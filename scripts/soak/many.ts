// Many runs at once: all end, and nothing of them stays.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { toNote, type Row } from '../bench/report.ts';
import { startDaemon, type Server } from '../bench/servers.ts';
import { loadHistory, startSome } from './runs.ts';

function countDescriptors({ pid }: Server): number {
  return fs.readdirSync(`/proc/${pid}/fd`).length;
}

/** How many children it has, zombies and all. */
function countChildren({ pid }: Server): number {
  return fs
    .readdirSync(`/proc/${pid}/task`)
    .flatMap((thread) => fs.readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' '))
    .filter((child) => child !== '').length;
}

/** 200 runs of `sleep 5` at once. */
export async function countManyRuns(folder: string): Promise<Row[]> {
  const count = 200;
  const own = path.join(folder, 'many');
  const daemon = await startDaemon(own, { sleep: { command: ['/bin/sleep', '5'] } });
  // What the first run and the first connection leave open for good is not counted.
  await startSome(daemon, 'sleep', 1);
  while (loadHistory(own).ended.size < 1) await pause(50);
  await pause(500);
  const before = countDescriptors(daemon);
  const startMs = performance.now();
  const { accepted } = await startSome(daemon, 'sleep', count);
  const startedMs = performance.now() - startMs;
  let most = 0;
  let ends = loadHistory(own).ended;
  for (
    const untilMs = performance.now() + 60_000;
    ends.size < count + 1 && performance.now() < untilMs;
    await pause(50)
  ) {
    most = Math.max(most, countChildren(daemon));
    ends = loadHistory(own).ended;
  }
  const succeeded = accepted.filter((run) => ends.get(run) === 'succeeded').length;
  const untilMs = performance.now() + 10_000;
  while (countDescriptors(daemon) > before && performance.now() < untilMs) await pause(50);
  const [after, children] = [countDescriptors(daemon), countChildren(daemon)];
  await daemon.stop();
  return [
    {
      what: '200 runs of `sleep 5` at once: succeeded',
      is: String(succeeded),
      target: String(count),
      holds: succeeded === count,
    },
    {
      what: 'The same: zombies and other children afterwards',
      is: String(children),
      target: '0',
      holds: children === 0,
    },
    {
      what: 'The same: open descriptors before, afterwards',
      is: `${before}, ${after}`,
      target: 'the same',
      holds: before === after,
    },
    toNote('The same: at once at most, and the time to start them', `${most}, ${startedMs.toFixed(0)} ms`),
  ];
}
