// Creates keys, computes their digests, and looks them up in constant time.
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

declare const brand: unique symbol;

/** SHA-256 of a key in lower-case hex: the only form in which a key is kept. */
export type KeyDigest = string & { readonly [brand]: 'KeyDigest' };

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
  find(presented: Uint8Array): T | undefined;
  add(digest: KeyDigest, value: T): void;
  remove(digest: KeyDigest): void;
}

/**
 * An index of keys by HMAC-SHA-256 under a secret of this process: the hash of a presented key cannot be
 * predicted from outside, so the index's own timing reveals nothing, and the final comparison is always
 * made, against a dummy if there is no hit.
 */
export function createKeyring<T>(
  entries: Iterable<{ readonly digest: KeyDigest; readonly value: T }> = [],
  work: KeyringWork = { mac: createMac(randomBytes(32)), isEqual: timingSafeEqual },
): Keyring<T> {
  const index = new Map<string, { mac: Uint8Array; value: T | undefined }>();
  const add = (digest: KeyDigest, value: T): void => {
    const mac = work.mac(digest);
    index.set(mac, { mac: Buffer.from(mac, 'latin1'), value });
  };
  for (const { digest, value } of entries) add(digest, value);
  const dummy = { mac: Buffer.alloc(64), value: undefined };
  const presentedMac = Buffer.alloc(64);
  return {
    find(presented) {
      const mac = work.mac(toKeyDigest(presented));
      presentedMac.write(mac, 'latin1');
      const entry = index.get(mac) ?? dummy;
      return work.isEqual(entry.mac, presentedMac) ? entry.value : undefined;
    },
    add,
    remove(digest) {
      index.delete(work.mac(digest));
    },
  };
}

/**
 * HMAC-SHA-256 (RFC 2104) of a digest's hex text under a secret of at most 64 bytes, in hex. Built from
 * one-shot hashes, because `crypto.createHmac` takes four times as long, and every refused call needs it twice.
 */
export function createMac(secret: Uint8Array): (digest: KeyDigest) => string {
  const inner = Buffer.alloc(128, 0x36);
  const outer = Buffer.alloc(128, 0x5c);
  secret.forEach((byte, i) => {
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  });
  return (digest) => {
    inner.write(digest, 64, 'latin1');
    outer.write(hash('sha256', inner, 'hex'), 64, 'hex');
    return hash('sha256', outer.subarray(0, 96), 'hex');
  };
}
