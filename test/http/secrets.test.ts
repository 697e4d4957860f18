// Keys stay out of everything that is written, and nothing that a stranger sends can forge a line of it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { newKey } from '../../src/keys.ts';
import { findTraces } from '../support/canary.ts';
import { startDaemon, until } from '../support/daemon.ts';
import { startGate } from '../support/gate.ts';
import { exchange, mapSome } from '../support/raw-http.ts';

const encodeAll = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');

test('the canary finds what it looks for', () => {
  const key = newKey();
  const forms = [
    key,
    encodeAll(key),
    Buffer.from(key).toString('base64'),
    Buffer.from(`ab${key}`).toString('base64'),
    Buffer.from(key).toString('hex'),
  ];
  for (const form of [...forms, key.split('').toReversed().join(''), `x${key.slice(9, 17)}x`])
    assert.notDeepEqual(findTraces(key, form), []);
  assert.deepEqual(findTraces(key, newKey().repeat(100)), []);
});

test('no key, nor any 8 characters of one, in log, history, terminal, answers, command line or environment', async (t) => {
  const keys = { magic: newKey(), ok: newKey(), failing: newKey(), missing: newKey(), expired: newKey() };
  const tasks = {
    ok: {
      identifier: keys.ok,
      command: ['/bin/sh', '-c', 'env; echo "$0 $*"; cat /proc/$PPID/cmdline'],
      output: 'all',
    },
    failing: {
      identifier: [{ label: 'Ann', key: keys.failing }],
      command: ['/bin/sh', '-c', 'exit 3'],
      output: 'all',
    },
    missing: { identifier: keys.missing, command: ['/nowhere/program'] },
    expired: {
      identifier: [{ label: 'past', key: keys.expired, expires: '2020-01-01' }],
      command: ['/bin/true'],
    },
  };
  const daemon = await startDaemon(t, {
    tasks,
    server: { magickey: keys.magic, debug: true, rateLimit: { runs: 4, failures: 1000 } },
  });
  const paths = Object.values(keys).flatMap((key) => [
    ...[key, encodeAll(key), `${key}/`, `${key}%zz`, `${key}x`, key.toLowerCase()].map(
      (second) => `/${keys.magic}/${second}`,
    ),
    `/${key}/${keys.magic}`,
    `/runs/${key}`,
    `/${key}`,
  ]);
  const calls = paths.flatMap((path) => [
    ...['GET', 'POST', 'HEAD', 'OPTIONS', 'CONNECT', 'BREW'].map(
      (method) => `${method} ${path}?wait=60 HTTP/1.1\r\nHost: a\r\n\r\n`,
    ),
    `GET ${path} HTTP/2.0\r\nHost: a\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\nHost: ${path}\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\nHost: a\r\nbroken ${path}\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\nHost: a\r\nRange: bytes=0-\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: a\r\nReferer: ${path}\r\nUser-Agent: ${path}\r\nX-Forwarded-For: ${path}\r\nX-Request-Id: ${path}\r\n\r\n`,
  ]);
  const answers = await mapSome(calls, async (call) => (await exchange(daemon.port, call)).text);
  assert.ok(
    answers.some((answer) => answer.startsWith('HTTP/1.1 202')) &&
      answers.some((answer) => answer.startsWith('HTTP/1.1 429')),
  );
  const runs = daemon.history().flatMap(({ event, run }) => (event === 'start' ? [String(run)] : []));
  assert.ok(runs.length >= 3);
  const pages = await Promise.all(
    runs.map(
      async (run) =>
        await (
          await fetch(`${daemon.base}/runs/${run}?wait=60`, { headers: { accept: 'text/html' } })
        ).text(),
    ),
  );
  const process = ['cmdline', 'environ', 'comm'].map((file) =>
    fs.readFileSync(`/proc/${daemon.pid}/${file}`, 'latin1'),
  );
  assert.equal(await daemon.stop(), 0);
  const files = fs.readdirSync(daemon.folder).filter((file) => file !== 'config.json');
  assert.ok(files.includes('log.txt') && files.includes('history.jsonl'));
  const everything = [
    ...answers,
    ...pages,
    ...process,
    daemon.printed(),
    ...files.map((file) => fs.readFileSync(path.join(daemon.folder, file), 'latin1')),
  ].join('\n');
  for (const [name, key] of Object.entries(keys)) {
    assert.deepEqual(findTraces(key, everything), [], `pieces of the key ${name}`);
    assert.equal(
      everything.includes(createHash('sha256').update(key).digest('hex')),
      false,
      `the digest of the key ${name}`,
    );
  }
});

test('whatever a stranger sends, a refusal is one short line of plain ASCII with nothing of it inside', async (t) => {
  const { daemon } = await startGate(t, {
    server: { debug: true, rateLimit: { failures: 1000 }, trustProxy: ['127.0.0.1'] },
  });
  const nasty = [
    'forged%0d%0a{"event":"started"}',
    'forged%1b[2J',
    'forged%c2%85',
    'forged%e2%80%a8',
    'forged%e2%80%ae',
    'forged","event":"x',
    'forged\\n',
  ];
  const raw = [
    'forged\xc2\x9b31m',
    'forged\xc2\x85',
    'forged\xe2\x80\xa8',
    'forged", "level": 60, "event": "x',
    'forged\\u000a{}',
    `forged${'x'.repeat(12_000)}`,
  ];
  const broken = ['forged\x1b[2J', 'forged\r{"event":"started"}', 'forged\0'];
  const header = (name: string, value: string): string =>
    `GET / HTTP/1.1\r\nHost: a\r\n${name}: ${value}\r\n\r\n`;
  const calls = [
    ...nasty.flatMap((text) => [
      `GET /${text}/b HTTP/1.1\r\nHost: a\r\n\r\n`,
      `GET /runs/${text}?${text} HTTP/1.1\r\nHost: a\r\n\r\n`,
    ]),
    ...[...raw, ...broken].flatMap((text) =>
      ['User-Agent', 'Referer', 'X-Request-Id', 'X-Forwarded-For', 'forged'].map((name) =>
        header(name, text),
      ),
    ),
    ...['FORGED', 'forged\x1b', '{"event":"forged"}\r\n'].map(
      (method) => `${method} / HTTP/1.1\r\nHost: a\r\n\r\n`,
    ),
    `GET / HTTP/1.1\r\nHost: forged/${'x'.repeat(12_000)}\r\n\r\n`,
    ...['fe80::1%forged', '::ffff:forged', '1.2.3.4, forged', `fe80::1%forged${'x'.repeat(12_000)}`].map(
      (value) => header('X-Forwarded-For', value),
    ),
  ];
  await mapSome(calls, async (call) => await exchange(daemon.port, call));
  const refused = (): number => daemon.log().filter(({ event }) => event === 'refused').length;
  await until(() => (refused() >= calls.length ? true : undefined), 'a line for each call');
  assert.equal(refused(), calls.length);
  for (const text of [fs.readFileSync(path.join(daemon.folder, 'log.txt'), 'latin1'), daemon.printed()]) {
    assert.match(text, /^[\x20-\x7e\n]*$/);
    assert.doesNotMatch(text, /forged/i);
    assert.deepEqual(
      text.split('\n').filter((line) => line.length > 300),
      [],
    );
  }
  const names = new Set(
    daemon.log().flatMap((line) => (line['event'] === 'refused' ? Object.keys(line) : [])),
  );
  assert.deepEqual([...names].sort(), ['address', 'event', 'level', 'mismatch', 'msg', 'rule', 'time']);
});
