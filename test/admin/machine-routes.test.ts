// What machines watch: /healthz and /metrics, for whom they are there, and what they say.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createMetrics } from '../../src/admin/metrics.ts';
import type { RunNews } from '../../src/runs/lifecycle.ts';
import { newsOf } from '../support/news.ts';
import { signInAdmin, startAdmin, type AdminDaemon } from '../support/admin.ts';
import { keyOf, magicKey, until } from '../support/daemon.ts';
import { exchange } from '../support/raw-http.ts';

const tasks = {
  good: { name: 'Good', command: ['/bin/true'], cooldown: '0s' },
  bad: { name: 'Bad', command: ['/bin/false'], cooldown: '0s' },
  slow: { name: 'Slow', command: ['/bin/sleep', '60'], timeout: '1m' },
};

/** The metrics by name and labels. */
async function measure({ admin }: AdminDaemon): Promise<Map<string, number>> {
  const answer = await fetch(`${admin}/metrics`);
  assert.equal(answer.status, 200);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  );
}

test('/metrics counts calls, strangers and runs, without keys, addresses and names', async (t) => {
  const daemon = await startAdmin(t, { tasks });
  const before = await measure(daemon);
  assert.equal(before.get('remotetask_runs_live{task="slow"}'), 0);
  for (const id of ['good', 'good', 'bad']) await fetch(`${daemon.url(id)}?wait=20`);
  for (const _ of [1, 2]) await fetch(daemon.url('slow'));
  await fetch(`${daemon.base}/wrong/wrong`);
  await fetch(daemon.base);
  const after = await measure(daemon);
  const wanted: Record<string, number> = {
    'remotetask_attempts_total{result="started"}': 4,
    'remotetask_attempts_total{result="joined"}': 1,
    'remotetask_strangers_total{kind="both-keys"}': 1,
    'remotetask_strangers_total{kind="path"}': 1,
    'remotetask_runs_total{task="good",outcome="succeeded"}': 2,
    'remotetask_runs_total{task="bad",outcome="failed"}': 1,
    'remotetask_run_duration_seconds_count{task="good"}': 2,
    'remotetask_runs_live{task="slow"}': 1,
    remotetask_tasks: 3,
    remotetask_config_ok: 1,
    remotetask_healthy: 1,
  };
  for (const [name, value] of Object.entries(wanted))
    assert.deepEqual([name, after.get(name)], [name, value]);
  assert.ok((after.get('process_resident_memory_bytes') ?? 0) > 1_000_000);
  const text = [...after.keys()].join('\n');
  for (const secret of [magicKey, keyOf('good'), '127.0.0.1', 'Slow'])
    assert.ok(!text.includes(secret), secret);
});

test('how long runs waited for their turn is a histogram of its own, apart from how long they took', async () => {
  const metrics = await createMetrics({
    tally: { results: new Map(), networks: () => [] },
    runs: { live: () => [] },
    tasks: () => [],
    config: () => ({ takenAt: '2026-11-30T00:00:00.000Z', warnings: [], refused: undefined }),
    certificates: () => [],
    health: () => [],
    dsmStates: () => [],
    version: '1',
  } as unknown as Parameters<typeof createMetrics>[0]);
  const tell = (waitedMs: number | undefined, elapsedMs: number | undefined): void => {
    const news = newsOf({ kind: 'succeeded', exitCode: 0 }, { elapsedMs });
    assert.ok('view' in news);
    metrics.count({ ...news, what: 'ended', view: { ...news.view, waitedMs } } as RunNews);
  };
  tell(0, 4000);
  tell(undefined, 4000);
  tell(8000, 4000);
  tell(20_000, undefined);
  const text = await metrics.render();
  const valueOf = (name: string): number =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')[1],
    );
  assert.deepEqual(
    [
      'remotetask_run_waiting_seconds_count{task="7"}',
      'remotetask_run_waiting_seconds_sum{task="7"}',
      'remotetask_run_waiting_seconds_bucket{le="5",task="7"}',
      'remotetask_run_waiting_seconds_bucket{le="15",task="7"}',
      'remotetask_run_waiting_seconds_bucket{le="60",task="7"}',
      'remotetask_run_duration_seconds_count{task="7"}',
      'remotetask_run_duration_seconds_sum{task="7"}',
    ].map(valueOf),
    [2, 28, 0, 1, 2, 3, 12],
  );
});

test('docs/admin.md names each metric, and no other', async (t) => {
  const daemon = await startAdmin(t, { tasks });
  await fetch(`${daemon.url('good')}?wait=20`);
  const names = [...(await measure(daemon)).keys()].map((name) =>
    name.replace(/\{.*/, '').replace(/_(?:bucket|sum|count)$/, ''),
  );
  const unseen = [
    'remotetask_strangers_total',
    'remotetask_dsm_ok',
    'remotetask_run_waiting_seconds',
    'remotetask_certificate_expires_timestamp_seconds',
    'remotetask_certificate_unfit_names',
  ];
  const document = fs.readFileSync(path.join(import.meta.dirname, '../../docs/admin.md'), 'utf8');
  const named = [...document.matchAll(/`((?:remotetask|process)_[a-z_]+)(?:\{[a-z,]+\})?`/g)].map(
    ([, name]) => name ?? '',
  );
  assert.deepEqual(new Set(named), new Set([...names, ...unseen]));
});

test('a stranger, a proxy that is not trusted, and a foreign name for this machine get no metrics; an administrator who is signed in does', async (t) => {
  const daemon = await startAdmin(t, { tasks });
  const ask = async (host: string, headers = '', version = '1.1'): Promise<string> =>
    (
      await exchange(
        daemon.adminPort,
        `GET /metrics HTTP/${version}\r\nHost: ${host}\r\n${headers}Connection: close\r\n\r\n`,
      )
    ).statusLine;
  const [ok, no] = ['HTTP/1.1 200 OK', 'HTTP/1.1 403 Forbidden'];
  for (const host of [
    '127.0.0.1',
    `localhost:${daemon.adminPort}`,
    '[::1]:1',
    '127.9.9.9',
    '[::ffff:127.0.0.1]',
  ])
    assert.deepEqual([host, await ask(host)], [host, ok]);
  // A plain TCP forward passes on the name by which the caller knows it: an address, too.
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '',
    '192.168.1.5',
    '203.0.113.5:8080',
    '[2001:db8::1]',
    '127.0.0.1.evil.example',
  ])
    assert.deepEqual([host, await ask(host)], [host, no]);
  for (const header of [
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: localhost',
    'X-Forwarded-Server: nas',
    'X-Real-IP: 127.0.0.1',
    'X-Original-Forwarded-For: 127.0.0.1',
    'X-Client-IP: 127.0.0.1',
    'CF-Connecting-IP: 127.0.0.1',
    'True-Client-IP: 127.0.0.1',
    'Forwarded: for=127.0.0.1',
    'Via: 1.1 proxy',
  ])
    assert.deepEqual([header, await ask('127.0.0.1', `${header}\r\n`)], [header, no]);
  // `proxy_pass http://127.0.0.1:10766;` and nothing else, as nginx passes it on.
  assert.equal(await ask(`127.0.0.1:${daemon.adminPort}`, '', '1.0'), no);
  const { cookie } = await signInAdmin(daemon);
  assert.equal(await ask('nas.example.org', `X-Forwarded-For: 203.0.113.9\r\nCookie: ${cookie}\r\n`), ok);
});

test('by a trusted proxy the networks that may watch are those of the callers', async (t) => {
  const admin = { trustProxy: ['127.0.0.1'], metrics: { allow: ['192.168.0.0/16'] } };
  const daemon = await startAdmin(t, { tasks, admin });
  const ask = async (from: string): Promise<number> =>
    (await fetch(`${daemon.admin}/healthz`, { headers: { 'x-forwarded-for': from } })).status;
  assert.deepEqual(
    [await ask('192.168.1.5'), await ask('203.0.113.9'), await ask('127.0.0.1')],
    [200, 403, 403],
  );
});

test('behind a trusted proxy nobody passes for this machine; a program here still asks without the proxy', async (t) => {
  const daemon = await startAdmin(t, { tasks, admin: { trustProxy: ['127.0.0.1'] } });
  const ask = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${daemon.admin}/healthz`, { headers })).status;
  assert.equal(await ask({}), 200);
  for (const from of ['127.0.0.1', '::1', '127.0.0.1, 127.0.0.1', '203.0.113.9', 'nonsense'])
    assert.deepEqual([from, await ask({ 'x-forwarded-for': from })], [from, 403]);
});

test('without any network in metrics.allow nobody watches without a sign-in', async (t) => {
  const daemon = await startAdmin(t, { tasks, admin: { metrics: { allow: [] } } });
  for (const path of ['/healthz', '/metrics']) assert.equal((await fetch(daemon.admin + path)).status, 403);
  const { cookie } = await signInAdmin(daemon);
  assert.equal((await fetch(`${daemon.admin}/healthz`, { headers: { cookie } })).status, 200);
});

test('/healthz says what is wrong while it is wrong', async (t) => {
  const daemon = await startAdmin(t, { tasks });
  const ask = async (): Promise<[number, unknown]> => {
    const answer = await fetch(`${daemon.admin}/healthz`);
    return [answer.status, await answer.json()];
  };
  assert.deepEqual(await ask(), [200, { ok: true, problems: [] }]);
  const file = path.join(daemon.folder, 'config.json');
  const good = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, good.replace('"cooldown"', '"cooldwon"'));
  await daemon.logged(({ event }) => event === 'config-refused');
  const message = `Cannot use ${file}: 1 problem; the daemon continues with the last good one`;
  assert.deepEqual(await ask(), [503, { ok: false, problems: [{ what: 'config', message }] }]);
  assert.equal((await measure(daemon)).get('remotetask_config_ok'), 0);
  fs.writeFileSync(file, good);
  await until(async () => ((await ask())[0] === 200 ? true : undefined), 'the daemon to be well again');
});
