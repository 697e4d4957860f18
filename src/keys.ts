// Creates keys, computes their digests, and looks them up in constant time.
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

declare const brand: unique symbol;

/** SHA-256 of a key in lower-case hex: the only form in which a key is kept. */
export type KeyDigest = string & { readonly [brand]: 'KeyDigest' };

/** The label that a magic key without one gets when another key comes beside it. */
export const firstLabel = 'first';

/** Whether it is the label of a key, of any task or a magic one, that had none before another key came beside it. */
export function isFirstLabel(label: string): boolean {
  return label === firstLabel || label.startsWith(`${firstLabel} of `);
}

/** A new key of 192 random bits, as 32 characters that need no escaping in a URL. */
export function newKey(): string {
  return randomBytes(24).toString('base64url');
}

/** The digest of a key's bytes (text counts as UTF-8). */
export function toKeyDigest(key: Uint8Array | string): KeyDigest {
  const digest = hash('sha256', key, 'hex');
  if (!isDigestLong(digest)) throw new Error('SHA-256 in hex has 64 characters');
  return digest;
}

/** Whether a text is a digest in hex, as written after `sha256:` in a config. */
export function isKeyDigest(text: string): text is KeyDigest {
  return /^[0-9a-f]{64}$/.test(text);
}

/** A sufficient check for the output of a hash function; checking each character would take longer than the hash. */
function isDigestLong(digest: string): digest is KeyDigest {
  return digest.length === 64;
}

/** The steps of each look-up, in this order; a test passes its own to count them. */
export interface KeyringWork {
  readonly mac: (digest: KeyDigest) => string;
  readonly isEqual: (a: Uint8Array, b: Uint8Array) => boolean;
}

/** Finds the value that belongs to a presented key. */
export interface Keyring<T> {
  /** The value, or undefined. Does the same work for a hit and a miss, however many keys there are. */
  find(presented: Uint8Array | string): T | undefined;
  /** The same for the digest of a key that was presented before. */
  findByDigest(digest: KeyDigest): T | undefined;
  add(digest: KeyDigest, value: T): void;
  remove(digest: KeyDigest): void;
}

/**
 * An index of keys by their digests' MACs under a secret of this process: the MAC of a presented key cannot be
 * predicted from outside, so the index's own timing reveals nothing, and the final comparison is always
 * made, against a dummy if there is no hit.
 */
export function createKeyring<T>(
  work: KeyringWork = { mac: createMac(randomBytes(32)), isEqual: timingSafeEqual },
): Keyring<T> {
  const index = new Map<string, { readonly mac: string; readonly value: T | undefined }>();
  const dummy = { mac: '-'.repeat(64), value: undefined };
  const knownMac = Buffer.alloc(64);
  const presentedMac = Buffer.alloc(64);
  const findByDigest = (digest: KeyDigest): T | undefined => {
    const mac = work.mac(digest);
    const entry = index.get(mac) ?? dummy;
    knownMac.write(entry.mac, 'latin1');
    presentedMac.write(mac, 'latin1');
    return work.isEqual(knownMac, presentedMac) ? entry.value : undefined;
  };
  return {
    find: (presented) => findByDigest(toKeyDigest(presented)),
    findByDigest,
    add(digest, value) {
      const mac = work.mac(digest);
      index.set(mac, { mac, value });
    },
    remove(digest) {
      index.delete(work.mac(digest));
    },
  };
}

/**
 * A MAC of digests, in hex: SHA-256 of a secret and the digest's hex text. All texts have one length, and no MAC leaves
 * this process, so nothing can be appended to them, and HMAC's second hash would protect nothing.
 */
export function createMac(secret: Uint8Array): (digest: KeyDigest) => string {
  const input = Buffer.concat([secret, Buffer.alloc(64)]);
  return (digest) => {
    input.write(digest, secret.length, 'latin1');
    return hash('sha256', input, 'hex');
  };
}
