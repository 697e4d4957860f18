// Reads a certificate and its key for a listener, and reports what is wrong with them.
import path from 'node:path';
import { findTlsProblem, type TlsFiles, type TlsPair } from '../listener/options.ts';
import type { Finding, Path } from './finding.ts';
import { loadBytes } from './load-file.ts';

/** The pair for a listener; undefined if it is not configured. Problems are added to `errors`. `at` is its place in the config. */
export function tryLoadTls(
  tls: TlsFiles | undefined,
  at: Path,
  folder: string,
  errors: Finding[],
): TlsPair | undefined {
  if (tls === undefined) return undefined;
  const load = (name: 'cert' | 'key'): Buffer | undefined => {
    const read = loadBytes(path.resolve(folder, tls[name]));
    if ('bytes' in read) return read.bytes;
    errors.push({
      path: [...at, name],
      message: `Give a PEM file that the daemon may read. ${read.problem}`,
    });
    return undefined;
  };
  const cert = load('cert');
  const key = load('key');
  if (cert === undefined || key === undefined) return undefined;
  const code = findTlsProblem({ cert, key });
  if (code === undefined) return { cert, key };
  errors.push({
    path: at,
    message: `Give a certificate and the private key that belongs to it, without a passphrase (${code})`,
  });
  return undefined;
}
