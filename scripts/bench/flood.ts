// A flood of wrong keys, by wrk: its rate, what a right call feels of it, and what it leaves in memory.
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { toErrorCode } from '../../src/errors.ts';
import { median, quantile, toNote, toRow, type Row } from './report.ts';
import { call, type Server } from './servers.ts';

/** How the clients of a flood treat their connections: they keep them, or open one for each call. */
const manners = { 'keep-alive': [], close: ['-H', 'Connection: close'] } as const;
type Manner = keyof typeof manners;

const wrongKeys = fileURLToPath(import.meta.resolve('./wrong-keys.lua'));

/** Calls with wrong keys over 64 connections. Returns answers a second. */
export async function flood(
  server: Server,
  { seconds, manner = 'keep-alive' }: { readonly seconds: number; readonly manner?: Manner },
): Promise<number> {
  const url = `http://127.0.0.1:${server.port}`;
  const args = ['-t1', '-c64', `-d${seconds}s`, '-s', wrongKeys, ...manners[manner], url];
  const { stdout } = await promisify(execFile)('wrk', args).catch((error: unknown) => {
    if (toErrorCode(error) !== 'ENOENT') throw error;
    throw new Error('The flood needs wrk: install it, on Debian with `apt-get install wrk`');
  });
  const [errors] = /Socket errors.*/.exec(stdout) ?? [];
  if (errors !== undefined) throw new Error(`Calls of the flood had no answer. ${errors}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}

/** Rates of the daemons as parts of the bare server's, in interleaved rounds. `before` is an earlier build with as many tasks as `few`. */
export async function measureRates(
  {
    bare,
    before,
    few,
    many,
  }: {
    readonly bare: Server;
    readonly before: Server | undefined;
    readonly few: Server;
    readonly many: Server;
  },
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<Row[]> {
  const servers = Object.entries({ bare, ...(before && { before }), few, many });
  const rows: Row[] = [];
  for (const manner of ['keep-alive', 'close'] as const) {
    const measured = servers.map(([name, server]) => ({
      name,
      server,
      rates: [] as number[],
      cpuUs: [] as number[],
    }));
    for (let round = -1; round < rounds; round++) {
      for (const { server, rates, cpuUs } of measured) {
        const cpuBeforeMs = server.cpuMs();
        const rate = await flood(server, { seconds, manner });
        // The first round is for what V8 compiles on the way.
        if (round === -1) continue;
        rates.push(rate);
        cpuUs.push(((server.cpuMs() - cpuBeforeMs) * 1000) / (rate * seconds));
      }
    }
    const toRatio = (over: string, under: string): number => {
      const ratesOf = (name: string): number[] => measured.find((one) => one.name === name)?.rates ?? [];
      const below = ratesOf(under);
      return median(ratesOf(over).map((rate, i) => rate / (below[i] ?? Number.NaN)));
    };
    const names = measured.map(({ name }) => name).join(', ');
    rows.push(
      toRow(`Flood, ${manner}: calls a second, bare server = 1`, toRatio('few', 'bare'), { atLeast: 0.75 }),
      toRow('The same with 10,000 tasks, 10 tasks = 1', toRatio('many', 'few'), { atLeast: 0.9 }),
      ...(before === undefined
        ? []
        : [toRow('The same, before = 1', toRatio('few', 'before'), { atLeast: 0.98 })]),
      toNote(`Calls a second: ${names}`, measured.map(({ rates }) => median(rates).toFixed(0)).join(', ')),
      toNote(
        `CPU microseconds a call: ${names}`,
        measured.map(({ cpuUs }) => median(cpuUs).toFixed(1)).join(', '),
      ),
    );
  }
  return rows;
}

/** How long right calls take without and during a flood. */
export async function measureRightCalls(
  daemon: Server,
  { seconds }: { readonly seconds: number },
): Promise<Row[]> {
  const callFor = async (ms: number): Promise<number[]> => {
    const times: number[] = [];
    for (const endMs = performance.now() + ms; performance.now() < endMs; await pause(20)) {
      const startMs = performance.now();
      const { status } = await call(daemon.port, daemon.path('true'));
      if (status !== 202) throw new Error(`A right call was answered with ${status}`);
      times.push(performance.now() - startMs);
    }
    return times;
  };
  await callFor(1000);
  const calm = await callFor(seconds * 1000);
  const flooding = flood(daemon, { seconds: seconds + 1 });
  await pause(500);
  const flooded = await callFor(seconds * 1000);
  await flooding;
  const [calmMs, floodedMs] = [quantile(calm, 0.99), quantile(flooded, 0.99)];
  return [
    toRow(
      'Right call during a flood: 99th percentile, more than without',
      floodedMs - calmMs,
      { below: 50 },
      ' ms',
    ),
    toNote(
      'Right call, 99th percentile without, with a flood',
      `${calmMs.toFixed(1)} ms, ${floodedMs.toFixed(1)} ms`,
    ),
  ];
}
