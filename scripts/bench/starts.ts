// From the request to the child: how soon it runs, and whether each trigger starts exactly one.
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { median, toNote, toRow, type Row } from './report.ts';
import { call, type Server } from './servers.ts';

const fdatasync = promisify(fs.fdatasync);

/** Prints its time as the nanoseconds of the wall clock; its own start counts on both sides. */
export const probe = ['/bin/date', '+%s%N'] as const;

/** Rounds before those that count, for what V8 compiles on the way. */
const warmUps = 60;

/** Milliseconds from a call to the probe's time stamp, on the daemon and on the bare server in turn, and of one fdatasync. */
export async function measureStarts(
  { bare, daemon }: { readonly bare: Server; readonly daemon: Server },
  { rounds, folder }: { readonly rounds: number; readonly folder: string },
): Promise<Row[]> {
  const time = async (server: Server, query: string): Promise<number> => {
    const startMs = toWallMs(performance.now());
    const { body } = await call(server.port, server.path('probe') + query);
    return Number(/^\d{19}/m.exec(body)?.[0]) / 1e6 - startMs;
  };
  const times = { bare: [] as number[], daemon: [] as number[], sync: [] as number[] };
  const fd = fs.openSync(path.join(folder, 'sync.txt'), 'a');
  let toWallMs = readClocks();
  for (let round = -warmUps; round < rounds; round++) {
    if (round % 20 === 0) toWallMs = readClocks();
    const bareMs = await time(bare, '');
    const daemonMs = await time(daemon, '?wait=10');
    const startMs = performance.now();
    fs.writeSync(fd, `${'x'.repeat(180)}\n`);
    await fdatasync(fd);
    if (round < 0) continue;
    times.bare.push(bareMs);
    times.daemon.push(daemonMs);
    times.sync.push(performance.now() - startMs);
  }
  fs.closeSync(fd);
  const [bareMs, daemonMs, syncMs] = [median(times.bare), median(times.daemon), median(times.sync)];
  return [
    toRow('Request to child, after one fdatasync: bare server with spawn = 1', (daemonMs - syncMs) / bareMs, {
      below: 1.5,
    }),
    toNote(
      'Request to child: bare, ours; one fdatasync',
      [bareMs, daemonMs, syncMs].map((ms) => `${ms.toFixed(2)} ms`).join(', '),
    ),
  ];
}

/** 1,000 triggers, 16 at a time, of a program that adds a line to a file. `isExact` says that none was lost or doubled. */
export async function countStarts(
  daemon: Server,
  linesFile: string,
): Promise<{ readonly rows: Row[]; readonly isExact: boolean }> {
  const triggers = 1000;
  const runs: string[] = [];
  let sent = 0;
  const startMs = performance.now();
  const triggerOnAndOn = async (): Promise<void> => {
    while (sent < triggers) {
      sent++;
      const { rawHeaders, body } = await call(daemon.port, `${daemon.path('line')}?wait=60`);
      if (body.includes('succeeded'))
        runs.push(rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'location') + 1] ?? '');
    }
  };
  await Promise.all(Array.from({ length: 16 }, triggerOnAndOn));
  const lines = fs.readFileSync(linesFile, 'utf8').split('\n').length - 1;
  const isExact = lines === triggers && runs.length === triggers && new Set(runs).size === triggers;
  return {
    isExact,
    rows: [
      {
        what: '1,000 triggers, 16 at a time: starts, runs',
        is: `${lines}, ${new Set(runs).size}`,
        target: '1000, 1000',
        holds: isExact,
      },
      toNote(
        'The same: triggers a second, each to its end',
        (triggers / ((performance.now() - startMs) / 1000)).toFixed(0),
      ),
    ],
  };
}

/** From Node's monotonic milliseconds to those of the wall clock, which the probe reads; exact to a few microseconds at the edge of a millisecond. */
function readClocks(): (monotonicMs: number) => number {
  const before = Date.now();
  while (Date.now() === before);
  const offsetMs = Date.now() - performance.now();
  return (monotonicMs) => monotonicMs + offsetMs;
}
