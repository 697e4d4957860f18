// A server that answers calls with samples of real DSMs, as they are or with values put differently.
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '../dsm/samples');

/** The names of all samples. */
export const sampleNames: readonly string[] = fs.readdirSync(folder);

/** A sample without the lines on top that say where it comes from. */
export function loadSample(name: string): string {
  return loadWhole(name).replace(/^(?:#[^\n]*\n)*# ---\n/, '');
}

/** The same with them. */
export function loadWhole(name: string): string {
  return fs.readFileSync(path.join(folder, name), 'utf8');
}

/** The other shapes that a real answer may have: nothing in it means anything else. */
export const reshapings: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'numbers as text': (text) =>
    JSON.stringify(map(JSON.parse(text), (value) => (typeof value === 'number' ? String(value) : value))),
  'in another order, with more fields': (text) => JSON.stringify(turn(JSON.parse(text))),
};

function map(value: unknown, change: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((part) => map(part, change));
  if (typeof value !== 'object' || value === null) return change(value);
  // DSM's own numbers of errors and versions are numbers in all samples.
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, name.endsWith('Version') ? part : map(part, change)]),
  );
}

function turn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries([
    ['surprise', null],
    ...Object.entries(value)
      .toReversed()
      .map(([name, part]) => [name, turn(part)]),
  ]);
}

export interface SampleCall {
  /** As in `SYNO.Core.TaskScheduler list 3`, without `SYNO.` and `Core.`. */
  readonly name: string;
  readonly params: URLSearchParams;
  /** How often a task was started. */
  readonly starts: number;
}

export interface SampleDsm {
  readonly url: string;
  /** The names of all calls. */
  readonly calls: string[];
  readonly starts: () => number;
}

/** Starts one on loopback. `answer` gives the text for a call; undefined is error 103. */
export async function startSampleDsm(
  t: { after(fn: () => void): void },
  answer: (call: SampleCall) => string | undefined,
): Promise<SampleDsm> {
  const calls: string[] = [];
  const starts = (): number => calls.filter((name) => / run /.test(name)).length;
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://dsm');
      const params = new URLSearchParams([
        ...url.searchParams,
        ...new URLSearchParams(Buffer.concat(chunks).toString()),
      ]);
      const name = `${params.get('api')?.replace(/^SYNO\.(?:Core\.)?/, '')} ${params.get('method')} ${params.get('version')}`;
      calls.push(name);
      response.writeHead(200, { 'Content-Type': 'application/json; charset="UTF-8"' });
      response.end(answer({ name, params, starts: starts() }) ?? '{"error":{"code":103},"success":false}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    calls,
    starts,
  };
}
