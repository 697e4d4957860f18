// Behind real reverse proxies, with the blocks of docs/proxies.md: a port of its own and a path, TLS, waits, streams and the admin page.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import type http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { adminPassword, startAdmin, type AdminDaemon } from '../support/admin.ts';
import { createFolder, keyOf, magicKey, until } from '../support/daemon.ts';
import { proxyPrograms, startProxy, type Proxy } from '../support/proxies.ts';

const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/604.1';
const asPhone = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'user-agent': phone };

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** Its location, resolved as clients do. */
  readonly location: string;
}

/** Opens a request to a proxy, whose name leads to this machine. */
async function open(
  url: string,
  {
    headers = {},
    method = 'GET',
    body,
  }: { headers?: http.OutgoingHttpHeaders; method?: string; body?: string } = {},
): Promise<http.IncomingMessage> {
  const request = https.request(url, {
    method,
    headers,
    agent: false,
    rejectUnauthorized: false,
    lookup: (_name, { all }, callback) =>
      all === true ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return response;
}

async function ask(url: string, options: Parameters<typeof open>[1] = {}): Promise<Answer> {
  const response = await open(url, options);
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  const to = response.headers.location;
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    location: to === undefined ? '' : new URL(to, url).href,
  };
}

/** The first reference of a page that fits, resolved. */
function refer(page: string, pattern: RegExp, url: string): string {
  const [, found = ''] = pattern.exec(page) ?? [];
  assert.notEqual(found, '', `${pattern} in ${page}`);
  return new URL(found.replaceAll('&amp;', '&'), url).href;
}

suite('behind real proxies', () => {
  const cleanups: (() => Promise<void> | void)[] = [];
  const t = { after: (fn: () => Promise<void> | void) => void cleanups.push(fn) };
  let daemon: AdminDaemon;
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

  for (const program of proxyPrograms)
    test(program.name, { skip: program.skip, timeout: 240_000 }, async () => {
      const proxy: Proxy = await startProxy(t, program, daemon);
      await tryTasks(proxy.tasks);
      await tryTasks(proxy.tasksBelow);
      await tryStreams(proxy.tasks);
      await tryStreams(proxy.tasksBelow);
      await tryAdmin(proxy.admin, new URL(proxy.admin).origin);
      await tryAdmin(proxy.adminBelow, new URL(proxy.adminBelow).origin);
    });
});
