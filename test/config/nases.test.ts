// The `dsm` part of a config in its two forms, and the NAS and number of a task: what is taken, and what is said of the rest.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as z from 'zod';
import type { NasSettings } from '../../src/dsm/options.ts';
import { createJudge, server } from '../support/config.ts';
import { keyOf } from '../support/daemon.ts';

const webapi = { url: 'https://nas.example.org:5001', account: 'bot', password: 'Xq7canary-0123456789' };
const config = (dsm: unknown, tasks: Record<string, object> = {}): object => ({
  server,
  ...(dsm === undefined ? {} : { dsm }),
  tasks: Object.fromEntries(
    Object.entries({ a: { command: ['/bin/true'] }, ...tasks }).map(([id, task]) => [
      id,
      { identifier: keyOf(id), ...task },
    ]),
  ),
});
const usual = {
  via: 'auto',
  synowebapi: '/usr/syno/bin/synowebapi',
  synoschedtask: '/usr/syno/bin/synoschedtask',
  followMs: 30_000,
  webapi: undefined,
};
const known = 'known here are via, synowebapi, synoschedtask, followFor, webapi';
const unknown = `Remove this unknown name, or correct it (the closest known one is "via"); ${known}`;

test('one NAS has no name, several have theirs, and each has defaults of its own', (t) => {
  const { judge } = createJudge(t);
  const nasesOf = (dsm: unknown): NasSettings[] => {
    const { loaded, problems } = judge(config(dsm));
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [...(loaded?.nases.keys() ?? [])],
      [...(loaded?.nases.values() ?? [])].map(({ name }) => name),
    );
    return [...(loaded?.nases.values() ?? [])];
  };
  for (const dsm of [undefined, {}]) assert.deepEqual(nasesOf(dsm), [{ name: '', ...usual }]);
  assert.deepEqual(nasesOf({ via: 'synowebapi', followFor: '5s' }), [
    { name: '', ...usual, via: 'synowebapi', followMs: 5000 },
  ]);
  assert.deepEqual(nasesOf({ home: {} }), [{ name: 'home', ...usual }]);
  const [home, attic, ...others] = nasesOf({
    home: { synowebapi: '/x' },
    attic: { webapi, followFor: '1s' },
    'N_1-': { webapi },
    constructor: { webapi },
  });
  assert.deepEqual(home, { name: 'home', ...usual, synowebapi: '/x' });
  assert.deepEqual([attic?.name, attic?.followMs, attic?.webapi?.url], ['attic', 1000, webapi.url]);
  assert.deepEqual(
    others.map(({ name }) => name),
    ['N_1-', 'constructor'],
  );
});

test('a task of DSM is on the only NAS or on the one that it names, and its number is that of "scheduled" or its id', (t) => {
  const waysOf = (dsm: object, tasks: Record<string, object>): unknown[] => {
    const { loaded, problems } = createJudge(t).judge(config(dsm, tasks));
    assert.deepEqual(problems, []);
    return (loaded?.tasks ?? []).flatMap(({ runner }) =>
      runner.kind === 'dsm' ? [[runner.nas, 'id' in runner.task ? runner.task.id : runner.task.name]] : [],
    );
  };
  const two = { home: {}, attic: { webapi } };
  assert.deepEqual(
    waysOf(
      {},
      { '7': {}, photos: { scheduled: 7 }, '8': { scheduled: 999_999_999 }, cam: { triggered: 'Cam' } },
    ),
    [
      ['', 7],
      ['', 999_999_999],
      ['', 7],
      ['', 'Cam'],
    ],
  );
  assert.deepEqual(waysOf({ home: {} }, { '7': {}, x: { scheduled: 1, nas: 'home' } }), [
    ['home', 7],
    ['home', 1],
  ]);
  assert.deepEqual(
    waysOf(two, {
      '7': { nas: 'attic' },
      home7: { nas: 'home', scheduled: 7 },
      cam: { nas: 'attic', triggered: '7' },
    }),
    [
      ['attic', 7],
      ['home', 7],
      ['attic', '7'],
    ],
  );
});

test('the files of all NASes count as files of the config, and each unverified certificate is warned of with its place', (t) => {
  const { judge, folder } = createJudge(t);
  for (const name of ['home', 'attic'])
    fs.writeFileSync(path.join(folder, `${name}.txt`), 'secret\n', { mode: 0o600 });
  const { loaded, warnings } = judge(
    config({
      home: { webapi: { ...webapi, password: { file: 'home.txt' }, insecure: true } },
      attic: { webapi: { ...webapi, password: { file: 'attic.txt' } } },
    }),
  );
  assert.deepEqual(
    loaded?.files.map((file) => path.basename(file)),
    ['config.json', 'home.txt', 'attic.txt'],
  );
  assert.deepEqual(
    [...loaded.nases.values()].map((nas) => nas.webapi?.password),
    ['secret', 'secret'],
  );
  assert.deepEqual(
    warnings.map((warning) => /dsm\S*insecure/.exec(warning)?.[0]),
    ['dsm.home.webapi.insecure'],
  );
});

const via = 'Choose one of "auto", "synowebapi", "synoschedtask", "webapi"';
const nasName = 'Name the NAS with 1 to 50 letters, digits, "-" and "_", and not as an option is named';
const twin =
  'Add "webapi" with "url", "account" and "password": by DSM\'s tools only this machine can be reached, and that is home';

const forms: readonly [dsm: unknown, ...messages: string[]][] = [
  ...[null, [], 'auto', 7].map((dsm): [unknown, string] => [dsm, 'dsm: Give an object in braces here']),
  [{ via: 'api' }, `dsm.via: ${via}`],
  [{ home: { via: 'api' }, attic: { webapi } }, `dsm.home.via: ${via}`],
  [
    { home: {}, attic: { via: 'webapi' } },
    'dsm.attic.via: Add "webapi" with "url", "account" and "password" to "dsm.attic"',
  ],
  [{ vai: 'auto' }, 'dsm.vai: Unknown name; did you mean "via"?'],
  [{ home: { vai: 'auto' } }, 'dsm.home.vai: Unknown name; did you mean "via"?'],
  [
    { home: { webapi: { ...webapi, passwort: 'x' } } },
    'dsm.home.webapi.passwort: Unknown name; did you mean "password"?',
  ],
  [
    { home: { webapi: { url: 'x' } } },
    ...['account', 'password'].map((name) => `dsm.home.webapi.${name}: Give this value: it is missing`),
    'dsm.home.webapi.url: Give an address such as "https://nas.example.org:5001"',
  ],
  [
    { home: { webapi: { ...webapi, url: 'ftp://x' } } },
    'dsm.home.webapi.url: Give an address such as "https://nas.example.org:5001"',
  ],
  [{ url: webapi.url }, 'dsm.url: Move this into "webapi"'],
  [
    { home: { url: webapi.url, acount: 'x' } },
    'dsm.home.url: Move this into "webapi"',
    'dsm.home.acount: Unknown name; did you mean "account", inside "webapi"?',
  ],
  [{ webap: { url: webapi.url } }, 'dsm.webap.url: Move this into "webapi"'],
  [{ home: {}, via: 'auto' }, `dsm.home: ${unknown}`],
  [{ home: {}, attic: 'x' }, `dsm.home: ${unknown}`, `dsm.attic: ${unknown}`],
  [{ home: { synowebapi: 'synowebapi' } }, 'dsm.home.synowebapi: Give the full path'],
  [{ synoschedtask: '' }, 'dsm.synoschedtask: Give the full path'],
  ...['', 'a b', 'Küche', 'x'.repeat(51), 'a.b'].map((name): [unknown, string] => [
    { [name]: {} },
    `dsm: ${nasName}`,
  ]),
  [JSON.stringify(config({ p: {} })).replace('"p"', '"__proto__"'), 'dsm: Give the NAS another name'],
  [{ home: {}, attic: {} }, `dsm.attic: ${twin}`],
  [{ home: { via: 'synowebapi', webapi }, attic: { via: 'synoschedtask' } }, `dsm.attic: ${twin}`],
  [
    { home: {}, attic: { via: 'synowebapi', webapi } },
    'dsm.attic: Set "via" to "webapi": by DSM\'s tools only this machine can be reached, and that is home',
  ],
];

for (const [dsm, ...messages] of forms) {
  test(`a config whose dsm is ${JSON.stringify(dsm).slice(0, 80)} is told: ${messages[0]}`, (t) => {
    const { problems } = createJudge(t).judge(
      typeof dsm === 'string' && dsm.startsWith('{') ? dsm : config(dsm),
    );
    assert.deepEqual(
      problems.map((problem) => problem.replace(/^config\.json:\d+:\d+ /, '')),
      messages,
    );
  });
}

test('places are those of the file, in either form', (t) => {
  const { judge } = createJudge(t);
  const text = (dsm: string): string =>
    `{ "server": ${JSON.stringify(server)},\n"dsm": {\n${dsm}\n}, "tasks": {} }`;
  const placeOf = (dsm: string): string | undefined =>
    judge(text(dsm)).problems[0]?.split(':').slice(1, 3).join(':').split(' ')[0];
  assert.equal(placeOf('"via": "x"'), '3:8');
  assert.equal(placeOf('"home": {},\n "attic": { "via": "x" }'), '4:20');
  assert.equal(
    placeOf(
      '"home": {},\n "attic": { "webapi": {\n  "url": "x", "account": "a", "password": { "env": "NOT_SET" } } }',
    ),
    '5:10',
  );
  assert.equal(placeOf('"home": {},\n "attic": {}'), '4:2');
});

test('NASes with tools of their own are not taken for one', (t) => {
  const { problems } = createJudge(t).judge(
    config({ home: {}, attic: { synowebapi: '/root/bin/attic-synowebapi' } }),
  );
  assert.deepEqual(problems, []);
});

const two = { home: {}, attic: { webapi }, old: { via: 'webapi', webapi } };
const tasks: readonly [dsm: object, id: string, options: object, ...messages: string[]][] = [
  [two, '7', {}, 'tasks.7: Say with "nas" on which NAS the task is: home, attic, old'],
  [two, '7', { nas: 'atic' }, 'tasks.7.nas: There is no such NAS in "dsm"; did you mean attic?'],
  [two, '7', { nas: 'cellar' }, 'tasks.7.nas: Name one of the NASes in "dsm": home, attic, old'],
  [two, '7', { nas: '' }, 'tasks.7.nas: Name one of the NASes in "dsm": home, attic, old'],
  [two, '7', { nas: 7 }, 'tasks.7.nas: Give a text in quotes here'],
  [{ home: {} }, '7', { nas: 'hoem' }, 'tasks.7.nas: There is no such NAS in "dsm"; did you mean home?'],
  [
    {},
    '7',
    { nas: 'home' },
    'tasks.7.nas: Remove this, or give the NASes in "dsm" names, as in "dsm": { "home": { … }, "attic": { … } }',
  ],
  [
    two,
    'x',
    { command: ['/bin/true'], nas: 'home' },
    'tasks.x.nas: Remove this, or the "command": a command runs on this machine',
  ],
  [
    {},
    'x',
    { command: ['/bin/true'], scheduled: 7 },
    'tasks.x.scheduled: Remove this, or the "command": a task is one or the other',
  ],
  [
    {},
    'x',
    { triggered: 'x', scheduled: 7 },
    'tasks.x.scheduled: Remove this, or "triggered": a task is one or the other',
  ],
  [
    {},
    'x',
    { scheduled: 7, cwd: '/' },
    'tasks.x.cwd: Remove this, or add a "command": a DSM task ignores it',
  ],
  [{}, ' x', { scheduled: 7 }, 'tasks." x": Name the task with 1 to 100 characters that can be shown'],
  ...[0, -1].map((scheduled): [object, string, object, string] => [
    {},
    'x',
    { scheduled },
    'tasks.x.scheduled: Give a number of at least 1',
  ]),
  [{}, 'x', { scheduled: 1_000_000_000 }, 'tasks.x.scheduled: Give a number of at most 999999999'],
  [{}, 'x', { scheduled: '7' }, 'tasks.x.scheduled: Give a number here, without quotes'],
  [{}, 'x', { scheduled: 7.5 }, 'tasks.x.scheduled: Give a whole number here'],
  [{}, 'x', { schedule: 7 }, 'tasks.x.schedule: Unknown name; did you mean "scheduled"?'],
  [
    {},
    'x',
    { nas: 'home' },
    'tasks.x: Add "command", "scheduled" or "triggered", or give the number that the task has in DSM, as in "7"',
  ],
  [
    { via: 'synoschedtask' },
    'x',
    { triggered: 'x' },
    'tasks.x.triggered: Set "via" of "dsm" to "auto": by synoschedtask no triggered tasks can be started',
  ],
  [
    { home: { via: 'synoschedtask' }, attic: { webapi } },
    'x',
    { triggered: 'x', nas: 'home' },
    'tasks.x.triggered: Set "via" of "dsm.home" to "auto": by synoschedtask no triggered tasks can be started',
  ],
];

for (const [dsm, id, options, ...messages] of tasks) {
  test(`a task of ${Object.keys(dsm).join(', ') || 'one NAS'} that says ${JSON.stringify(options)} is told: ${messages[0]}`, (t) => {
    assert.deepEqual(
      createJudge(t)
        .judge(config(dsm, { [id]: options }))
        .problems.map((problem) => problem.replace(/^config\.json:\d+:\d+ /, '')),
      messages,
    );
  });
}

test('the name of a NAS that is a key is refused, and not shown', (t) => {
  const key = keyOf('a');
  const { problems } = createJudge(t).judge(config({ [key]: {} }));
  assert.match(
    problems.join('\n'),
    /^config\.json:\d+:\d+ dsm: Choose a name that is not a key: names are shown and logged$/,
  );
});

test('editors know both forms of dsm', () => {
  const schema = JSON.parse(
    fs.readFileSync(path.join(import.meta.dirname, '../../config.schema.json'), 'utf8'),
  ) as {
    properties: { dsm: z.core.JSONSchema.JSONSchema };
  };
  const dsm = z.fromJSONSchema(schema.properties.dsm);
  for (const good of [{}, { via: 'auto' }, { home: {}, attic: { webapi } }])
    assert.ok(dsm.safeParse(good).success, JSON.stringify(good));
  for (const bad of [{ via: {} }, { home: {}, via: 'auto' }, { home: { vai: 'auto' } }, { 'a b': {} }])
    assert.ok(!dsm.safeParse(bad).success, JSON.stringify(bad));
});
