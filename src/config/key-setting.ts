// How a key is given in a config, and what becomes of it: a digest. The key itself is kept nowhere.
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { isKeyDigest, toKeyDigest, type KeyDigest } from '../keys.ts';

const KeySource = z.union(
  [
    z.string(),
    z.strictObject({ env: z.string().min(1).describe('The environment variable that holds the key.') }),
    z.strictObject({ file: z.string().min(1).describe('The file that holds the key; a relative path counts from the config file.') }),
  ],
  { error: 'Give a key as text, as "sha256:…", as { "env": "NAME" } or as { "file": "PATH" }' },
);
type KeySource = z.infer<typeof KeySource>;

const LabelledKey = z.strictObject({
  label: z.string().min(1).max(60).describe('Who or what the key was given to; history and log name it.'),
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
  error: 'Give a key as text, as "sha256:…", as { "env": "NAME" } or { "file": "PATH" }, or as a list of { "label", "key", "expires" }',
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
        expiresAtMs: expires === undefined ? undefined : Date.parse(expires),
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
    return text === undefined || text === ''
      ? { problem: `Set the environment variable ${source.env}: it is ${text === undefined ? 'not set' : 'empty'}` }
      : toKey(text);
  }
  const file = path.resolve(folder, source.file);
  try {
    const text = fs.readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    return text === '' ? { problem: `Put a key into ${file}: the file is empty` } : toKey(text);
  } catch {
    return { problem: `Cannot read the key from ${file}: put it there, readable for the daemon` };
  }
}

function toKey(text: string): { digest: KeyDigest; text: string | undefined } | { problem: string } {
  const [, named, hex] = /^(sha\d+|md5|bcrypt|scrypt|argon2\w*):(.*)$/i.exec(text) ?? [];
  if (named === undefined || hex === undefined) return { digest: toKeyDigest(text), text };
  if (named !== 'sha256') return { problem: `Use "sha256:" for the digest of a key; "${named}:" is not known` };
  const digest = hex.toLowerCase();
  return isKeyDigest(digest)
    ? { digest, text: undefined }
    : { problem: 'Write 64 hexadecimal digits behind "sha256:", as `remotetask key` prints them' };
}
