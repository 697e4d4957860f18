// The SHA-256 fingerprint of a certificate, as a config contains it.
import * as z from 'zod';

/** SHA-256 of a certificate as tools print it: with or without colons, in upper or lower case. Becomes 64 lower-case hexadecimal digits. */
export const Fingerprint = z.string().transform((text, context) => {
  const hex = text
    .replace(/^sha-?256(?: fingerprint)?[:=]/i, '')
    .replaceAll(/[:\s]/g, '')
    .toLowerCase();
  if (/^[\da-f]{64}$/.test(hex)) return hex;
  context.addIssue({
    code: 'custom',
    message: 'Give the SHA-256 fingerprint of the certificate: 64 hexadecimal digits, colons or not',
  });
  return z.NEVER;
});
