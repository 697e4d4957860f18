// Behind real reverse proxies, with the blocks of docs/proxies.md: a port of its own and a path, TLS, waits, streams and the admin page.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import type http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { adminPassword, startAdmin, type AdminDaemon } from '../support/admin.ts';
import { createFolder, keyOf, magicKey, until } from '../support/daemon.ts';
import { createFakePrograms } from '../support/dsm-programs/dsm-programs.ts';
import { proxyPrograms, startProxy, type Proxy } from '../support/proxies.ts';
import { ask, asPhone, open, refer, type Answer } from '../support/through-proxy.ts';

/** Where the browser that is signed in to DSM calls from; the proxies call from 127.0.0.1. */
const visitor = '127.0.0.2';
const dsmSession = 'of-an-administrator';

suite('behind real proxies', () => {
  const cleanups: (() => Promise<void> | void)[] = [];
  const t = { after: (fn: () => Promise<void> | void) => void cleanups.push(fn) };
  let daemon: AdminDaemon;
  let withDsmGate: AdminDaemon;
  let folder: string;
  before(async () => {
    folder = createFolder(t);
    const command = [
      '/bin/sh',
      '-c',
      'echo one; until [ -e go ] || [ ! -d "$PWD" ]; do sleep 0.05; done; echo two',
    ];
    daemon = await startAdmin(t, {
      server: { trustProxy: ['127.0.0.1'], rateLimit: { runs: 1000 } },
      admin: { trustProxy: ['127.0.0.1'] },
      tasks: {
        quick: { name: 'Quick', command: ['/bin/echo', 'hello'], output: 'all', cooldown: '0s' },
        fails: { name: 'Fails', command: ['/bin/false'], cooldown: '0s' },
        asks: { name: 'Asks', command: ['/bin/true'], confirm: true, cooldown: '0s' },
        slow: { name: 'Slow', command, cwd: folder, output: 'all', cooldown: '0s', whenBusy: 'parallel' },
      },
    });
    const programs = createFakePrograms(path.join(folder, 'dsm'));
    programs.open(dsmSession, { user: os.userInfo().username, address: visitor });
    withDsmGate = await startAdmin(t, {
      admin: {
        gate: 'dsm',
        password: undefined,
        group: process.getgid?.() ?? 0,
        authenticateCgi: programs.authenticateCgi,
        loginCgi: programs.loginCgi,
        trustProxy: ['127.0.0.1'],
      },
      tasks: { quick: { name: 'Quick', command: ['/bin/true'], cooldown: '0s' } },
    });
  });
  after(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });
  const keys = (id: string): string => `/${magicKey}/${keyOf(id)}`;

  const tryTasks = async (base: string): Promise<void> => {
    const quick = base + keys('quick');
    const waited = await ask(`${quick}?wait=60`, { method: 'POST' });
    assert.deepEqual([waited.status, waited.text.split('\n')[0]], [200, 'hello']);
    assert.equal((await ask(waited.location)).status, 200, 'the location of a script');
    assert.equal((await ask(`${base}${keys('fails')}?wait=60`)).status, 500);
    // A phone is set up, taps, sees the run, and tries again.
    const home = await ask(`${quick}/home`, { headers: asPhone });
    for (const pattern of [/rel="icon" href="([^"]+)"/, /rel="apple-touch-icon" href="([^"]+)"/])
      assert.equal(
        (await ask(refer(home.text, pattern, `${quick}/home`))).headers['content-type'],
        'image/png',
      );
    assert.equal(refer(home.text, /<form action="([^"]+)"/, `${quick}/home`), quick);
    const manifestUrl = refer(home.text, /rel="manifest" href="([^"]+)"/, `${quick}/home`);
    const manifest = JSON.parse((await ask(manifestUrl)).text) as {
      start_url: string;
      icons: { src: string }[];
    };
    assert.equal(new URL(manifest.start_url, manifestUrl).href, quick);
    const [icon] = manifest.icons;
    assert.equal((await ask(new URL(icon?.src ?? '', manifestUrl).href)).status, 200);
    const tapped = await ask(`${base}${keys('fails')}?wait=60`, { headers: asPhone });
    assert.equal(tapped.status, 303);
    const page = await ask(tapped.location, { headers: asPhone });
    assert.equal(page.status, 200);
    const again = refer(page.text, /action="([^"]+again[^"]+)"/, tapped.location);
    const repeated = await ask(again, { method: 'POST', headers: asPhone });
    assert.equal((await ask(repeated.location, { headers: asPhone })).status, 200);
    const asks = base + keys('asks');
    const question = await ask(asks, { headers: asPhone });
    const yes = await ask(refer(question.text, /action="([^"]+)"/, asks), {
      method: 'POST',
      headers: asPhone,
    });
    assert.equal((await ask(yes.location, { headers: asPhone })).status, 200);
    const stranger = await ask(`${base}/wrong-magic-key/wrong-task-key`);
    assert.equal(stranger.status, 404);
  };

  /** Streams arrive piece by piece: the task ends only when its first line has come. */
  const tryStreams = async (base: string): Promise<void> => {
    const go = path.join(folder, 'go');
    for (const [query, accept, end] of [
      ['?follow', '*/*', /Slow: succeeded/],
      ['', 'text/event-stream', /event: end/],
    ] as const) {
      fs.rmSync(go, { force: true });
      const response = await open(`${base}${keys('slow')}${query}`, { headers: { accept } });
      assert.equal(response.statusCode, 200);
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      await until(
        () => (text.includes('one') ? true : undefined),
        `the first line, unbuffered; got ${text}`,
        30_000,
      );
      fs.writeFileSync(go, '');
      await once(response, 'end');
      assert.match(text, end);
    }
  };

  const tryAdmin = async (base: string, origin: string): Promise<void> => {
    const start = await ask(`${base}/`);
    assert.equal(start.status, 403);
    const form = { 'content-type': 'application/x-www-form-urlencoded', origin };
    const post = async (url: string, body: object, headers: http.OutgoingHttpHeaders): Promise<Answer> =>
      await ask(url, {
        method: 'POST',
        headers: { ...form, ...headers },
        body: new URLSearchParams(Object.entries(body) as [string, string][]).toString(),
      });
    const signIn = refer(start.text, /<form method="post" action="([^"]+)"/, `${base}/`);
    const entered = await post(signIn, { password: adminPassword, to: '/history' }, {});
    assert.deepEqual([entered.status, entered.location], [303, `${base}/history`]);
    const [cookie = ''] = entered.headers['set-cookie']?.[0]?.split(';') ?? [];
    assert.match(cookie, /^__Host-/, 'by HTTPS, as the proxy says');
    const list = await ask(`${base}/`, { headers: { cookie } });
    const csrf = /name="csrf" value="([^"]+)"/.exec(list.text)?.[1] ?? '';
    const run = refer(list.text, /action="([^"]+tasks\/quick\/run)"/, `${base}/`);
    const cross = await post(
      run,
      { csrf },
      { cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    );
    assert.equal(cross.status, 403);
    const started = await post(run, { csrf }, { cookie, 'sec-fetch-site': 'same-origin' });
    assert.equal(started.status, 303);
    const page = await ask(started.location, { headers: { cookie } });
    assert.equal(page.status, 200);
    const task = refer(page.text, /href="([^"]+tasks\/quick)"/, started.location);
    const shown = await ask(task, { headers: { cookie } });
    assert.equal(
      (await ask(refer(shown.text, /href="([^"]+history\?task=quick)"/, task), { headers: { cookie } }))
        .status,
      200,
    );
    const out = refer(shown.text, /action="([^"]+sign-out)"/, task);
    assert.equal((await post(out, { csrf }, { cookie })).location, `${base}/`);
  };

  /** The gate `dsm`: the cookie of DSM's own page opens it, from the address to which DSM has given it. */
  const tryDsmGate = async (base: string, origin: string): Promise<void> => {
    const cookie = `did=x; id=${dsmSession}`;
    for (const [other, from] of [
      [undefined, visitor],
      ['id=unknown', visitor],
      [cookie, '127.0.0.3'],
    ] as const) {
      const outside = await ask(`${base}/`, { headers: other === undefined ? {} : { cookie: other }, from });
      assert.deepEqual([outside.status, outside.text.includes('Quick')], [403, false]);
    }
    const list = await ask(`${base}/`, { headers: { cookie }, from: visitor });
    assert.equal(list.status, 200);
    const run = refer(list.text, /action="([^"]+tasks\/quick\/run)"/, `${base}/`);
    const post = async (headers: http.OutgoingHttpHeaders): Promise<Answer> =>
      await ask(run, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', cookie, ...headers },
        body: `csrf=${/name="csrf" value="([^"]+)"/.exec(list.text)?.[1] ?? ''}`,
        from: visitor,
      });
    assert.equal((await post({ origin: 'https://evil.example' })).status, 403);
    const started = await post({ origin });
    assert.equal(started.status, 303);
    assert.equal((await ask(started.location, { headers: { cookie }, from: visitor })).status, 200);
  };

  for (const program of proxyPrograms)
    test(program.name, { skip: program.skip, timeout: 240_000 }, async () => {
      const proxy: Proxy = await startProxy(t, program, daemon);
      await tryTasks(proxy.tasks);
      await tryTasks(proxy.tasksBelow);
      await tryStreams(proxy.tasks);
      await tryStreams(proxy.tasksBelow);
      await tryAdmin(proxy.admin, new URL(proxy.admin).origin);
      await tryAdmin(proxy.adminBelow, new URL(proxy.adminBelow).origin);
      const other = await startProxy(t, program, withDsmGate);
      for (const base of [other.admin, other.adminBelow]) await tryDsmGate(base, new URL(base).origin);
    });
});
