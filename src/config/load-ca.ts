// Reads a file with the certificates to trust instead of the system's.
import { X509Certificate } from 'node:crypto';
import { loadText } from './load-file.ts';

const noCertificate = { problem: 'Give a PEM file with certificates: this one holds none, or a broken one' };

/** Reads a PEM file with certificates to trust. Returns its text, or what is wrong with it. */
export function loadCa(file: string): string | { readonly problem: string } {
  const read = loadText(file);
  if ('problem' in read) return { problem: `Give a PEM file that the daemon may read. ${read.problem}` };
  try {
    const [, ...pems] = read.text
      .split('-----BEGIN CERTIFICATE-----')
      .map((text) => `-----BEGIN CERTIFICATE-----${text}`);
    return pems.length > 0 && pems.every((pem) => new X509Certificate(pem).raw.length > 0)
      ? read.text
      : noCertificate;
  } catch {
    return noCertificate;
  }
}
