// What a reload says of what changed: names, never a key, an address or a token.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findChanges, findRestartNeeds } from '../../src/config/compare.ts';
import { findTraces } from '../support/canary.ts';
import { writeCertificate } from '../support/certificate.ts';
import { createJudge } from '../support/config.ts';
import { createFolder, keyOf, magicKey } from '../support/daemon.ts';

interface Parts {
  readonly server?: object;
  readonly more?: object;
  readonly tasks?: Record<string, object | undefined>;
}

const other = 'another-key-V4bN7mQ1zX';
const webapi = { url: 'https://nas.example.org:5001', account: 'bot', password: keyOf('dsm') };
const base = { notify: [{ type: 'webhook', url: 'https://a.example/secret-address' }] };

/** A config with the tasks `a` and `b`, and with what a test adds. */
function withParts({ server, more, tasks }: Parts): object {
  const command = ['/bin/true'];
  const all = { a: {}, b: {}, ...tasks };
  const entries = Object.entries(all).flatMap(([id, task]) =>
    task === undefined ? [] : [[id, { identifier: keyOf(id), command, ...task }]],
  );
  return {
    server: { listen: '127.0.0.1', magickey: magicKey, ...server },
    ...base,
    ...more,
    tasks: Object.fromEntries(entries) as object,
  };
}

const twelve = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`n${i}`, {}]));
const withLabel = (expires?: string): object => ({
  identifier: [{ label: 'Ann', key: keyOf('a'), ...(expires === undefined ? {} : { expires }) }],
});

const cases: [string, Parts, Parts, readonly string[], readonly string[]][] = [
  ['nothing', {}, {}, [], []],
  ['a task more', {}, { tasks: { c: {} } }, ['added c'], []],
  ['a task less', {}, { tasks: { b: undefined } }, ['removed b'], []],
  [
    'another id',
    {},
    { tasks: { b: undefined, c: { identifier: keyOf('b') } } },
    ['added c', 'removed b'],
    [],
  ],
  ['many tasks more', {}, { tasks: twelve }, ['added n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and 2 more'], []],
  ['a name', {}, { tasks: { a: { name: 'A' } } }, ['changed a'], []],
  ['a command', {}, { tasks: { a: { command: ['/bin/true', other] } } }, ['changed a'], []],
  ['an environment', {}, { tasks: { a: { env: { A: other } } } }, ['changed a'], []],
  ['both disabled', {}, { tasks: { a: { enabled: false }, b: { enabled: false } } }, ['changed a, b'], []],
  ['a task key', {}, { tasks: { a: { identifier: other } } }, ['other keys for a'], []],
  ['a label', {}, { tasks: { a: withLabel() } }, ['other keys for a'], []],
  [
    'an expiry',
    { tasks: { a: withLabel() } },
    { tasks: { a: withLabel('2099-01-01') } },
    ['other keys for a'],
    [],
  ],
  ['the magic key', {}, { server: { magickey: other } }, ['other magic keys'], []],
  [
    'a notice',
    {},
    { more: { notify: [{ type: 'webhook', url: `https://a.example/${other}` }] } },
    ['other notices'],
    [],
  ],
  ['another way into DSM', {}, { more: { dsm: { via: 'synowebapi' } } }, ['another access to DSM'], []],
  [
    'a password of DSM',
    { more: { dsm: { webapi } } },
    { more: { dsm: { webapi: { ...webapi, password: other } } } },
    ['another access to DSM'],
    [],
  ],
  ['names for NASes', {}, { more: { dsm: { home: {} } } }, ['another access to DSM'], []],
  [
    'one NAS of several, one more and one less',
    { more: { dsm: { home: {}, attic: { webapi }, old: { webapi } } } },
    { more: { dsm: { home: {}, attic: { webapi: { ...webapi, password: other } }, cellar: { webapi } } } },
    ['added the NAS cellar', 'removed the NAS old', 'another access to attic'],
    [],
  ],
  [
    'the order of NASes',
    { more: { dsm: { home: {}, attic: { webapi } } } },
    { more: { dsm: { attic: { webapi }, home: {} } } },
    [],
    [],
  ],
  ['limits', {}, { server: { rateLimit: { runs: 5 } } }, ['other limits'], []],
  ['debug', {}, { server: { debug: true } }, ['log level debug'], []],
  ['a level', {}, { more: { log: { level: 'error' } } }, ['log level error'], []],
  ['a level that is in use', { server: { debug: true } }, { more: { log: { level: 'debug' } } }, [], []],
  ['the grace for the stop', {}, { server: { stopGrace: '1s' } }, ['another grace for the stop'], []],
  [
    'address and port',
    {},
    { server: { listen: '127.0.0.2', port: 4711 } },
    [],
    ['server.listen', 'server.port'],
  ],
  ['proxies', {}, { server: { trustProxy: ['127.0.0.1'] } }, [], ['server.trustProxy']],
  [
    'a certificate for the first time',
    {},
    { server: { tls: { cert: '1.crt', key: '1.key' } } },
    [],
    ['server.tls'],
  ],
  ['no certificate any more', { server: { tls: { cert: '1.crt', key: '1.key' } } }, {}, [], ['server.tls']],
  [
    'another certificate',
    { server: { tls: { cert: '1.crt', key: '1.key' } } },
    { server: { tls: { cert: '2.crt', key: '2.key' } } },
    ['another certificate'],
    [],
  ],
  [
    'a log elsewhere',
    {},
    { more: { log: { file: 'l', maxSize: '1MB', keep: 1 } } },
    [],
    ['log.file', 'log.maxSize', 'log.keep'],
  ],
  ['attempts to remember', {}, { more: { history: { attempts: 5 } } }, [], ['history.attempts']],
  ['an admin page', {}, { more: { admin: { gate: 'dsm' } } }, [], ['admin']],
  ['no admin page any more', { more: { admin: { gate: 'dsm' } } }, {}, [], ['admin']],
  [
    'another gate, no sign-in page, other watchers',
    { more: { admin: { gate: 'dsm' } } },
    { more: { admin: { gate: 'dsm-login', signInPage: false, metrics: { allow: ['::1'] } } } },
    ['another admin page'],
    [],
  ],
  [
    'another place of the admin page',
    { more: { admin: { gate: 'dsm' } } },
    {
      more: {
        admin: {
          gate: 'dsm',
          listen: '127.0.0.2',
          port: 4712,
          trustProxy: ['::1'],
          tls: { cert: '1.crt', key: '1.key' },
        },
      },
    },
    [],
    ['admin.listen', 'admin.port', 'admin.trustProxy', 'admin.tls'],
  ],
  [
    'another certificate of the admin page',
    { more: { admin: { gate: 'dsm', tls: { cert: '1.crt', key: '1.key' } } } },
    { more: { admin: { gate: 'dsm', tls: { cert: '2.crt', key: '2.key' } } } },
    ['another admin page'],
    [],
  ],
  [
    'a history elsewhere',
    {},
    { more: { history: { file: 'h', keep: 10 } } },
    [],
    ['history.file', 'history.keep'],
  ],
];

test('the changes between two configs are told by names', async (t) => {
  const certificates = createFolder(t);
  for (const name of ['1', '2']) writeCertificate(certificates, name);
  for (const [what, before, after, changes, needs] of cases)
    await t.test(what, (t) => {
      const { folder, judge } = createJudge(t);
      for (const file of fs.readdirSync(certificates))
        fs.copyFileSync(path.join(certificates, file), path.join(folder, file));
      const [old, now] = [before, after].map((parts) => {
        const { loaded, problems } = judge(withParts(parts));
        assert.ok(loaded, problems.join('\n'));
        return loaded;
      });
      assert.ok(old && now);
      assert.deepEqual(findChanges(old, now), changes);
      assert.deepEqual(findRestartNeeds(old, now), needs);
      const said = [...findChanges(old, now), ...findRestartNeeds(old, now)].join('\n');
      for (const key of [magicKey, other, keyOf('dsm'), keyOf('a'), keyOf('b'), 'secret-address'])
        assert.deepEqual(findTraces(key, said), []);
    });
});
