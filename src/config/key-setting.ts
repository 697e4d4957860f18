// How a config gives a key, and how it becomes a digest. The key itself is kept nowhere.
import * as z from 'zod';
import { toTyped } from '../called.ts';
import { isKeyDigest, toKeyDigest, type KeyDigest } from '../keys.ts';
import { Secret } from '../values/secret.ts';
import type { Path } from './finding.ts';
import { loadSecret, type SecretPlace } from './load-secret.ts';

const [, FromEnvironment, FromFile] = Secret.options;

/** A secret that is a key; an empty text is checked with the other keys, whose message explains how to create one. */
const Key = z.union([z.string(), FromEnvironment, FromFile], {
  error: ({ input }) =>
    explainMissing(input) ??
    'Give a key as text, as "sha256:…", as { "env": "NAME" } or as { "file": "PATH" }',
});

/** A day, or a time. */
const Moment = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })], {
  error: 'Give a date, "2027-01-31", or a time, "2027-01-31T12:00:00Z"',
});

const LabelledKey = z.strictObject({
  label: z
    .string()
    .min(1)
    .max(60)
    .regex(/^\P{Cc}*$/u, 'Remove the control character')
    .describe('Who or what the key was given to; history and log name it.'),
  key: Key,
  notBefore: Moment.optional().describe('Before this day or time the key opens nothing.'),
  expires: Moment.optional().describe('From this day or time on the key opens nothing.'),
  created: Moment.optional().describe('When the key was made; `remotetask keys` shows its age.'),
  confirm: z
    .boolean()
    .default(false)
    .describe('Whether who comes with this key is asked before anything is started.'),
});

/** A key, or several with labels. */
export const KeySetting = z.union([Key, z.array(LabelledKey).min(1)], {
  error: ({ input }) =>
    explainMissing(input) ??
    'Give a key as text, as "sha256:…", as { "env": "NAME" } or { "file": "PATH" }, or as a list of { "label", "key", "expires" }',
});
export type KeySetting = z.infer<typeof KeySetting>;

/** A key as it was found, with its place in the config. `text` is set if the key is known in clear, and is used only by the check of the config. */
export interface PlacedKey {
  readonly path: Path;
  readonly label: string | undefined;
  readonly notBeforeMs: number | undefined;
  readonly expiresAtMs: number | undefined;
  readonly createdAtMs: number | undefined;
  readonly asksFirst: boolean;
  readonly digest: KeyDigest;
  readonly text: string | undefined;
}

export interface KeyProblem {
  readonly path: Path;
  readonly problem: string;
}

/** Looks up the keys of the setting at a path, in environment variables and files if it refers to them. */
export function resolveKeys(setting: KeySetting, place: SecretPlace, at: Path): (PlacedKey | KeyProblem)[] {
  if (!Array.isArray(setting)) {
    const found = loadKey(setting, place);
    if ('problem' in found) return [{ path: at, problem: found.problem }];
    return [{ path: at, label: undefined, ...always, digest: found.digest, text: found.text }];
  }
  return setting.map(({ label, key, notBefore, expires, created, confirm }, i) => {
    const path = [...at, i, 'key'];
    const found = loadKey(key, place);
    if ('problem' in found) return { path, problem: found.problem };
    return {
      path,
      label,
      notBeforeMs: toWallMs(notBefore),
      expiresAtMs: toWallMs(expires),
      createdAtMs: toWallMs(created),
      asksFirst: confirm,
      ...found,
    };
  });
}

const always = {
  notBeforeMs: undefined,
  expiresAtMs: undefined,
  createdAtMs: undefined,
  asksFirst: false,
} as const;

function loadKey(
  source: Secret,
  place: SecretPlace,
): { digest: KeyDigest; text: string | undefined } | { problem: string } {
  if (typeof source === 'string') return toKey(source);
  const found = loadSecret(source, 'a key', place);
  return 'problem' in found ? found : toKey(found.text);
}

function explainMissing(input: unknown): string | undefined {
  return input === undefined ? `Add a key: it is missing (${toTyped('key')} makes one)` : undefined;
}

/** A day begins at midnight in the daemon's time zone; a time without a zone is in that zone, too. */
function toWallMs(moment: string | undefined): number | undefined {
  if (moment === undefined) return undefined;
  return Date.parse(moment.includes('T') ? moment : `${moment}T00:00`);
}

function toKey(text: string): { digest: KeyDigest; text: string | undefined } | { problem: string } {
  const looksDigested =
    /^(?:(?:sha-?\d+|md5|blake\w*|bcrypt|scrypt|pbkdf2\w*|argon2\w*)[:=]|\$[a-z\d-]{1,10}\$)/i.test(text);
  if (!looksDigested) return { digest: toKeyDigest(text), text };
  if (!text.startsWith('sha256:'))
    return {
      problem: `Give the digest of a key as "sha256:" and 64 hexadecimal digits (${toTyped('key')} shows one): other kinds are not known`,
    };
  const digest = text.slice('sha256:'.length).toLowerCase();
  return isKeyDigest(digest)
    ? { digest, text: undefined }
    : { problem: `Write 64 hexadecimal digits behind "sha256:", as ${toTyped('key')} prints them` };
}
