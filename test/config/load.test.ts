// Configs that load, and what comes of them.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { createJudge, server, withServer, withTask } from '../support/config.ts';
import { keyOf, magicKey } from '../support/daemon.ts';

const seedTask = { identifier: 'hjhass665s' };
const loopback = { listen: '127.0.0.1', port: 10001 };

const shapes: Record<string, unknown> = {
  'the seed program, with server and an empty command': {
    server: { debug: true, ...loopback, magickey: 'abcde12345' },
    tasks: { '7': { ...seedTask, command: '' } },
  },
  'the seed, without a command': {
    server: { ...loopback, magickey: '76sdf7678fds687' },
    tasks: { '7': seedTask },
  },
  'the README of the seed, flat': { ...loopback, magickey: '76sdf7678fds687', tasks: { '7': seedTask } },
  'flat, with debug': {
    debug: true,
    ...loopback,
    magickey: 'abcdefghijklmnopqrstuvwxyz',
    tasks: { '7': { ...seedTask, command: '' } },
  },
};

for (const [name, config] of Object.entries(shapes)) {
  test(`a config in the shape of ${name} is the DSM task of its id`, (t) => {
    const { loaded } = createJudge(t).judge(config);
    assert.equal(loaded?.server.port, 10001);
    assert.deepEqual(loaded.tasks[0]?.runner, {
      kind: 'dsm',
      nas: '',
      task: { kind: 'scheduled', id: 7 },
    });
    assert.equal(loaded.keys.magic.length, 1);
  });
}

test("the seed's debug: true makes the log more talkative and does nothing else", (t) => {
  const { judge } = createJudge(t);
  const [on, off] = [true, false].map((debug) => judge(withServer({ debug })).loaded);
  assert.equal(on?.server.debug, true);
  assert.deepEqual({ ...on.server, debug: false }, off?.server);
});

test('sample keys pass on loopback with a warning each, and nowhere else', (t) => {
  const { judge } = createJudge(t);
  const config = (listen: string, more = {}): object => ({
    listen,
    magickey: 'abcde12345',
    ...more,
    tasks: { '7': seedTask },
  });
  for (const listen of ['127.0.0.1', '127.8.0.1', '::1']) {
    const { warnings } = judge(config(listen));
    assert.deepEqual(
      warnings.map((warning) => /^config.json:\d+:\d+ (.*?): Use a key of your own/.exec(warning)?.[1]),
      ['magickey', 'tasks.7.identifier'],
      listen,
    );
  }
  for (const listen of ['0.0.0.0', '::', '192.168.1.2', '::ffff:127.0.0.1'])
    assert.equal(
      judge(config(listen)).problems.filter((line) => line.includes('published in a document')).length,
      2,
      listen,
    );
  const proxied = judge({
    server: { ...server, magickey: 'abcde12345', trustProxy: ['127.0.0.1'] },
    tasks: {},
  });
  assert.equal(proxied.problems.length, 1, 'behind a proxy, loopback is called from elsewhere');
});

test('comments, trailing commas, a byte order mark and Windows line ends are accepted', (t) => {
  const text = `\uFEFF// Ours\r\n{ /* of "all" [[[ */ "server": { "listen": "127.0.0.1", "magickey": "${magicKey}", },\r\n"tasks": {}, }`;
  assert.equal(createJudge(t).judge(text).code, undefined);
});

test('what is left out has its default, and paths count from the folder of the config', (t) => {
  const { judge, folder } = createJudge(t);
  const { loaded } = judge({
    ...withTask({ command: ['true'] }),
    log: { file: 'a/log.txt' },
    history: { file: '/var/h.jsonl' },
  });
  assert.equal(loaded?.log.path, path.join(folder, 'a/log.txt'));
  assert.equal(loaded.history.path, '/var/h.jsonl');
  assert.deepEqual(loaded.tasks[0], {
    id: '7',
    name: 'Task',
    isNamed: false,
    icon: undefined,
    runner: {
      kind: 'command',
      command: { argv: ['true'], cwd: '/', env: {}, user: undefined, umask: undefined },
    },
    isEnabled: true,
    asksFirst: false,
    question: undefined,
    allow: undefined,
    hours: undefined,
    maxPerDay: undefined,
    cooldownMs: 2000,
    whenBusy: 'join',
    queueMax: 5,
    queueExpiresMs: 600_000,
    timeoutMs: undefined,
    stopSignal: 'SIGTERM',
    graceMs: 10_000,
    isStoppable: false,
    atShutdown: 'leave',
    output: 'none',
    then: undefined,
  });
  const { listen, port, debug, trustProxy, rateLimit, stopGrace } = loaded.server;
  assert.deepEqual([listen, port, debug, trustProxy, stopGrace], ['127.0.0.1', 10_765, false, [], 10_000]);
  assert.deepEqual(rateLimit, { runs: 30, per: 60_000, failures: 10, window: 900_000 });
  assert.deepEqual([loaded.log.maxSize, loaded.log.keep, loaded.history.keep], [5_000_000, 5, 1000]);
});

test('a loaded config holds no key in clear', (t) => {
  const { loaded } = createJudge(t).judge(withTask({}));
  const held = JSON.stringify(loaded);
  assert.ok(!held.includes(magicKey) && !held.includes(keyOf('7')));
});

const ids: readonly [id: string, isDsm: boolean, isCommand: boolean][] = [
  ['7', true, true],
  ['999999999', true, true],
  ['0', false, true],
  ['01', false, true],
  ['1.0', false, true],
  ['-1', false, true],
  ['1e3', false, true],
  ['9007199254740993', false, true],
  ['٧', false, true],
  ['camera', false, true],
  ['__proto__', false, true],
  ['constructor', false, true],
  ['Küche aus', false, true],
  [' 7', false, false],
  ['', false, false],
  ['\u001b[31mred', false, false],
  ['x'.repeat(101), false, false],
];

for (const [id, isDsm, isCommand] of ids) {
  test(`the task id ${JSON.stringify(id.slice(0, 20))} is ${isDsm ? '' : 'not '}one of DSM, and ${isCommand ? 'may' : 'may not'} have a command`, (t) => {
    const { judge } = createJudge(t);
    const idOf = (options: object): string | undefined => {
      const task = JSON.stringify({ identifier: keyOf('a'), ...options });
      return judge(`{"server":${JSON.stringify(server)},"tasks":{${JSON.stringify(id)}:${task}}}`).loaded
        ?.tasks[0]?.id;
    };
    assert.equal(idOf({}), isDsm ? id : undefined);
    assert.equal(idOf({ command: ['true'] }), isCommand ? id : undefined);
  });
}

test('a config warns of what is allowed but not good, in the order of the file', (t) => {
  const { judge } = createJudge(t);
  const warnings = judge({ server: { magickey: 'only-14-chars' }, tasks: {} }).warnings;
  assert.deepEqual(
    warnings.map((warning) => warning.replace(/: .*/, '')),
    ['config.json:3:17 server.magickey', 'config.json:5:12 tasks', 'Keys can be read on the way'],
  );
  assert.deepEqual(judge(withTask({})).warnings, []);
});
