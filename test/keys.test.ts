// Keys: their digests, and the constant work of looking them up.
import assert from 'node:assert/strict';
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { test } from 'node:test';
import { createKeyring, createMac, isKeyDigest, newKey, toKeyDigest, type KeyDigest } from '../src/keys.ts';
import { findLeak } from './support/dudect.ts';

test('a fresh key has 32 characters that need no escaping, and is never the same', () => {
  const keys = Array.from({ length: 1000 }, newKey);
  for (const key of keys) assert.match(key, /^[A-Za-z0-9_-]{32}$/);
  assert.equal(new Set(keys).size, 1000);
});

test('a digest is SHA-256 in hex, of text as of its UTF-8 bytes', () => {
  for (const text of ['', 'a', 'schlüssel', '🔑'.repeat(300)]) {
    const expected = createHash('sha256').update(text).digest('hex');
    assert.equal(toKeyDigest(text), expected);
    assert.equal(toKeyDigest(Buffer.from(text)), expected);
  }
  assert.equal(isKeyDigest('a'.repeat(64)), true);
  for (const text of [
    '',
    'a'.repeat(63),
    'a'.repeat(65),
    'A'.repeat(64),
    `${'a'.repeat(64)}\n`,
    'g'.repeat(64),
  ])
    assert.equal(isKeyDigest(text), false);
});

test('a MAC is SHA-256 of the secret and the digest, and each secret has MACs of its own', () => {
  const secrets = [randomBytes(32), randomBytes(32)];
  const macs = secrets.map(createMac);
  for (const key of ['', 'a', newKey(), '']) {
    const digest = toKeyDigest(key);
    const expected = secrets.map((secret) =>
      createHash('sha256').update(secret).update(digest).digest('hex'),
    );
    assert.deepEqual(
      macs.map((mac) => mac(digest)),
      expected,
    );
    assert.notEqual(expected[0], expected[1]);
  }
});

/** A keyring of `size` keys, one of them `right`, and what it did for the look-ups since. */
function createCounted(
  size: number,
  right: string,
): { keyring: ReturnType<typeof createKeyring<number>>; work: () => string } {
  const calls: string[] = [];
  const mac = createMac(randomBytes(32));
  const keyring = createKeyring<number>({
    mac: (digest) => {
      calls.push(`mac ${digest.length}`);
      return mac(digest);
    },
    isEqual: (a, b) => {
      calls.push(`isEqual ${a.length} ${b.length}`);
      return timingSafeEqual(a, b);
    },
  });
  for (let i = 0; i < size; i++) keyring.add(toKeyDigest(i === size - 1 ? right : `key ${i}`), i);
  return { keyring, work: () => calls.splice(0).join(', ') };
}

test('a look-up does the same work for hit, near miss and miss, with no key, one and 10,000', () => {
  const right = 'right-key-4Kd9sQ';
  const presented = [
    right,
    'right-key-4Kd9sX',
    'Right-key-4Kd9sQ',
    'right-key',
    '',
    `${right}a`,
    'x'.repeat(16_000),
    'key 0',
    'é\0',
  ];
  for (const size of [0, 1, 10_000]) {
    const { keyring, work } = createCounted(size, right);
    work();
    for (const key of presented) {
      const isHit = size > 0 && (key === right || (size > 1 && key === 'key 0'));
      assert.equal(keyring.find(Buffer.from(key)) !== undefined, isHit, `${size} keys, ${key.slice(0, 20)}`);
      assert.equal(work(), 'mac 64, isEqual 64 64');
    }
  }
});

test('a keyring finds what was added, not what was removed, and tells keys of odd names apart', () => {
  const keyring = createKeyring<string>();
  const names = [
    '__proto__',
    'constructor',
    'toString',
    'undefined',
    ' a',
    'a ',
    'a',
    'A',
    'ü',
    'u\u0308',
    '',
  ];
  for (const name of names) assert.equal(keyring.find(Buffer.from(name)), undefined);
  for (const name of names) keyring.add(toKeyDigest(name), `value of ${name}`);
  for (const name of names) assert.equal(keyring.find(Buffer.from(name)), `value of ${name}`);
  for (const name of names) keyring.remove(toKeyDigest(name));
  for (const name of names) assert.equal(keyring.find(Buffer.from(name)), undefined);
});

test('a look-up finds nothing where the comparison says no, or the digest itself is presented', () => {
  const digest = toKeyDigest('right-key');
  const sceptic = createKeyring<number>({ mac: (digest: KeyDigest) => digest, isEqual: () => false });
  const keyring = createKeyring<number>();
  for (const ring of [sceptic, keyring]) ring.add(digest, 1);
  assert.equal(sceptic.find(Buffer.from('right-key')), undefined);
  assert.equal(keyring.find(Buffer.from(digest)), undefined);
  assert.equal(keyring.findByDigest(digest), 1);
});

test('the time of a look-up does not tell a near guess from a far one, where that of === does', () => {
  const right = `${'k'.repeat(1023)}1`;
  const near = Buffer.from(`${'k'.repeat(1023)}2`);
  const far = Buffer.from(`x${'k'.repeat(1023)}`);
  /** A keyring with a secret of its own each time, because where two fixed inputs end up in one index may always differ. */
  const createFind = (): ((presented: Uint8Array) => unknown) => {
    const keyring = createKeyring<true>();
    keyring.add(toKeyDigest(right), true);
    return keyring.find;
  };
  const rightBytes = Buffer.from(right);
  const loop = (presented: Uint8Array): boolean => rightBytes.every((byte, i) => byte === presented[i]);
  const operator = (presented: Uint8Array): boolean =>
    Buffer.from(presented.buffer, presented.byteOffset, 1024).toString('latin1') === right;
  /** Whether one of several measurements fits, because a busy machine adds noise to each. */
  const measure = (
    createWork: () => (presented: Uint8Array) => unknown,
    fits: (t: number) => boolean,
  ): boolean => Array.from({ length: 10 }).some(() => fits(findLeak(createWork(), near, far)));
  assert.ok(
    [loop, operator].every((work) =>
      measure(
        () => work,
        (t) => t > 10,
      ),
    ),
    'the measurement sees a leak where there is one',
  );
  assert.ok(measure(createFind, (t) => t < 10));
});
