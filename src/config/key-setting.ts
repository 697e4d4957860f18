// How a key is given in a config, and what becomes of it: a digest. The key itself is kept nowhere.
import path from 'node:path';
import * as z from 'zod';
import { isKeyDigest, toKeyDigest, type KeyDigest } from '../keys.ts';
import { loadText } from './source.ts';

const KeySource = z.union(
  [
    z.string(),
    z.strictObject({ env: z.string().min(1).describe('The environment variable that holds the key.') }),
    z.strictObject({ file: z.string().min(1).describe('The file that holds the key; a relative path counts from the config file.') }),
  ],
  { error: ({ input }) => explainMissing(input) ?? 'Give a key as text, as "sha256:…", as { "env": "NAME" } or as { "file": "PATH" }' },
);
type KeySource = z.infer<typeof KeySource>;

const LabelledKey = z.strictObject({
  label: z
    .string()
    .min(1)
    .max(60)
    .regex(/^\P{Cc}*$/u, 'Remove the control character')
    .describe('Who or what the key was given to; history and log name it.'),
  key: KeySource,
  expires: z
    .union([z.iso.date(), z.iso.datetime({ offset: true, local: true })], {
      error: 'Give a date, "2027-01-31", or a time, "2027-01-31T12:00:00Z"',
    })
    .optional()
    .describe('From this day or time on the key opens nothing.'),
});

/** A key, or several with labels. */
export const KeySetting = z.union([KeySource, z.array(LabelledKey).min(1)], {
  error: ({ input }) =>
    explainMissing(input) ??
    'Give a key as text, as "sha256:…", as { "env": "NAME" } or { "file": "PATH" }, or as a list of { "label", "key", "expires" }',
});
export type KeySetting = z.infer<typeof KeySetting>;

/** A key as it was found. `text` is there where it is known in clear, and goes no further than the check of the config. */
export interface ResolvedKey {
  /** Where it stands, below the setting's own place. */
  readonly at: readonly (string | number)[];
  readonly label: string | undefined;
  readonly expiresAtMs: number | undefined;
  readonly digest: KeyDigest;
  readonly text: string | undefined;
}

export interface KeyProblem {
  readonly at: readonly (string | number)[];
  readonly problem: string;
}

/** Looks a setting's keys up, in environment and files where it says so. */
export function resolveKeys(
  setting: KeySetting,
  { folder, env }: { readonly folder: string; readonly env: NodeJS.ProcessEnv },
): (ResolvedKey | KeyProblem)[] {
  const labelled = Array.isArray(setting)
    ? setting.map(({ label, key, expires }, i) => ({
        source: key,
        at: [i, 'key'],
        label,
        expiresAtMs: expires === undefined ? undefined : toWallMs(expires),
      }))
    : [{ source: setting, at: [], label: undefined, expiresAtMs: undefined }];
  return labelled.map(({ source, at, label, expiresAtMs }) => {
    const found = loadKey(source, folder, env);
    return 'problem' in found ? { at, problem: found.problem } : { at, label, expiresAtMs, ...found };
  });
}

function loadKey(
  source: KeySource,
  folder: string,
  env: NodeJS.ProcessEnv,
): { digest: KeyDigest; text: string | undefined } | { problem: string } {
  if (typeof source === 'string') return toKey(source);
  if ('env' in source) {
    const text = env[source.env];
    if (text !== undefined && text !== '') return toKey(text);
    // A key may stand where the name belongs: only what looks like a variable's name is shown.
    const name = /^[A-Z][A-Z_]*$/.test(source.env) ? ` ${source.env}` : '';
    return { problem: `Set the environment variable${name}: it is ${text === undefined ? 'not set' : 'empty'}` };
  }
  const read = loadText(path.resolve(folder, source.file));
  if ('problem' in read)
    return { problem: `Put a key into this file (a relative path counts from the folder of the config). ${read.problem}` };
  const text = read.text.replace(/\r?\n$/, '');
  return text === '' ? { problem: 'Put a key into this file: it is empty' } : toKey(text);
}

function explainMissing(input: unknown): string | undefined {
  return input === undefined ? 'Add a key: it is missing (`remotetask key` makes one)' : undefined;
}

/** A day begins at midnight where the daemon is; a time without a zone counts there, too. */
function toWallMs(expires: string): number {
  return Date.parse(expires.includes('T') ? expires : `${expires}T00:00`);
}

function toKey(text: string): { digest: KeyDigest; text: string | undefined } | { problem: string } {
  const looksDigested = /^(?:(?:sha-?\d+|md5|blake\w*|bcrypt|scrypt|pbkdf2\w*|argon2\w*)[:=]|\$[a-z\d-]{1,10}\$)/i.test(text);
  if (!looksDigested) return { digest: toKeyDigest(text), text };
  if (!text.startsWith('sha256:'))
    return {
      problem: 'Give the digest of a key as "sha256:" and 64 hexadecimal digits (`remotetask key` shows one): other kinds are not known',
    };
  const digest = text.slice('sha256:'.length).toLowerCase();
  return isKeyDigest(digest)
    ? { digest, text: undefined }
    : { problem: 'Write 64 hexadecimal digits behind "sha256:", as `remotetask key` prints them' };
}
