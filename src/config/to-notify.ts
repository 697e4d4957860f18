// From the `notify` part of a config to the receivers: looks secrets up and checks addresses.
import path from 'node:path';
import type { NotifyOptions, NotifyTarget, Occasion } from '../notify/options.ts';
import type { Secret } from '../values/secret.ts';
import type { Finding } from './finding.ts';
import { loadCa } from './load-ca.ts';
import { loadSecret, type SecretPlace } from './load-secret.ts';

const defaultOccasions: Readonly<Record<NotifyOptions['type'], readonly Occasion[]>> = {
  ntfy: ['failed'],
  gotify: ['failed'],
  webhook: ['failed'],
  ping: ['started', 'finished'],
};

/** All receivers, and their problems. `taskIds` are the task ids of the config. */
export function toNotifyTargets(
  entries: readonly NotifyOptions[],
  taskIds: readonly string[],
  place: SecretPlace,
): { readonly targets: readonly NotifyTarget[]; readonly errors: readonly Finding[] } {
  const errors: Finding[] = [];
  const load = (secret: Secret, at: readonly (string | number)[], what: string): string => {
    const found = loadSecret(secret, what, place);
    if ('text' in found) return found.text;
    errors.push({ path: at, message: found.problem });
    return '';
  };
  const targets = entries.map(
    ({ type, url: urlSecret, token, on, tasks, ca, fingerprint }, i): NotifyTarget => {
      const find = (name: string, message: string): void =>
        void errors.push({ path: ['notify', i, name], message });
      const before = errors.length;
      const url = load(urlSecret, ['notify', i, 'url'], 'the address');
      const address = URL.canParse(url) ? new URL(url) : undefined;
      if (address !== undefined && /^https?:$/.test(address.protocol)) {
        if (type === 'ntfy' && !/\/[-\w]{1,64}\/*$/.test(address.pathname))
          find(
            'url',
            'End the address of ntfy with a topic of letters, digits, "-" and "_", as in https://ntfy.sh/my-topic',
          );
        if (type === 'gotify' && token === undefined && !address.searchParams.has('token'))
          find('url', 'Give the token of an application of Gotify as "token" as well');
        if (!isDecodable(address.username) || !isDecodable(address.password))
          find('url', 'Write "%" as "%25" in the name and password of this address');
      } else if (errors.length === before)
        find('url', 'Give an address that begins with https:// or http://');
      const tokenText = token === undefined ? undefined : load(token, ['notify', i, 'token'], 'the token');
      if (token !== undefined && type === 'ping')
        find('token', 'Remove this: a monitor takes no token, its address is the secret');
      else if (tokenText !== undefined && !/^[\x21-\x7e]*$/.test(tokenText))
        find('token', 'Give a token of one line, in ASCII and without spaces: no other can be sent');
      if (type === 'ping' && on?.includes('strangers') === true)
        find('on', 'Remove "strangers", or tell another than a monitor: it only knows how runs go');
      for (const [n, id] of (tasks ?? []).entries()) {
        if (!taskIds.includes(id))
          errors.push({ path: ['notify', i, 'tasks', n], message: 'Name a task of this config by its id' });
      }
      for (const [name, message] of findIdleTrust({
        isPlain: address?.protocol === 'http:',
        ca,
        fingerprint,
      }))
        find(name, message);
      const loaded = ca === undefined ? undefined : loadCa(path.resolve(place.folder, ca));
      if (typeof loaded === 'object') find('ca', loaded.problem);
      return {
        type,
        url,
        token: tokenText,
        on: on ?? defaultOccasions[type],
        tasks,
        ...(typeof loaded === 'string' ? { ca: loaded } : {}),
        ...(fingerprint === undefined ? {} : { fingerprint }),
      };
    },
  );
  return { targets, errors };
}

/** Options about certificates that have no effect. */
function findIdleTrust({
  isPlain,
  ca,
  fingerprint,
}: { readonly isPlain: boolean } & Pick<NotifyOptions, 'ca' | 'fingerprint'>): [string, string][] {
  if (isPlain)
    return Object.entries({ ca, fingerprint }).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, 'Remove this: plain HTTP knows no certificates']],
    );
  return ca === undefined || fingerprint === undefined
    ? []
    : [['ca', 'Remove this: "fingerprint" alone says which certificate is trusted']];
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
