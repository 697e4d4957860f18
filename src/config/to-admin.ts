// From the `admin` part of a config to the admin listener: looks secrets up, reads files, and reports options that contradict each other.
import type { GateOptions } from '../admin/gate/gate.ts';
import type { AdminConfig, AdminOptions } from '../admin/options.ts';
import { toTyped } from '../called.ts';
import { parsePasswordHash } from '../admin/gate/password.ts';
import type { NasAddress, NasSettings } from '../dsm/options.ts';
import type { TlsPair } from '../listener/options.ts';
import type { Finding, Found } from './finding.ts';
import { isLoopback } from './loopback.ts';
import { loadSecret, type SecretPlace } from './load-secret.ts';
import { loadTls } from './load-tls.ts';

/** The admin listener, if it is configured, and its problems. `nases` contain how DSM's Web API is reached, `inUse` is the certificate that stays if a new one cannot be used. */
export function toAdminConfig(
  {
    admin,
    server,
  }: { readonly admin?: AdminOptions | undefined; readonly server: { readonly port: number } },
  nases: ReadonlyMap<string, NasSettings>,
  { place, inUse }: { readonly place: SecretPlace; readonly inUse: TlsPair | undefined },
): Found<AdminConfig | undefined> {
  const findings: Finding[] = [];
  if (admin === undefined) return { value: undefined, findings };
  const fail = (name: keyof AdminOptions, message: string): void =>
    void findings.push({ path: ['admin', name], message, compares: true });
  if (admin.port === server.port)
    fail('port', 'Give the admin page a port of its own: the daemon listens on this one');
  if (!admin.signInPage && (admin.gate === 'password' || admin.gate === 'webapi'))
    fail(
      'signInPage',
      `Leave this out: with the gate "${admin.gate}" that page is the only place to sign in`,
    );
  if (admin.password !== undefined && admin.gate !== 'password')
    fail(
      'password',
      `Remove this, or choose the gate "password": the gate "${admin.gate}" knows no password of its own`,
    );
  const tls = loadTls(admin.tls, ['admin', 'tls'], { folder: place.folder, inUse });
  const gate = toGate(admin, nases, place, fail);
  const { listen, port, trustProxy, signInPage, metrics } = admin;
  return {
    findings: [...findings, ...tls.findings],
    value:
      gate === undefined
        ? undefined
        : { listen, port, trustProxy, signInPage, tls: tls.value, gate, watchers: metrics.allow },
  };
}

function toGate(
  options: AdminOptions,
  nases: ReadonlyMap<string, NasSettings>,
  place: SecretPlace,
  fail: (name: keyof AdminOptions, message: string) => void,
): GateOptions | undefined {
  const { gate, password, group, authenticateCgi, loginCgi } = options;
  switch (gate) {
    case 'dsm':
    case 'dsm-login':
      return { kind: gate, authenticateCgi, loginCgi, group };
    case 'webapi': {
      const nas = findNas(options.nas, nases);
      if (typeof nas !== 'string') return { kind: gate, nas: toNasAddress(nas) };
      fail(options.nas === undefined ? 'gate' : 'nas', nas);
      return undefined;
    }
    case 'password': {
      const remedy = `${toTyped('admin password')} makes one`;
      if (password === undefined) {
        fail('gate', `Add "password" with the hash of a password; ${remedy}`);
        return undefined;
      }
      const found = loadSecret(password, 'the hash of the password', place);
      const hash = 'text' in found ? parsePasswordHash(found.text) : undefined;
      if (hash !== undefined) return { kind: gate, hash };
      fail(
        'password',
        'problem' in found
          ? found.problem
          : `Give the hash of a password here, not the password itself; ${remedy}`,
      );
      return undefined;
    }
    default:
      return gate satisfies never;
  }
}

/** How to reach the NAS whose accounts may enter, or what to do. */
function findNas(name: string | undefined, nases: ReadonlyMap<string, NasSettings>): NasAddress | string {
  const [only, other] = [...nases.values()];
  if (name === undefined && other !== undefined)
    return 'Add "nas" with the name of the NAS whose accounts may enter: there are several';
  const nas = name === undefined ? only : nases.get(name);
  if (nas === undefined) return 'Give the name of a NAS of "dsm"';
  return (
    nas.webapi ?? `Add "webapi" to "${nas.name === '' ? 'dsm' : `dsm.${nas.name}`}": it says where to sign in`
  );
}

/** How to reach the NAS, without the account that the daemon itself may have there. */
function toNasAddress({
  url,
  ca,
  fingerprint,
  insecure,
  deviceName,
  session,
  versions,
}: NasAddress): NasAddress {
  return { url, ca, fingerprint, insecure, deviceName, session, versions };
}

/** The warning at each start if others can read the admin page's traffic. */
export function warnOfPlainAdmin(admin: AdminOptions | undefined): Finding[] {
  if (admin === undefined || admin.tls !== undefined || isLoopback(admin.listen)) return [];
  return [
    {
      path: undefined,
      message:
        'Sessions and passwords of the admin page can be read on the way: it speaks plain HTTP. Set admin.listen to "127.0.0.1" and put an HTTPS reverse proxy in front, or set admin.tls',
    },
  ];
}
