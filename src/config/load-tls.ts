// A certificate and its key, read for a listener, with what is wrong with them.
import path from 'node:path';
import { toErrorCode } from '../errors.ts';
import { loadTls, type TlsFiles, type TlsPair } from '../http/options.ts';
import type { Finding, Path } from './finding.ts';
import { loadText } from './source.ts';

/** The pair that a listener is to use, unless none is configured; what is wrong is added to `errors`. `at` is where it stands in the config. */
export function tryLoadTls(tls: TlsFiles | undefined, at: Path, folder: string, errors: Finding[]): TlsPair | undefined {
  if (tls === undefined) return undefined;
  const files = { cert: path.resolve(folder, tls.cert), key: path.resolve(folder, tls.key) };
  const unreadable = (['cert', 'key'] as const).flatMap((name) => {
    const read = loadText(files[name]);
    return 'problem' in read ? [{ path: [...at, name], message: `Give a PEM file that the daemon may read. ${read.problem}` }] : [];
  });
  errors.push(...unreadable);
  if (unreadable.length > 0) return undefined;
  try {
    return loadTls(files);
  } catch (error) {
    errors.push({
      path: at,
      message: `Give a certificate and the private key that belongs to it, without a passphrase (${toErrorCode(error)})`,
    });
    return undefined;
  }
}
