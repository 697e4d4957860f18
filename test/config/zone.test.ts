// Times of day in a time zone that was not chosen.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { explainZone, nameClock, type ZoneFacts } from '../../src/config/zone.ts';
import { createJudge, server } from '../support/config.ts';
import { keyOf } from '../support/daemon.ts';

const facts: ZoneFacts = { zone: 'UTC', localtime: 'UTC0', isContainer: false, aheadMinutes: 0 };
const cases: readonly [what: string, tz: string | undefined, facts: ZoneFacts, reason: RegExp | undefined][] =
  [
    [
      'a machine in Berlin',
      undefined,
      { ...facts, zone: 'Europe/Berlin', localtime: 'CET-1CEST,M3.5.0,M10.5.0/3' },
      undefined,
    ],
    ['a machine in UTC', undefined, facts, undefined],
    ['a container in UTC', undefined, { ...facts, isContainer: true }, /container/],
    ['a container in UTC by choice', 'UTC', { ...facts, isContainer: true }, undefined],
    ['the same in another spelling', ':Etc/UTC', { ...facts, isContainer: true }, undefined],
    [
      'a container in Berlin',
      'Europe/Berlin',
      { ...facts, zone: 'Europe/Berlin', isContainer: true },
      undefined,
    ],
    ['an empty TZ', '', { ...facts, isContainer: true }, /container/],
    ['a zone that is misspelled', 'Europe/Berln', facts, /no zone/],
    ['nothing at all', undefined, { ...facts, localtime: undefined }, /no time zone/],
    [
      'a mounted localtime that has no name',
      undefined,
      { ...facts, localtime: 'CET-1CEST,M3.5.0,M10.5.0/3' },
      /cannot be found out/,
    ],
    [
      'a zone that Node does not know',
      undefined,
      { ...facts, zone: undefined, localtime: undefined },
      /no time zone/,
    ],
  ];

for (const [what, tz, found, reason] of cases)
  test(`${what}: ${reason === undefined ? 'the zone was chosen' : 'the zone was not chosen'}`, () => {
    const told = explainZone(tz, found);
    if (reason === undefined) assert.equal(told, undefined);
    else assert.match(told ?? '', reason);
  });

test('the warning names the clock that is used, which is not UTC if TZ is an offset or a path', () => {
  assert.equal(nameClock({ aheadMinutes: 0 }), 'UTC');
  assert.equal(nameClock({ aheadMinutes: -120 }), 'UTC-02:00, in summer and in winter');
  assert.equal(nameClock({ aheadMinutes: 330 }), 'UTC+05:30, in summer and in winter');
});

test('hours, and keys that expire on a day, are warned of where the zone was not chosen; times with a zone are not', (t) => {
  const { file, judge } = createJudge(t);
  judge({
    server: { ...server, magickey: [{ label: 'a', key: keyOf('m'), expires: '2099-01-31T12:00:00' }] },
    tasks: {
      a: { identifier: keyOf('a'), command: ['true'], hours: '07:00-22:00' },
      b: { identifier: [{ label: 'b', key: keyOf('b'), expires: '2099-01-31' }], command: ['true'] },
      c: {
        identifier: [{ label: 'c', key: keyOf('c'), expires: '2099-01-31T12:00:00Z' }],
        command: ['true'],
      },
    },
  });
  const load = path.join(import.meta.dirname, '../../src/config/load.ts');
  const warned = (TZ: string): string[] => {
    const code = `import { loadConfig } from ${JSON.stringify(load)}; console.log(JSON.stringify(loadConfig(${JSON.stringify(file)}, process.env).warnings))`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
      env: { TZ },
    });
    return (JSON.parse(out) as string[]).flatMap(
      (line) => / (\S+): Set the environment variable TZ/.exec(line)?.[1] ?? [],
    );
  };
  assert.deepEqual(warned('Nowhere/Land'), [
    'server.magickey.0.expires',
    'tasks.a.hours',
    'tasks.b.identifier.0.expires',
  ]);
  assert.deepEqual(warned('Europe/Berlin'), []);
  assert.deepEqual(warned('UTC'), []);
});
