// Nonces: each is issued with a button, and comes back when the button is pressed in time.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { createKeyring, toKeyDigest, type KeyDigest } from '../keys.ts';

/** How many nonces may be valid at once; the oldest give way. */
const maxOpen = 1000;

/** Nonces that stand for values. */
export interface Nonces<Value> {
  /** Issues a nonce, 128 random bits, for a value. */
  issue(value: Value): string;
  /** The value of a valid nonce, or undefined. */
  look(nonce: string): Value | undefined;
}

/** Creates nonces that are valid for `validMs`. */
export function createNonces<Value>(clock: Clock, validMs: number): Nonces<Value> {
  const open = createKeyring<{ readonly value: Value; readonly issuedMs: number }>();
  const issued: KeyDigest[] = [];
  return {
    issue(value) {
      const nonce = randomBytes(16).toString('base64url');
      const digest = toKeyDigest(nonce);
      open.add(digest, { value, issuedMs: clock.nowMs() });
      issued.push(digest);
      const oldest = issued.length > maxOpen ? issued.shift() : undefined;
      if (oldest !== undefined) open.remove(oldest);
      return nonce;
    },
    look(nonce) {
      const found = open.find(Buffer.from(nonce));
      return found === undefined || clock.nowMs() - found.issuedMs >= validMs ? undefined : found.value;
    },
  };
}
