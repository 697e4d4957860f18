// `npm run bench`: the built program's numbers beside those of a bare `node:http` server, in one run. `--quick` takes a quarter of the time;
// `--against DIR` compares with the program built in that folder, an earlier checkout.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { flood, measureRates, measureRightCalls } from './bench/flood.ts';
import { median, renderTable, toNote, toRow, type Row } from './bench/report.ts';
import { call, startBare, startDaemon, type Server } from './bench/servers.ts';
import { countStarts, measureStarts, probe } from './bench/starts.ts';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, against: { type: 'string' } },
});
const effort = options.quick
  ? { rounds: 3, roundSeconds: 2, starts: 100, rightSeconds: 5, launches: 5, floodSeconds: 10 }
  : { rounds: 7, roundSeconds: 4, starts: 300, rightSeconds: 15, launches: 11, floodSeconds: 60 };

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'remotetask-bench-'));
const linesFile = path.join(folder, 'lines.txt');
const tasks = {
  true: { command: ['/bin/true'] },
  probe: { command: probe, output: 'all' },
  line: { command: ['/bin/sh', '-c', 'echo started >>"$1"', 'sh', linesFile] },
};
const manyTasks = (count: number): Record<string, object> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`idle-${i}`, { command: ['/bin/true'] }]));

/** Starts the earlier program, if there is one to compare with. */
async function startBefore(tasksThere: Record<string, object>): Promise<Server | undefined> {
  const home = options.against;
  return home === undefined
    ? undefined
    : await startDaemon(path.join(folder, 'before'), tasksThere, path.resolve(home));
}

async function main(): Promise<void> {
  console.log(
    `Node ${process.version}, ${os.cpus().length} cores of ${os.cpus()[0]?.model ?? 'unknown kind'}. Medians; ratios within this run.`,
  );
  const show = (rows: readonly Row[]): void => console.log(`\n${renderTable(rows)}`);
  let daemon = await startDaemon(path.join(folder, 'few'), tasks);
  await pause(3000);
  const idleMb = daemon.memoryMb();
  const stranger = await call(daemon.port, '/');
  const startBareServer = (): ReturnType<typeof startBare> => startBare(folder, stranger, probe);
  const bare = await startBareServer();

  show(await measureStarts({ bare, daemon }, { rounds: effort.starts, folder }));
  const { rows: counted, isExact } = await countStarts(daemon, linesFile);
  show(counted);
  await daemon.stop();

  daemon = await startDaemon(path.join(folder, 'ten'), { ...tasks, ...manyTasks(7) });
  const many = await startDaemon(path.join(folder, 'many'), manyTasks(10_000));
  const before = await startBefore({ ...tasks, ...manyTasks(7) });
  show(
    await measureRates(
      { bare, before, few: daemon, many },
      { rounds: effort.rounds, seconds: effort.roundSeconds },
    ),
  );
  await before?.stop();
  await many.stop();
  show(await measureRightCalls(daemon, { seconds: effort.rightSeconds }));
  await daemon.stop();
  await bare.stop();

  const launches = { bare: [] as number[], daemon: [] as number[], before: [] as number[] };
  const idle = { daemon: [] as number[], before: [] as number[] };
  const launch = async (name: keyof typeof idle, server: Server): Promise<void> => {
    launches[name].push(server.firstAnswerMs);
    await pause(1000);
    idle[name].push(server.memoryMb());
    await server.stop();
  };
  for (let round = 0; round < effort.launches; round++) {
    const bare = await startBareServer();
    await bare.stop();
    launches.bare.push(bare.firstAnswerMs);
    await launch('daemon', await startDaemon(path.join(folder, 'few'), tasks));
    const before = await startBefore(tasks);
    if (before !== undefined) await launch('before', before);
  }
  const [bareMs, daemonMs] = [median(launches.bare), median(launches.daemon)];
  daemon = await startDaemon(path.join(folder, 'few'), tasks);
  await flood(daemon, { seconds: effort.floodSeconds });
  const floodedMb = daemon.memoryMb();
  await daemon.stop();
  show([
    toRow('First answer after the start: bare server = 1', daemonMs / bareMs, { below: 3 }),
    toNote('First answer after the start: bare, ours', `${bareMs.toFixed(0)} ms, ${daemonMs.toFixed(0)} ms`),
    toRow('Resident memory, idle', idleMb, { below: 75 }, ' MB'),
    toRow(`Resident memory after ${effort.floodSeconds} s of flood`, floodedMb, { below: 110 }, ' MB'),
  ]);

  if (options.against !== undefined)
    show([
      toRow('First answer after the start, before = 1', daemonMs / median(launches.before), { below: 1.02 }),
      toRow('Resident memory, idle, before = 1', median(idle.daemon) / median(idle.before), { below: 1.02 }),
    ]);

  if (!isExact) process.exitCode = 1;
}

try {
  await main();
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
