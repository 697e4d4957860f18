// Much output: 10,000 lines a second with ten readers, and gigabytes without a line end.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { toNote, toRow, type Row } from '../bench/report.ts';
import { call, startDaemon, type Server } from '../bench/servers.ts';
import { startReader, startStuckReader } from './readers.ts';
import { toLocationPath } from '../../test/support/raw-http.ts';

const printer = fileURLToPath(import.meta.resolve('./printer.ts'));

/** Watches the resident memory until `work` is done: the most that it has grown by, in MB. */
async function measureGrowth(daemon: Server, work: () => Promise<void>): Promise<number> {
  const beforeMb = daemon.memoryMb();
  let mostMb = beforeMb;
  const timer = setInterval(() => (mostMb = Math.max(mostMb, daemon.memoryMb())), 100);
  await work();
  clearInterval(timer);
  return Math.max(mostMb, daemon.memoryMb()) - beforeMb;
}

/** The path of a run's page that a call has started. Throws where nothing was started. */
async function start(daemon: Server, task: string): Promise<string> {
  const { status, rawHeaders } = await call(daemon.port, daemon.path(task));
  if (status !== 202) throw new Error(`A call was answered with ${status}`);
  return toLocationPath(rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'location') + 1]);
}

async function waitForEnd(daemon: Server, run: string): Promise<string> {
  for (;;) {
    const { status, body } = await call(daemon.port, `${run}?wait=60`);
    if (status !== 202) return body;
  }
}

/** A minute of lines, with ten readers, one of whom never reads. */
export async function measureLines(
  folder: string,
  { seconds }: { readonly seconds: number },
): Promise<Row[]> {
  const calmSeconds = seconds / 4;
  const took = (name: string): number => Number(fs.readFileSync(path.join(folder, name), 'utf8'));
  const print = (length: number, name: string): object => ({
    command: [process.execPath, printer, String(length), path.join(folder, name)],
    output: 'all',
  });
  const daemon = await startDaemon(path.join(folder, 'lines'), {
    calm: print(calmSeconds, 'calm'),
    watched: print(seconds, 'watched'),
  });
  await waitForEnd(daemon, await start(daemon, 'calm'));
  let lines: number[] = [];
  let leftOut: number[] = [];
  const cpuBeforeMs = daemon.cpuMs();
  const grownMb = await measureGrowth(daemon, async () => {
    const run = await start(daemon, 'watched');
    const readers = await Promise.all(
      Array.from(
        { length: 9 },
        async (_, i) => await startReader(daemon.port, run, i % 2 === 0 ? 'text/plain' : 'text/event-stream'),
      ),
    );
    const hangUp = await startStuckReader(daemon.port, run);
    await Promise.all(readers.map(async ({ ended }) => await ended));
    hangUp();
    lines = readers.map((reader) => reader.lines());
    leftOut = readers.map((reader) => reader.leftOutBytes());
  });
  const cpuShare = (daemon.cpuMs() - cpuBeforeMs) / (seconds * 1000);
  await daemon.stop();
  const slowed = (took('watched') / seconds / (took('calm') / calmSeconds) - 1) * 100;
  return [
    toRow(
      `10,000 lines a second for ${seconds} s, ten readers, one stuck: memory grows by`,
      grownMb,
      { below: 20 },
      ' MB',
    ),
    toRow('The same: the run is slowed by', Math.max(0, slowed), { below: 5 }, ' %'),
    toNote(
      'The same: lines that each of the nine read',
      `${Math.min(...lines)} to ${Math.max(...lines)} of ${seconds * 10_000}`,
    ),
    toNote('The same: bytes left out for one of them, at most', String(Math.max(...leftOut))),
    toNote('The same: CPU of the daemon', `${(cpuShare * 100).toFixed(0)} % of one core`),
  ];
}

/** Bytes without a line end, read by one who follows. */
export async function measureBytes(
  folder: string,
  { gigabytes }: { readonly gigabytes: number },
): Promise<Row[]> {
  const bytes = gigabytes * 1e9;
  const print = (count: number): object => ({
    command: ['/bin/sh', '-c', `head -c ${count} /dev/zero | tr '\\0' '\\377'`],
    output: 'all',
  });
  const daemon = await startDaemon(path.join(folder, 'bytes'), {
    few: print(10_000_000),
    many: print(bytes),
  });
  await waitForEnd(daemon, await start(daemon, 'few'));
  let told = '';
  const startMs = performance.now();
  const grownMb = await measureGrowth(daemon, async () => {
    const run = await start(daemon, 'many');
    const reader = await startReader(daemon.port, run, 'text/event-stream');
    told = await waitForEnd(daemon, run);
    await reader.ended;
  });
  const tookSeconds = (performance.now() - startMs) / 1000;
  await daemon.stop();
  const isTold =
    told.startsWith(`[${bytes - 65_536} bytes before this are not shown.]\n`) && told.includes('succeeded');
  return [
    toRow(`${gigabytes} GB, binary, without a line end: memory grows by`, grownMb, { below: 96 }, ' MB'),
    {
      what: 'The same: the run succeeds, and all bytes are counted',
      is: isTold ? 'yes' : 'no',
      target: 'yes',
      holds: isTold,
    },
    toNote('The same: took', `${tookSeconds.toFixed(1)} s`),
  ];
}
