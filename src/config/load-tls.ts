// Reads a certificate and its key for a listener, and reports what is wrong with them.
import path from 'node:path';
import { findTlsProblem, type TlsFiles, type TlsPair } from '../listener/options.ts';
import type { Finding, Found, Path } from './finding.ts';
import { loadBytes } from './load-file.ts';

/** The pair for a listener; undefined if it is not configured or cannot be used. `at` is its place in the config. */
export function loadTls(tls: TlsFiles | undefined, at: Path, folder: string): Found<TlsPair | undefined> {
  const findings: Finding[] = [];
  if (tls === undefined) return { value: undefined, findings };
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
  if (code === undefined) return { value: { cert, key }, findings };
  findings.push({
    path: at,
    message: `Give a certificate and the private key that belongs to it, without a passphrase (${code})`,
  });
  return { value: undefined, findings };
}
