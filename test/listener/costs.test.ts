// What a connection may cost, however requests come in on it: floods by readers that never read take little memory, and a start is served within a second meanwhile.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { after, before, suite, test } from 'node:test';
import { adminPasswordHash } from '../support/admin.ts';
import { writeCertificate } from '../support/certificate.ts';
import { createFolder, findPort, keyOf, magicKey, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { createFloods, type StartFlood } from '../support/flood.ts';
import { toLocationPath } from '../support/raw-http.ts';

const maxMb = 150;
/** How long the daemon may be busy until it has answered a start, in CPU time, on a machine that does a fixed piece of work in the usual time. */
const maxBusyMs = 1000;
const usualWorkMs = 45;
/** How many starts may take longer than that before one that does not. */
const maxSlowStarts = 2;
/** Connections, and over how many addresses they are spread. */
const crowds = [
  [200, 1],
  [1000, 1000],
] as const;

const get = (to = '/', headers = '', method = 'GET'): string =>
  `${method} ${to} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;
const prints =
  "head -c 65536 /dev/zero | tr '\\0' '\"'; until [ -e go ] || [ ! -d $PWD ]; do sleep 0.05; done";

interface Way {
  readonly what: string;
  readonly words: (run: string) => string | Uint8Array;
  readonly times?: number;
  readonly to?: 'admin';
  /** Whether the daemon serves HTTPS, and whether the clients speak it. */
  readonly tls?: 'spoken' | 'not spoken';
}

const ways: readonly Way[] = [
  { what: 'requests sent ahead', words: () => get().repeat(2000) },
  { what: 'requests one by one', words: () => get() },
  { what: 'requests sent ahead, few at a time', words: () => get().repeat(20) },
  { what: 'unknown Expect', words: () => get('/', 'Expect: x\r\n').repeat(1700) },
  {
    what: 'Expect: 100-continue',
    words: () => `${get('/', 'Expect: 100-continue\r\nContent-Length: 1\r\n', 'POST')}x`.repeat(500),
  },
  { what: 'CONNECT behind unread answers', words: () => get().repeat(20) + get('a:1', '', 'CONNECT') },
  { what: 'upgrades', words: () => get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n').repeat(500) },
  { what: 'no HTTP', words: () => `${get().repeat(8)}\x16\x03\r\n\r\n` },
  { what: 'HEAD', words: () => get('/', '', 'HEAD').repeat(2000) },
  { what: 'no Host', words: () => 'GET / HTTP/1.1\r\n\r\n'.repeat(3000) },
  { what: 'large headers', words: () => get('/', `X: ${'x'.repeat(15_000)}\r\n`) },
  {
    what: 'bodies that never end',
    words: () => get('/', 'Content-Length: 999999999\r\n', 'POST') + 'x'.repeat(60_000),
  },
  { what: 'waits at a run', words: (run) => get(`${run}?wait=3600`).repeat(4) },
  { what: 'pages of a run', words: (run) => get(run, 'Accept: text/html\r\n').repeat(30) },
  { what: 'events of a run', words: (run) => get(run, 'Accept: text/event-stream\r\n'), times: 1 },
  {
    what: 'no HTTP behind a followed run',
    words: (run) => `${get(`${run}?follow`)}${get()}\x16\r\n\r\n`,
    times: 1,
  },
  { what: 'requests sent ahead by TLS', words: () => get().repeat(2000), tls: 'spoken' },
  { what: 'TLS that never begins', words: () => '', tls: 'not spoken' },
  {
    what: 'TLS that stops in its handshake',
    words: () => Buffer.from('16030100c8010000c40303', 'hex'),
    tls: 'not spoken',
  },
  { what: 'no TLS', words: () => get().repeat(2000), tls: 'not spoken' },
  { what: 'requests sent ahead', words: () => get().repeat(2000), to: 'admin' },
  { what: 'unknown Expect', words: () => get('/', 'Expect: x\r\n').repeat(1700), to: 'admin' },
  { what: 'metrics', words: () => get('/metrics').repeat(500), to: 'admin' },
  {
    what: 'bodies that never end',
    words: () => get('/', 'Content-Length: 999999999\r\n') + 'x'.repeat(60_000),
    to: 'admin',
  },
];

/** The most memory that the daemon has had so far. */
function peakMb({ pid }: TestDaemon): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** CPU time of all threads so far. */
function readCpuMs({ pid }: TestDaemon): number {
  const threads = `/proc/${pid}/task`;
  return fs
    .readdirSync(threads)
    .map((thread) => Number(fs.readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6)
    .reduce((sum, ms) => sum + ms, 0);
}

/** How much slower this machine is just now than the one on which a second was measured: CPU time grows when others use its caches. */
function measureSlowness(): number {
  const before = process.cpuUsage();
  let text = '';
  for (let i = 0; i < 20_000; i++) {
    text = createHash('sha256').update(text).digest('hex');
    JSON.parse(JSON.stringify({ text, i, list: [text, text] }));
  }
  const { user, system } = process.cpuUsage(before);
  return Math.max(1, (user + system) / 1000 / usualWorkMs);
}

interface Target extends TestDaemon {
  readonly adminPort: number;
}

/** A daemon with the task `count`, and `long`, which goes on until its folder has a file `go`. */
async function startTarget(
  t: { after(fn: () => Promise<void> | void): void },
  { hasTls }: { hasTls: boolean },
): Promise<Target> {
  const folder = createFolder(t);
  const adminPort = await findPort();
  const daemon = await startDaemon(t, {
    folder,
    server: { rateLimit: { runs: 1_000_000 }, ...(hasTls ? { tls: writeCertificate(folder, 'nas') } : {}) },
    more: { admin: { gate: 'password', password: adminPasswordHash, port: adminPort } },
    tasks: {
      count: { command: ['/bin/sh', '-c', ':'], cooldown: '0s', whenBusy: 'parallel' },
      long: { command: ['/bin/sh', '-c', prints], cwd: folder, output: 'all' },
    },
  });
  return { ...daemon, adminPort };
}

/** Starts a task by a connection of its own. */
async function call(
  daemon: TestDaemon,
  id: string,
  { hasTls }: { hasTls: boolean },
): Promise<http.IncomingMessage> {
  const options = {
    port: daemon.port,
    host: '127.0.0.1',
    path: `/${magicKey}/${keyOf(id)}`,
    agent: false,
    rejectUnauthorized: false,
  };
  const [response] = (await once((hasTls ? https : http).get(options), 'response')) as [http.IncomingMessage];
  response.resume();
  return response;
}

suite(
  'a flood by readers that never read leaves memory below 150 MB, and a start served within a second meanwhile',
  () => {
    const cleanups: (() => Promise<void> | void)[] = [];
    /** One daemon for all floods by HTTP, and one for those by HTTPS: what a flood leaves behind counts as well. */
    let targets: readonly Target[];
    let startFlood: StartFlood;
    before(async () => {
      const t = { after: (fn: () => Promise<void> | void) => void cleanups.push(fn) };
      startFlood = createFloods(t);
      targets = await Promise.all([false, true].map(async (hasTls) => await startTarget(t, { hasTls })));
    });
    after(async () => {
      for (const cleanup of cleanups.toReversed()) await cleanup();
    });
    for (const { what, words, times = 400, to = 'public', tls } of ways) {
      test(`${what}${tls === undefined ? '' : `, HTTPS that is ${tls}`}, ${to} listener`, async (t) => {
        const hasTls = tls !== undefined;
        const daemon = targets[Number(hasTls)] ?? assert.fail();
        const run = toLocationPath((await call(daemon, 'long', { hasTls })).headers.location);
        for (const [connections, addresses] of crowds) {
          const flood = startFlood({
            port: to === 'admin' ? daemon.adminPort : daemon.port,
            connections,
            addresses,
            words: words(run),
            times,
            isTls: tls === 'spoken',
          });
          await flood.reached(connections);
          const busyMs: number[] = [];
          let maxMs = maxBusyMs;
          do {
            const beforeMs = readCpuMs(daemon);
            assert.equal((await call(daemon, 'count', { hasTls })).statusCode, 202);
            busyMs.push(Math.round(readCpuMs(daemon) - beforeMs));
            if (Math.min(...busyMs) >= maxMs) maxMs = Math.max(maxMs, maxBusyMs * measureSlowness());
          } while (Math.min(...busyMs) >= maxMs && busyMs.length <= maxSlowStarts);
          await flood.stop();
          t.diagnostic(
            `${connections} connections: ${peakMb(daemon).toFixed()} MB at most so far; busy for ${busyMs.join(', ')} ms until a start was answered`,
          );
          assert.ok(
            Math.min(...busyMs) < maxMs,
            `busy for ${busyMs.join(', ')} ms, of ${maxMs.toFixed()} ms`,
          );
        }
        assert.ok(peakMb(daemon) < maxMb, `${peakMb(daemon).toFixed()} MB`);
      });
    }
  },
);
