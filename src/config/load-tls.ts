// Reads a certificate and its key for a listener, and reports what is wrong with them.
import path from 'node:path';
import {
  explainPair,
  findCertificateFaults,
  findTimeFault,
  findTlsProblem,
  readCertificate,
} from '../listener/certificate.ts';
import type { TlsFiles, TlsPair } from '../listener/options.ts';
import { toWarnings, type Finding, type Found, type Path } from './finding.ts';
import { loadBytes } from './load-file.ts';

/** The pairs of both listeners, as far as they are configured. */
export interface Pairs {
  readonly tls: TlsPair | undefined;
  readonly admin: { readonly tls: TlsPair | undefined } | undefined;
}

/** The pair for a listener; undefined if it is not configured or cannot be used. If one is in use, it stays instead of one that cannot be used. `at` is its place in the config. */
export function loadTls(
  tls: TlsFiles | undefined,
  at: Path,
  { folder, inUse }: { readonly folder: string; readonly inUse: TlsPair | undefined },
): Found<TlsPair | undefined> {
  if (tls === undefined) return { value: undefined, findings: [] };
  const read = readPair(tls, at, folder);
  if (read.value !== undefined || inUse === undefined) return read;
  const stays = 'Until then the certificate in use stays, but the daemon could not start again.';
  return {
    value: inUse,
    findings: toWarnings(
      read.findings.map(({ path: place, message }) => ({ path: place, message: `${message} ${stays}` })),
    ),
  };
}

function readPair(tls: TlsFiles, at: Path, folder: string): Found<TlsPair | undefined> {
  const findings: Finding[] = [];
  const load = (name: 'cert' | 'key'): Buffer | undefined => {
    const read = loadBytes(path.resolve(folder, tls[name]));
    if ('bytes' in read) return read.bytes;
    findings.push({
      path: [...at, name],
      message: `Give a PEM file that the daemon may read. ${read.problem}`,
    });
    return undefined;
  };
  const cert = load('cert');
  const key = load('key');
  if (cert === undefined || key === undefined) return { value: undefined, findings };
  const code = findTlsProblem({ cert, key });
  if (code !== undefined) {
    findings.push({ path: at, message: explainPair({ cert, key }, code) });
    return { value: undefined, findings };
  }
  const faults = findCertificateFaults(cert).map((message) => ({ path: [...at, 'cert'], message }));
  return { value: { cert, key }, findings: [...findings, ...toWarnings(faults)] };
}

/** The pairs of both listeners, as far as they are configured, with the places of their certificates in the config. */
export function listPairs({
  tls,
  admin,
}: Pairs): { readonly listener: 'server' | 'admin'; readonly path: Path; readonly pair: TlsPair }[] {
  const pairs = [
    ['server', tls],
    ['admin', admin?.tls],
  ] as const;
  return pairs.flatMap(([listener, pair]) =>
    pair === undefined ? [] : [{ listener, path: [listener, 'tls', 'cert'], pair }],
  );
}

/** Warnings about certificates that are not valid now, or not for long. They come and go without a change of the config. */
export function findPassingCertificates(pairs: Pairs, wallMs: number): Finding[] {
  return listPairs(pairs).flatMap(({ path: at, pair }) => {
    const certificate = readCertificate(pair.cert);
    const message = certificate === undefined ? undefined : findTimeFault(certificate, wallMs);
    return message === undefined ? [] : [{ path: at, message, level: 'warning' as const }];
  });
}
