// What a listener's certificate contains, and what its clients would not accept.
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import tls from 'node:tls';
import { dayMs } from '../clock.ts';
import { toErrorCode } from '../errors.ts';
import type { TlsPair } from './options.ts';

/** From so many days before its end, a certificate is warned of. */
export const soonDays = 14;
/** TLS server authentication, as an extended key usage. */
const serverUsage = '1.3.6.1.5.5.7.3.1';
const pem = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]*-----END (?:TRUSTED )?CERTIFICATE-----/g;
/** A file with more certificates than this holds authorities, not a chain. */
const maxChain = 20;

/** The certificate that a listener shows. Times are wall time in milliseconds. */
export interface Certificate {
  readonly beginsAtMs: number;
  readonly endsAtMs: number;
  /** The subject, on one line. */
  readonly subject: string;
  /** The names and addresses that it is valid for. */
  readonly names: readonly string[];
  /** Whether it is valid for a host name or an IP address. */
  fits(host: string): boolean;
}

/** Reads the first certificate of a PEM file; undefined if it contains none that is whole. */
export function readCertificate(cert: Uint8Array): Certificate | undefined {
  const [first] = readChain(cert);
  if (first === undefined) return undefined;
  return {
    beginsAtMs: Date.parse(first.validFrom),
    endsAtMs: Date.parse(first.validTo),
    subject: toSubject(first),
    names: listNames(first),
    fits: (host) => (isIP(host) === 0 ? first.checkHost(host) : first.checkIP(host)) !== undefined,
  };
}

/** What clients will not accept, whatever the time: one sentence each, without a full stop. */
export function findCertificateFaults(cert: Uint8Array): string[] {
  const chain = readChain(cert);
  const [first, second] = chain;
  if (first === undefined) return [];
  const { keyUsage } = first;
  const isUnordered = chain.some((one, i) => {
    const next = chain[i + 1];
    return next !== undefined && !one.checkIssued(next);
  });
  return [
    ...(listNames(first).length === 0
      ? ['Use a certificate with a "subject alternative name": without one, every client refuses it']
      : []),
    ...(Array.isArray(keyUsage) && !keyUsage.includes(serverUsage)
      ? ['Use a certificate for servers: this one is for something else (its extended key usage)']
      : []),
    ...(second === undefined && first.infoAccess?.includes('CA Issuers') === true && !first.checkIssued(first)
      ? [
          'Use the file that contains the whole chain (often called fullchain.pem): this one has only the first certificate, and many clients refuse it',
        ]
      : []),
    ...(isUnordered
      ? [
          'Put the certificates in order, each followed by the one that issued it: clients may refuse this chain',
        ]
      : []),
  ];
}

/** What the time does to a certificate: it ends within two weeks, has ended, or has not begun. A sentence without a full stop. */
export function findTimeFault(
  { beginsAtMs, endsAtMs }: Pick<Certificate, 'beginsAtMs' | 'endsAtMs'>,
  wallMs: number,
): string | undefined {
  const toDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  if (wallMs < beginsAtMs)
    return `Check the clock: the certificate is valid from ${toDay(beginsAtMs)} on, and not yet`;
  if (wallMs >= endsAtMs)
    return `Renew the certificate: it was valid until ${toDay(endsAtMs)}, and clients refuse it`;
  const days = Math.floor((endsAtMs - wallMs) / dayMs);
  if (days >= soonDays) return undefined;
  const left = days === 0 ? 'less than a day' : days === 1 ? '1 more day' : `${days} more days`;
  return `Renew the certificate: it is valid for ${left}, until ${toDay(endsAtMs)}`;
}

/** Returns undefined if certificate and key belong together, else the code of OpenSSL's error. */
export function findTlsProblem(pair: TlsPair): string | undefined {
  try {
    tls.createSecureContext(pair);
  } catch (error) {
    return toErrorCode(error);
  }
  // OpenSSL has a place for each kind of key, so it accepts a certificate and a key of different kinds, and then no client gets through.
  const [first] = readChain(pair.cert);
  const key = readKey(pair.key);
  return first === undefined || key === undefined || first.checkPrivateKey(key)
    ? undefined
    : 'ERR_OSSL_X509_KEY_VALUES_MISMATCH';
}

/** What to do about a pair that OpenSSL does not accept. */
export function explainPair({ cert, key }: TlsPair, code: string): string {
  const [certText, keyText] = [cert, key].map((bytes) => bytes.toString('latin1'));
  const has = (text: string | undefined, what: RegExp): boolean => what.test(text ?? '');
  const [certificate, privateKey] = [
    /-----BEGIN [A-Z ]*CERTIFICATE-----/,
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  ];
  if (!has(certText, certificate) && has(certText, privateKey) && has(keyText, certificate))
    return 'Swap the two files: "cert" names the private key, and "key" names the certificate';
  if (!has(certText, certificate))
    return `Give a certificate in PEM as "cert": this file contains none (${code})`;
  if (!has(keyText, privateKey))
    return `Give a private key in PEM as "key": this file contains none (${code})`;
  if (has(keyText, /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m))
    return `Give the private key without its passphrase (${code}), which nothing could type at a start: \`openssl pkey -in KEY -out NEW-KEY\``;
  if ([certText, keyText].some(isCutOff))
    return `Give whole files: one of the two ends in the middle (${code}). It may be written at this moment`;
  if (isLaterInChain({ cert, key }))
    return `Put the server's own certificate first in "cert", before those that issued it (${code})`;
  return `Give a certificate and the private key that belongs to it, without a passphrase (${code})`;
}

function isCutOff(text = ''): boolean {
  return text.split('-----BEGIN ').length !== text.split('-----END ').length;
}

/** Whether the key belongs to a certificate of the file that is not the first one. */
function isLaterInChain({ cert, key }: TlsPair): boolean {
  const own = readKey(key);
  return own !== undefined && readChain(cert).some((one) => one.checkPrivateKey(own));
}

function readKey(key: Buffer): KeyObject | undefined {
  try {
    return createPrivateKey(key);
  } catch {
    return undefined;
  }
}

/** The whole certificates of a PEM file. */
function readChain(cert: Uint8Array): X509Certificate[] {
  const pems = Buffer.from(cert).toString('latin1').match(pem) ?? [];
  try {
    return pems.slice(0, maxChain).map((one) => new X509Certificate(one));
  } catch {
    return [];
  }
}

function listNames({ subjectAltName = '' }: X509Certificate): string[] {
  return [...subjectAltName.matchAll(/(?:DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]+)/g)].map(
    ([, name = '']) => name,
  );
}

function toSubject({ subject }: X509Certificate): string {
  // Node declares a text; a certificate without a subject has none.
  const text: string | undefined = subject;
  return (text ?? '').replaceAll('\n', ', ');
}
