// Whatever becomes of a config, no message holds a key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createJudge } from '../support/config.ts';

const canaries = [
  'Xq7canaryAAAmagic0123456789',
  'Xq7canaryBBBtask70123456789',
  'Xq7canaryCCCtask80123456789',
  'Xq7canaryDDDphone0123456789',
];
const [magic = '', task = '', other = '', phone = ''] = canaries;
const text = JSON.stringify(
  {
    server: {
      listen: '127.0.0.1',
      port: 10_765,
      magickey: [
        { label: 'phone', key: phone, expires: '2099-01-01' },
        { label: 'x', key: magic },
      ],
    },
    log: { level: 'info', maxSize: '5MB' },
    dsm: {
      home: {},
      attic: {
        via: 'webapi',
        webapi: { url: 'https://nas', account: 'bot', password: 'Xq7canaryEEEdsm0123456789' },
      },
    },
    tasks: {
      '7': { identifier: task, name: 'Seven', timeout: '10m', nas: 'attic' },
      off: { identifier: { env: 'KEY' }, command: ['true', 'now'], env: { A: 'b' } },
    },
  },
  null,
  1,
);
/** The pieces that a mutation moves about: texts in quotes, other values, and signs. */
const pieces = text.match(/"[^"]*"|\d+|[[\]{},:]|\s+/g) ?? [];

const place = fc.nat(pieces.length - 1);
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('swap' as const), a: place, b: place }),
  fc.record({ kind: fc.constant('copy' as const), a: place, b: place }),
  fc.record({ kind: fc.constant('delete' as const), a: place, b: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    kind: fc.constant('replace' as const),
    a: place,
    b: fc.constantFrom(
      'null',
      '{}',
      '[]',
      '""',
      '1e400',
      '"sha256:"',
      '"\\u0000"',
      '"__proto__"',
      '//',
      '/*',
    ),
  }),
);

function mutate(
  all: readonly string[],
  { kind, a, b }: typeof mutation extends fc.Arbitrary<infer T> ? T : never,
): string[] {
  const changed = [...all];
  if (kind === 'delete') changed.splice(a, b);
  else if (kind === 'replace') changed[a] = b;
  else {
    changed[a] = all[b] ?? '';
    if (kind === 'swap') changed[b] = all[a] ?? '';
  }
  return changed;
}

test('a config loads as it is, and no warning or problem of any mutation of it holds a key', (t) => {
  const { judge } = createJudge(t);
  const verdicts = { loaded: 0, refused: 0 };
  assert.equal(judge(text, { KEY: other }).code, undefined);
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      const { loaded, code, message, problems, warnings } = judge(mutations.reduce(mutate, pieces).join(''), {
        KEY: other,
        [magic]: task,
      });
      verdicts[loaded === undefined ? 'refused' : 'loaded']++;
      const said = [code, message, ...problems, ...warnings].join('\n');
      assert.ok(loaded !== undefined || problems.length > 0);
      assert.ok(!said.includes('canary'), said);
    }),
    { numRuns: 800 },
  );
  assert.ok(
    verdicts.loaded > 30 && verdicts.refused > 30,
    `mutations go both ways: ${JSON.stringify(verdicts)}`,
  );
});

const misplaced: Record<string, unknown> = {
  'as the id of a task, the id as its key': {
    server: { magickey: magic },
    tasks: { [task]: { identifier: '7' } },
  },
  'as a name at the top': { [magic]: { magickey: 1 }, tasks: {} },
  'as a name in server': { server: { [magic]: true }, tasks: {} },
  'as the name of a variable': { server: { magickey: { env: magic } }, tasks: {} },
  'as the name of a file': { server: { magickey: { file: magic } }, tasks: {} },
  'as an odd name in a key': { server: { magickey: { [magic]: 'x' } }, tasks: {} },
  'as a name in the environment': {
    server: { magickey: magic },
    tasks: { a: { identifier: task, command: ['true'], env: { [`${phone}-`]: 1 } } },
  },
  'as the name of a NAS, within which something is wrong': {
    server: { magickey: magic },
    dsm: { [task]: { via: 'x' } },
    tasks: {},
  },
  'as the name of a NAS that no task has': {
    server: { magickey: magic },
    dsm: { [task]: {}, [phone]: {} },
    tasks: { '7': { identifier: other } },
  },
  'as the NAS of a task': {
    server: { magickey: magic },
    dsm: { home: {} },
    tasks: { '7': { identifier: other, nas: task } },
  },
  'as an address': {
    server: { magickey: other, listen: magic, port: magic, trustProxy: [magic] },
    tasks: {},
  },
  'as text where something else belongs': { server: magic, log: task, tasks: phone },
};

for (const [where, config] of Object.entries(misplaced)) {
  test(`a key is not quoted where it stands ${where}`, (t) => {
    const { problems } = createJudge(t).judge(config);
    assert.ok(problems.length > 0);
    assert.doesNotMatch(problems.join('\n'), /canary/);
  });
}
