// From `webapi` of a NAS in a config to the access to DSM's Web API: looks secrets up, reads files and checks the address.
import path from 'node:path';
import type { NasOptions, WebApiAccess, WebApiOptions } from '../dsm/options.ts';
import type { Secret } from '../values/secret.ts';
import { renderPath, type Finding, type Found, type Path } from './finding.ts';
import { loadCa } from './load-ca.ts';
import { loadSecret, type SecretPlace } from './load-secret.ts';

/** The access to the NAS with its options at `at`, if it is configured, and its problems. */
export function toWebApiAccess(
  { via, webapi }: NasOptions,
  at: Path,
  place: SecretPlace,
): Found<WebApiAccess | undefined> {
  const findings: Finding[] = [];
  const fail = (name: string, message: string): void =>
    void findings.push({ path: [...at, 'webapi', name], message });
  if (webapi === undefined) {
    if (via === 'webapi')
      findings.push({
        path: [...at, 'via'],
        compares: true,
        message: `Add "webapi" with "url", "account" and "password" to "${renderPath(at)}"`,
      });
    return { value: undefined, findings };
  }
  const load = (name: string, secret: Secret, what: string): string => {
    const found = loadSecret(secret, what, place);
    if ('text' in found) return found.text;
    fail(name, found.problem);
    return '';
  };
  const { url, fingerprint, insecure, deviceName, session, versions } = webapi;
  const problem = judgeUrl(url);
  if (problem !== undefined) fail('url', problem);
  for (const [name, message] of findIdleTrust(webapi)) fail(name, message);
  const ca = webapi.ca === undefined ? undefined : loadCa(path.resolve(place.folder, webapi.ca));
  if (typeof ca === 'object') fail('ca', ca.problem);
  return {
    findings,
    value: {
      url: url.replace(/\/+$/, ''),
      account: load('account', webapi.account, 'the account'),
      password: load('password', webapi.password, 'the password'),
      deviceToken:
        webapi.deviceToken === undefined
          ? undefined
          : load('deviceToken', webapi.deviceToken, 'the device token'),
      ca: typeof ca === 'string' ? ca : undefined,
      fingerprint,
      insecure,
      deviceName,
      session,
      versions,
    },
  };
}

/** The warning at each start if DSM's certificate is not checked. */
export function warnOfInsecureDsm({ webapi }: NasOptions, at: Path): Finding[] {
  if (webapi?.insecure !== true) return [];
  const place = renderPath([...at, 'webapi']);
  return [
    {
      path: undefined,
      message: `The password of DSM can be read on the way: ${place}.insecure lets any machine answer in DSM's place. Give ${place}.fingerprint instead`,
    },
  ];
}

/** What is wrong with an address; it is not quoted, because it may contain a password. */
function judgeUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol))
    return 'Give an address such as "https://nas.example.org:5001"';
  if (url.username !== '' || url.password !== '')
    return 'Take account and password out of the address: they have names of their own';
  if (url.search !== '' || url.hash !== '') return 'Take everything from "?" or "#" on out of the address';
  if (url.protocol === 'http:' && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname))
    return 'Use https:// here: by plain HTTP the password could be read on the way, except on this machine itself';
  return undefined;
}

/** Options that have no effect beside others. */
function findIdleTrust({ url, ca, fingerprint, insecure }: WebApiOptions): [name: string, message: string][] {
  const isPlain = url.startsWith('http:');
  const idle = (name: string, isGiven: boolean, reason: string): [string, string][] =>
    isGiven ? [[name, `Remove this: ${reason}`]] : [];
  if (isPlain) {
    const reason = 'plain HTTP knows no certificates';
    return [
      ...idle('ca', ca !== undefined, reason),
      ...idle('fingerprint', fingerprint !== undefined, reason),
      ...idle('insecure', insecure, reason),
    ];
  }
  return [
    ...idle(
      'ca',
      ca !== undefined && fingerprint !== undefined,
      '"fingerprint" alone says which certificate is trusted',
    ),
    ...idle(
      'insecure',
      insecure && (ca !== undefined || fingerprint !== undefined),
      'the certificate is told, and can be checked',
    ),
  ];
}
