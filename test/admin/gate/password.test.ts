// Hashes of the fixed password: what may stand in a config, and what a password is compared by.
import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { hashPassword, isPassword, parsePasswordHash } from '../../../src/admin/gate/password.ts';

const salt = 'c2FsdHNhbHRzYWx0c2FsdA';
const digest = 'A'.repeat(43);

test('a hash keeps its parameters, and only its own password fits', async () => {
  const text = await hashPassword('correct horse');
  const hash = parsePasswordHash(text);
  assert.ok(hash !== undefined);
  const { cost, blockSize, parallelization } = hash;
  assert.deepEqual(
    hash.hash,
    scryptSync('correct horse', hash.salt, 32, { cost, blockSize, parallelization, maxmem: 2 ** 27 }),
  );
  for (const [other, fits] of [
    ['correct horse', true],
    ['correct hors', false],
    ['Correct horse', false],
    ['', false],
  ] as const)
    assert.equal(await isPassword(other, hash), fits, other);
});

test('hashes of other programs with other parameters are taken, unless guesses would be too easy or too costly with them', async () => {
  const made = (n: number, r: number, p: number): string => `scrypt:${n}:${r}:${p}:${salt}:${digest}`;
  for (const [n, r, p] of [
    [16_384, 8, 1],
    [16_384, 8, 5],
    [32_768, 8, 3],
    [65_536, 8, 2],
  ] as const) {
    const hash = parsePasswordHash(made(n, r, p));
    assert.ok(hash !== undefined, `${n} ${r} ${p}`);
    assert.equal(await isPassword('x', hash), false);
  }
  for (const [n, r, p] of [
    [1, 8, 1],
    [1024, 8, 1],
    [16_383, 8, 5],
    [16_384, 8, 0],
    [16_384, 0, 1],
    [131_072, 8, 1],
    [16_384, 8, 99],
  ] as const)
    assert.equal(parsePasswordHash(made(n, r, p)), undefined, `${n} ${r} ${p}`);
});

test('nothing else is a hash', () => {
  const good = `scrypt:16384:8:5:${salt}:${digest}`;
  assert.ok(parsePasswordHash(good) !== undefined);
  for (const text of [
    '',
    'correct horse battery',
    ` ${good}`,
    `${good}\n`,
    good.replace('scrypt', 'bcrypt'),
    good.slice(0, -1),
    `${good}A`,
    good.replace(salt, ''),
  ])
    assert.equal(parsePasswordHash(text), undefined, text);
  fc.assert(fc.property(fc.string(), (text) => parsePasswordHash(text) === undefined));
  fc.assert(
    fc.property(
      fc.string(),
      (text) =>
        parsePasswordHash(`scrypt:${text}:${salt}:${digest}`) === undefined || /^\d+:\d+:\d+$/.test(text),
    ),
  );
});
