// Secrets looked up where the config says that they are.
import path from 'node:path';
import type { Secret } from '../values/secret.ts';
import { loadText } from './load-file.ts';

/** Where secrets are looked for: relative paths count from `folder`. */
export interface SecretPlace {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly loadText: typeof loadText;
}

/** A place whose files are read once each, however many secrets they hold. */
export function createSecretPlace(folder: string, env: NodeJS.ProcessEnv): SecretPlace {
  const known = new Map<string, ReturnType<typeof loadText>>();
  return {
    folder,
    env,
    loadText(file) {
      const read = known.get(file) ?? loadText(file);
      known.set(file, read);
      return read;
    },
  };
}

/** The text of a secret, or why there is none; `what` names it in the remedy. An unset or empty one is a problem: it must never open anything. */
export function loadSecret(
  secret: Secret,
  what: string,
  { folder, env, loadText }: SecretPlace,
): { readonly text: string } | { readonly problem: string } {
  if (typeof secret === 'string') return secret === '' ? { problem: `Give ${what}: it is empty` } : { text: secret };
  if ('env' in secret) {
    const text = Object.hasOwn(env, secret.env) ? env[secret.env] : undefined;
    if (text !== undefined && text !== '') return { text };
    // A secret may stand where the name belongs: only what looks like a variable's name is shown.
    const name = /^[A-Z][A-Z_]*$/.test(secret.env) ? ` ${secret.env}` : '';
    return { problem: `Set the environment variable${name}: it is ${text === undefined ? 'not set' : 'empty'}` };
  }
  const read = loadText(path.resolve(folder, secret.file));
  if ('problem' in read)
    return { problem: `Put ${what} into this file (a relative path counts from the folder of the config). ${read.problem}` };
  const text = read.text.replace(/\r?\n$/, '');
  return text === '' ? { problem: `Put ${what} into this file: it is empty` } : { text };
}
