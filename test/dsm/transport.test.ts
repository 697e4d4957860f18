// Which transport to DSM is chosen, and how that is reported; and what is found out about this machine for it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  chooseTransport,
  loadTransportFacts,
  type Transport,
  type TransportFacts,
} from '../../src/dsm/transport.ts';
import type { NasSettings } from '../../src/dsm/options.ts';
import { createFolder } from '../support/daemon.ts';
import { createAccess } from '../support/web-api.ts';

const settings: NasSettings = {
  name: '',
  via: 'auto',
  synowebapi: '/usr/syno/bin/synowebapi',
  synoschedtask: '/usr/syno/bin/synoschedtask',
  followMs: 30_000,
  webapi: undefined,
};
const webapi = createAccess({ url: 'https://nas.example.org:5001' });
const nas: TransportFacts = { isRoot: true, synowebapi: 'there', synoschedtask: 'there' };
const elsewhere: TransportFacts = { isRoot: true, synowebapi: 'missing', synoschedtask: 'missing' };
const addWebApi = (place: string): string =>
  `Add "webapi" to "${place}", or run the daemon as root on the NAS`;

const table: readonly [
  what: string,
  settings: Partial<NasSettings>,
  facts: TransportFacts,
  kind: Transport['kind'],
  sentence: string,
  remedy?: string,
][] = [
  [
    'root on the NAS',
    {},
    nas,
    'synowebapi',
    'Tasks of DSM are run by synowebapi: it is on this machine, and the daemon is root',
  ],
  [
    'root on the NAS, with an account',
    { webapi },
    nas,
    'synowebapi',
    'Tasks of DSM are run by synowebapi: it is on this machine, and the daemon is root',
  ],
  [
    'a container',
    { webapi },
    { ...elsewhere, isRoot: false },
    'webapi',
    'Tasks of DSM are run by the Web API: synowebapi is not on this machine',
  ],
  [
    'a package',
    { webapi },
    { ...nas, isRoot: false },
    'webapi',
    'Tasks of DSM are run by the Web API: the daemon is not root',
  ],
  [
    'a tool without permission',
    { webapi },
    { ...nas, synowebapi: 'not-executable' },
    'webapi',
    'Tasks of DSM are run by the Web API: synowebapi cannot be executed',
  ],
  [
    'an old NAS without synowebapi',
    {},
    { ...nas, synowebapi: 'missing' },
    'synoschedtask',
    'Tasks of DSM are run by synoschedtask: synowebapi is not on this machine, and the config has no "webapi"',
  ],
  [
    'the same with an account',
    { webapi },
    { ...nas, synowebapi: 'missing' },
    'webapi',
    'Tasks of DSM are run by the Web API: synowebapi is not on this machine',
  ],
  [
    'neither tools nor account',
    {},
    elsewhere,
    'none',
    'Tasks of DSM cannot be run: DSM\'s tools are not on this machine, and the config has no "webapi"',
    addWebApi('dsm'),
  ],
  [
    'a package without an account',
    {},
    { ...nas, isRoot: false },
    'none',
    'Tasks of DSM cannot be run: the daemon is not root, and the config has no "webapi"',
    addWebApi('dsm'),
  ],
  [
    'one tool missing, one broken',
    { name: 'home' },
    { ...elsewhere, synoschedtask: 'not-executable' },
    'none',
    'Tasks of the NAS home cannot be run: synowebapi is not on this machine, synoschedtask cannot be executed, and the config has no "webapi"',
    addWebApi('dsm.home'),
  ],
  [
    'another NAS than the one that the daemon is on',
    { name: 'attic', webapi },
    nas,
    'webapi',
    'Tasks of the NAS attic are run by the Web API: the config has its address',
  ],
  [
    'the NAS that the daemon is on',
    { name: 'home' },
    nas,
    'synowebapi',
    'Tasks of the NAS home are run by synowebapi: it is on this machine, and the daemon is root',
  ],
  [
    'webapi by word',
    { via: 'webapi', webapi },
    nas,
    'webapi',
    'Tasks of DSM are run by the Web API, as the config says',
  ],
  [
    'synowebapi by word',
    { via: 'synowebapi', webapi },
    nas,
    'synowebapi',
    'Tasks of DSM are run by synowebapi, as the config says',
  ],
  [
    'synoschedtask by word',
    { via: 'synoschedtask', webapi },
    nas,
    'synoschedtask',
    'Tasks of DSM are run by synoschedtask, as the config says',
  ],
  [
    'synowebapi by word, and missing',
    { via: 'synowebapi', name: 'home', synowebapi: '/opt/synowebapi' },
    elsewhere,
    'synowebapi',
    'Tasks of the NAS home are run by synowebapi, as the config says; but synowebapi is not on this machine',
    'Set dsm.home.synowebapi to where it is, in place of /opt/synowebapi, or dsm.home.via to "auto"',
  ],
  [
    'synoschedtask by word, without root',
    { via: 'synoschedtask', webapi },
    { ...nas, isRoot: false },
    'synoschedtask',
    'Tasks of DSM are run by synoschedtask, as the config says; but the daemon is not root',
    'Run the daemon as root, or set dsm.via to "webapi"',
  ],
];

for (const [what, parts, facts, kind, sentence, remedy] of table)
  test(`the way into DSM for ${what} is ${kind}`, () => {
    const { obstacles, ...chosen } = chooseTransport({ ...settings, ...parts }, facts);
    assert.deepEqual(chosen, { kind, sentence, remedy });
    assert.equal(obstacles.length > 0, kind === 'none');
  });

test('no sentence ends with a full stop, and none contains anything of the account', () => {
  const tools = ['there', 'missing', 'not-executable'] as const;
  for (const via of ['auto', 'synowebapi', 'synoschedtask', 'webapi'] as const)
    for (const synowebapi of tools)
      for (const synoschedtask of tools)
        for (const isRoot of [true, false])
          for (const name of ['', 'home'])
            for (const access of via === 'webapi' ? [webapi] : [webapi, undefined]) {
              const {
                kind,
                sentence,
                remedy = '',
              } = chooseTransport(
                { ...settings, name, via, webapi: access },
                { isRoot, synowebapi, synoschedtask },
              );
              assert.match(sentence, /^Tasks of (?:DSM|the NAS home) (?:are|cannot be) run\b.*[^.]$/);
              assert.doesNotMatch(remedy, /\.$/);
              for (const secret of [webapi.account, webapi.password, webapi.url])
                assert.ok(!`${sentence} ${remedy}`.includes(secret));
              assert.ok(via === 'auto' || via === kind, 'a way that the config names is taken');
              assert.ok(kind !== 'webapi' || access !== undefined);
              if (via === 'auto' && (kind === 'synowebapi' || kind === 'synoschedtask'))
                assert.ok(isRoot && { synowebapi, synoschedtask }[kind] === 'there');
            }
});

test('a tool is there if it is a file that may be executed', (t) => {
  const folder = createFolder(t);
  const make = (name: string, mode: number): string => {
    fs.writeFileSync(path.join(folder, name), '#!/bin/sh\n', { mode });
    return path.join(folder, name);
  };
  fs.symlinkSync('nowhere', path.join(folder, 'dangling'));
  const cases: [file: string, fact: string][] = [
    [make('tool', 0o700), 'there'],
    [make('text', 0o600), 'not-executable'],
    [folder, 'not-executable'],
    [path.join(folder, 'nothing'), 'missing'],
    [path.join(folder, 'tool/nothing'), 'missing'],
    [path.join(folder, 'dangling'), 'missing'],
  ];
  for (const [synowebapi, fact] of cases) {
    const facts = loadTransportFacts({ synowebapi, synoschedtask: path.join(folder, 'tool') });
    assert.deepEqual(
      facts,
      { isRoot: process.getuid?.() === 0, synowebapi: fact, synoschedtask: 'there' },
      synowebapi,
    );
  }
});
