// Commands under a real daemon: floods of output, many at once, and what is left of them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { listChildren } from '../support/processes.ts';

const mb = 1_000_000;
/** As bin/remotetask starts it. */

/** The most memory that a process has taken so far, in bytes. */
function peakOf({ pid }: TestDaemon): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

test('however much a program prints, the daemon lives, keeps the last of it and takes little memory', async (t) => {
  const floods: Record<string, [script: string, bytes: number, exitCode: number]> = {
    zeros: ['head -c 1500000000 /dev/zero', 1500 * mb, 0],
    text: ['yes 0123456 | head -c 300000000', 300 * mb, 0],
    pieces: ['dd if=/dev/zero bs=100 count=300000 2>/dev/null', 30 * mb, 0],
    failing: ['head -c 200000000 /dev/zero >&2; exit 1', 200 * mb, 1],
    line: ['head -c 100000000 /dev/zero | tr "\\0" "\\377"; exit 255', 100 * mb, 255],
  };
  const tasks = Object.fromEntries(
    Object.entries({ first: ['head -c 10000000 /dev/zero'], ...floods }).map(([id, [script]]) => [
      id,
      { command: ['/bin/sh', '-c', script], output: 'all' },
    ]),
  );
  const hidden = { command: ['/bin/sh', '-c', 'head -c 3000000000 /dev/zero; yes | head -c 300000000 >&2'] };
  const daemon = await startDaemon(t, { tasks: { ...tasks, hidden } });
  const call = async (id: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${daemon.url(id)}?wait=100`, { headers: { accept: 'application/json' } });
    return (await response.json()) as Record<string, unknown>;
  };
  await call('first');
  const before = peakOf(daemon);
  for (const [id, [, bytes, exitCode]] of Object.entries(floods)) {
    const run = await call(id);
    assert.deepEqual(
      [run['state'], run['exitCode']],
      [exitCode === 0 ? 'succeeded' : 'failed', exitCode],
      id,
    );
    const output = String(run['output']);
    assert.ok(
      output.startsWith(`[${bytes - 65_536} bytes before this are not shown.]\n`),
      output.slice(0, 100),
    );
    assert.equal(output.slice(output.indexOf('\n') + 1).length, 65_536);
  }
  assert.equal((await call('hidden'))['state'], 'succeeded');
  const grown = peakOf(daemon) - before;
  assert.ok(grown < 16 * mb, `The daemon grew by ${Math.round(grown / mb)} MB`);
  t.diagnostic(`grew by ${Math.round(grown / mb)} MB`);
});

test('a flood that is followed costs little memory too', async (t) => {
  const daemon = await startDaemon(t, {
    tasks: {
      first: { command: ['/bin/sh', '-c', 'head -c 10000000 /dev/zero'], output: 'all' },
      flood: { command: ['/bin/sh', '-c', 'head -c 1500000000 /dev/zero'], output: 'all' },
    },
  });
  const follow = async (id: string, accept: string): Promise<number> => {
    const response = await fetch(`${daemon.url(id)}?follow`, { headers: { accept } });
    let bytes = 0;
    for await (const chunk of response.body ?? []) bytes += (chunk as Uint8Array).length;
    return bytes;
  };
  const followAll = async (id: string): Promise<void> => {
    const all = await Promise.all(
      ['text/plain', 'text/event-stream'].map(async (accept) => await follow(id, accept)),
    );
    for (const bytes of all) assert.ok(bytes >= 65_536, `${bytes} bytes`);
  };
  await followAll('first');
  const before = peakOf(daemon);
  await followAll('flood');
  const grown = peakOf(daemon) - before;
  assert.ok(grown < 16 * mb, `The daemon grew by ${Math.round(grown / mb)} MB`);
  t.diagnostic(`grew by ${Math.round(grown / mb)} MB`);
});

test('100 runs at once leave 100 records with their ends, no zombies and no open descriptors', async (t) => {
  const daemon = await startDaemon(t, {
    tasks: { many: { command: ['/bin/true'], whenBusy: 'parallel', cooldown: '0s' } },
    server: { rateLimit: { runs: 1000 } },
  });
  const call = async (): Promise<number> => {
    const response = await fetch(`${daemon.url('many')}?wait=100`);
    await response.text();
    return response.status;
  };
  const descriptors = (): string[] => {
    const links = fs.readdirSync(`/proc/${daemon.pid}/fd`).map((fd) => {
      try {
        return fs.readlinkSync(`/proc/${daemon.pid}/fd/${fd}`);
      } catch {
        return '';
      }
    });
    return links.filter((to) => to.startsWith('pipe:') || to === '/dev/null');
  };
  await call();
  const before = descriptors().length;
  const statuses = await Promise.all(Array.from({ length: 100 }, call));
  assert.deepEqual(
    statuses,
    Array.from({ length: 100 }, () => 200),
  );
  assert.deepEqual(listChildren(daemon.pid), []);
  assert.equal(descriptors().length, before);
  const ends = await until(() => {
    const lines = daemon.history().filter(({ event }) => event === 'end');
    return lines.length >= 101 ? lines : undefined;
  }, '101 ends in the history');
  assert.equal(new Set(ends.map(({ run }) => run)).size, 101);
});
