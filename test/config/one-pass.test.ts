// One invalid value hides nothing that is wrong elsewhere, and causes no further problems.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectConfig } from '../../src/config/load.ts';
import { createJudge, server } from '../support/config.ts';
import { keyOf, magicKey } from '../support/daemon.ts';

const withoutPlaces = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/^config\.json:\d+:\d+ /, ''));
const command = ['/bin/true'];

interface Inspected {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

function inspect(t: { after(fn: () => void): void }, config: object): Inspected {
  const { judge, file } = createJudge(t);
  const { problems } = judge(config);
  assert.notEqual(problems.length, 0);
  return {
    problems: withoutPlaces(problems),
    warnings: withoutPlaces(inspectConfig(file, {}).warnings),
  };
}

test('a wrong type in one place does not hide a bad key, a missing icon or a missing program, in its own task and elsewhere', (t) => {
  const { problems, warnings } = inspect(t, {
    server: { ...server, port: '80' },
    log: { keep: 'five' },
    tasks: {
      a: { identifier: 'short', command: ['/no/where'], timeout: 5, icon: 'gone.png' },
      b: { identifier: magicKey, command: ['/no/where/else'] },
      c: { identifier: keyOf('c'), comand: command },
      d: { identifier: { env: 'NOT_SET' }, command, env: { 'A-B': 'x' } },
      e: { command, cwd: '/no/folder', user: 'no-such-user-here' },
    },
  });
  assert.deepEqual(problems, [
    'server.port: Give a number here, without quotes',
    'log.keep: Give a number here, without quotes',
    'tasks.a.identifier: Make the key longer: at least 8 characters, better 22, and it has 5 (`remotetask key` makes one)',
    'tasks.a.timeout: Write a duration such as "30s", "10m" or "2h", of at most 24 days',
    'tasks.a.icon: Give a picture that the daemon may read. The file does not exist',
    'tasks.b.identifier: Give each its own key: this one is the same as that of server.magickey',
    'tasks.c.comand: Unknown name; did you mean "command"?',
    'tasks.d.identifier: Set the environment variable NOT_SET: it is not set',
    'tasks.d.env: Name the variable with letters, digits and _ only',
    'tasks.e.identifier: Add a key: it is missing (`remotetask key` makes one)',
  ]);
  assert.deepEqual(
    warnings.map((warning) => warning.replace(/: .*/, '')),
    ['tasks.a.command.0', 'tasks.b.command.0', 'tasks.e.cwd'],
  );
});

test('receivers, NASes, labelled keys and the admin page are each checked beside one that is invalid', (t) => {
  const { problems } = inspect(t, {
    server: {
      ...server,
      magickey: [
        { label: 'a', key: 5 },
        { label: 'b', key: 'short' },
      ],
    },
    dsm: { home: { via: 'x' }, attic: { webapi: { url: 'ftp://x', account: 'a', password: '' } } },
    admin: { gate: 'password', port: 'x', password: 'no hash' },
    notify: [
      { type: 'x', url: 'https://a.example' },
      { type: 'ntfy' },
      5,
      { type: 'gotify', url: 'https://a.example' },
    ],
    tasks: {},
  });
  assert.deepEqual(problems.map((problem) => problem.replace(/: .*/, '')).toSorted(), [
    'admin.port',
    'dsm.attic.webapi.password',
    'dsm.attic.webapi.url',
    'dsm.home.via',
    'notify.0.type',

    'notify.1.url',
    'notify.2',
    'notify.3.url',
    'server.magickey.0.key',
    'server.magickey.1.key',
  ]);
});

const echoes: Record<string, readonly [object, ...string[]]> = {
  'a command': [
    { server, tasks: { lights: { identifier: keyOf('a'), command: 'ls -l', cwd: '/' } } },
    'tasks.lights.command',
  ],
  'the number of a task of DSM': [
    { server, tasks: { photos: { identifier: keyOf('a'), scheduled: 'x' } } },
    'tasks.photos.scheduled',
  ],
  'the NASes': [
    { server, dsm: { home: {}, attic: 'x' }, tasks: { '7': { identifier: keyOf('a'), nas: 'attic' } } },
    'dsm.attic',
    'dsm.home',
  ],
  'a task that is told of': [
    { server, tasks: { a: 5 }, notify: [{ type: 'webhook', url: 'https://a.example', tasks: ['a'] }] },
    'tasks.a',
  ],
  'all tasks': [{ server, tasks: [] }, 'tasks'],
  'the server': [{ server: 5, tasks: {} }, 'server'],
  'the password of the admin page': [
    { server, tasks: {}, admin: { gate: 'password', password: 5 } },
    'admin.password',
  ],
  "access to DSM's Web API": [
    { server, tasks: {}, dsm: { via: 'webapi', webapi: 'https://nas' } },
    'dsm.webapi',
  ],
};

for (const [what, [config, ...places]] of Object.entries(echoes))
  test(`${what} being invalid is one problem, and what follows from it is not reported`, (t) => {
    const { problems } = inspect(t, config);
    assert.deepEqual(problems.map((problem) => problem.replace(/: .*/, '')).toSorted(), places);
  });

test('a name that is given twice does not hide what else is wrong', (t) => {
  const { judge } = createJudge(t);
  const text = `{ "server": ${JSON.stringify(server)},\n "log": {}, "log": { "keep": "x" },\n "tasks": {} }`;
  assert.deepEqual(judge(text).problems, [
    'config.json:2:13 Remove one of the two: this name stands in line 2, column 2 already',
    'config.json:2:30 log.keep: Give a number here, without quotes',
  ]);
});
