// Looks secrets up in the places that the config names.
import path from 'node:path';
import type { Secret } from '../values/secret.ts';
import { loadText } from './load-file.ts';

/** Where secrets are searched; relative paths are relative to `folder`. */
export interface SecretPlace {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly loadText: typeof loadText;
}

/** A place that reads each file only once, however many secrets use it. */
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

/** The text of a secret, or why it is missing; `what` names it in the remedy. An unset or empty secret is a problem, because it must never open anything. */
export function loadSecret(
  secret: Secret,
  what: string,
  { folder, env, loadText }: SecretPlace,
): { readonly text: string } | { readonly problem: string } {
  if (typeof secret === 'string')
    return secret === '' ? { problem: `Give ${what}: it is empty` } : { text: secret };
  if ('env' in secret) {
    const text = Object.hasOwn(env, secret.env) ? env[secret.env] : undefined;
    if (text !== undefined && text !== '') return { text };
    // The owner may have put the secret where the name belongs, so it is shown only if it looks like a variable's name.
    const name = /^[A-Z][A-Z_]*$/.test(secret.env) ? ` ${secret.env}` : '';
    return {
      problem: `Set the environment variable${name}: it is ${text === undefined ? 'not set' : 'empty'}`,
    };
  }
  const read = loadText(path.resolve(folder, secret.file));
  if ('problem' in read)
    return {
      problem: `Put ${what} into this file (a relative path counts from the folder of the config). ${read.problem}`,
    };
  const text = read.text.replace(/\r?\n$/, '');
  return text === '' ? { problem: `Put ${what} into this file: it is empty` } : { text };
}
