// A flood of wrong keys: its rate, what a right call feels of it, and what it leaves in memory.
import autocannon from 'autocannon';
import { setTimeout as pause } from 'node:timers/promises';
import { median, quantile, toNote, toRow, type Row } from './report.ts';
import { call, type Server } from './servers.ts';

/** Paths with two wrong keys; many, so that nothing can be remembered. */
const wrongPaths = Array.from(
  { length: 500 },
  (_, i) => `/wrong-magic-key-${i}-Jq8dK2mT/wrong-task-key-${i}-x5Vn3Wc`,
);

/** Calls with wrong keys over 64 keep-alive connections, from a thread of its own. Gives answers a second. */
export async function flood(server: Server, seconds: number): Promise<number> {
  const requests = wrongPaths.map((path) => ({ method: 'GET' as const, path }));
  const result = await autocannon({
    url: `http://127.0.0.1:${server.port}`,
    connections: 64,
    duration: seconds,
    workers: 1,
    requests,
  });
  if (result.errors > 0) throw new Error(`${result.errors} calls of the flood had no answer`);
  return result.requests.total / result.duration;
}

/** Rates of both daemons as parts of the bare server's, in interleaved rounds. */
export async function measureRates(
  { bare, few, many }: { readonly bare: Server; readonly few: Server; readonly many: Server },
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<Row[]> {
  const servers = { bare, few, many };
  const rates: Record<keyof typeof servers, number[]> = { bare: [], few: [], many: [] };
  const cpuUs: Record<keyof typeof servers, number[]> = { bare: [], few: [], many: [] };
  const names = ['bare', 'few', 'many'] as const;
  for (const name of names) await flood(servers[name], seconds);
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const cpuBeforeMs = servers[name].cpuMs();
      const rate = await flood(servers[name], seconds);
      rates[name].push(rate);
      cpuUs[name].push(((servers[name].cpuMs() - cpuBeforeMs) * 1000) / (rate * seconds));
    }
  }
  const ratios = (over: number[], under: number[]): number =>
    median(over.map((value, i) => value / (under[i] ?? Number.NaN)));
  return [
    toRow('Flood, 10 tasks: calls a second, bare server = 1', ratios(rates.few, rates.bare), {
      atLeast: 0.75,
    }),
    toRow('Flood, 10,000 tasks: the same', ratios(rates.many, rates.bare), { atLeast: 0.75 }),
    toRow('Flood, 10,000 tasks: calls a second, 10 tasks = 1', ratios(rates.many, rates.few), {
      atLeast: 0.9,
    }),
    toNote(
      'Calls a second: bare, 10 tasks, 10,000 tasks',
      names.map((name) => median(rates[name]).toFixed(0)).join(', '),
    ),
    toNote(
      'CPU microseconds a call: the same',
      names.map((name) => median(cpuUs[name]).toFixed(1)).join(', '),
    ),
  ];
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
  const flooding = flood(daemon, seconds + 1);
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
