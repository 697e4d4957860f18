// Certificates for loopback, as `openssl` makes them.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Makes a self-signed certificate and its key in a folder: `NAME.crt` and `NAME.key`. */
export function writeCertificate(folder: string, name: string): { readonly cert: string; readonly key: string } {
  const pair = { cert: path.join(folder, `${name}.crt`), key: path.join(folder, `${name}.key`) };
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', pair.key, '-out', pair.cert], { stdio: 'ignore' });
  return pair;
}
