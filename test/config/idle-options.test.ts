// Options that do nothing beside others are warned of, and the same options where they do something are not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJudge, server } from '../support/config.ts';
import { keyOf, magicKey } from '../support/daemon.ts';

const command = ['true'];
const webapi = { url: 'https://nas.example.org', account: 'a', password: 'secret' };

const task = (options: object, more: object = {}): object => ({
  server,
  ...more,
  tasks: { '7': { identifier: keyOf('7'), ...options } },
});

/** A config, and the places that are warned of. */
const cases: readonly [what: string, config: object, ...places: string[]][] = [
  ['a queue without whenBusy', task({ command, queue: { max: 3 } }), 'tasks.7.queue'],
  ['a queue beside "reject"', task({ command, whenBusy: 'reject', queue: {} }), 'tasks.7.queue'],
  ['a queue that is used', task({ command, whenBusy: 'queue', queue: { max: 3 } })],
  ['a question without confirm', task({ command, question: 'Now?' }), 'tasks.7.question'],
  ['a question that is asked', task({ command, question: 'Now?', confirm: true })],
  [
    'a question for one key',
    task({ command, question: 'Now?', identifier: [{ label: 'a', key: keyOf('7'), confirm: true }] }),
  ],
  [
    'a question for a magic key',
    task(
      { command, question: 'Now?' },
      { server: { ...server, magickey: [{ label: 'a', key: magicKey, confirm: true }] } },
    ),
  ],
  [
    'more starts than the cooldown allows',
    task({ command, cooldown: '12h', maxPerDay: 2 }),
    'tasks.7.maxPerDay',
  ],
  ['fewer starts than the cooldown allows', task({ command, cooldown: '11h', maxPerDay: 2 })],
  ['callers that cannot reach the daemon', task({ command, allow: ['192.168.0.0/16'] }), 'tasks.7.allow'],
  ['callers on this machine', task({ command, allow: ['192.168.0.0/16', '127.0.0.0/8'] })],
  [
    'callers behind a proxy',
    task({ command, allow: ['192.168.0.0/16'] }, { server: { ...server, trustProxy: ['127.0.0.1'] } }),
  ],
  [
    'what DSM cannot do',
    task({ stopSignal: 'SIGINT', grace: '5s', stoppable: true, atShutdown: 'stop' }),
    'tasks.7.atShutdown',
    'tasks.7.grace',
    'tasks.7.stopSignal',
    'tasks.7.stoppable',
  ],
  [
    'the same of a command',
    task({ command, stopSignal: 'SIGINT', grace: '5s', stoppable: true, atShutdown: 'stop' }),
  ],
  ['output of synoschedtask', task({ output: 'all' }, { dsm: { via: 'synoschedtask' } }), 'tasks.7.output'],
  ['output of DSM by another way', task({ output: 'all' })],
  [
    'a level beside debug',
    task({ command }, { server: { ...server, debug: true }, log: { level: 'warn' } }),
    'server.debug',
  ],
  ['debug alone', task({ command }, { server: { ...server, debug: true } })],
  ['a Web API that is not used', task({ command }, { dsm: { via: 'synowebapi', webapi } }), 'dsm.webapi'],
  [
    'a Web API that the admin page uses',
    task({ command }, { dsm: { via: 'synowebapi', webapi }, admin: { gate: 'webapi' } }),
  ],
  [
    'tools that are not used',
    task({ command }, { dsm: { home: { via: 'webapi', webapi, synowebapi: '/a', synoschedtask: '/b' } } }),
    'dsm.home.synoschedtask',
    'dsm.home.synowebapi',
  ],
  [
    'notices of strangers for a task',
    task(
      { command },
      { notify: [{ type: 'webhook', url: 'https://a.example', on: ['strangers'], tasks: ['7'] }] },
    ),
    'notify.0.tasks',
  ],
  [
    'notices of failed and finished runs',
    task(
      { command },
      { notify: [{ type: 'webhook', url: 'https://a.example', on: ['failed', 'finished'] }] },
    ),
    'notify.0.on',
  ],
  ['options of another gate', task({ command }, { admin: { gate: 'dsm', nas: 'home' } }), 'admin.nas'],
  ['a port that browsers refuse', task({ command }, { server: { ...server, port: 10_080 } }), 'server.port'],
  ['another', task({ command }, { server: { ...server, port: 6666 } }), 'server.port'],
  [
    'the same behind a proxy',
    task({ command }, { server: { ...server, port: 6000, trustProxy: ['127.0.0.1'] } }),
  ],
  ['a port of the admin page', task({ command }, { admin: { gate: 'dsm', port: 5060 } }), 'admin.port'],
];

for (const [what, config, ...places] of cases)
  test(`${what}: ${places.length === 0 ? 'nothing to warn of' : places.join(', ')}`, (t) => {
    const { code, problems, warnings } = createJudge(t).judge(config);
    assert.equal(code, undefined, problems.join('\n'));
    assert.deepEqual(
      warnings.flatMap((warning) => /^config\.json:\S+ (\S+):/.exec(warning)?.[1] ?? []).toSorted(),
      places,
    );
  });
