// Certificates for tests, made of nothing but Node: for any name and any time.
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import fs from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';

export interface TestCertificate {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** SHA-256 in hexadecimal digits with colons. */
  readonly fingerprint: string;
}

const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts);
const id = (hex: string): Buffer => der(6, Buffer.from(hex, 'hex'));
const bits = (bytes: Uint8Array): Buffer => der(3, Buffer.from([0]), bytes);
const time = (date: Date): Buffer => der(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')));
const name = (text: string): Buffer =>
  sequence(der(0x31, sequence(id('550403'), der(0x0c, Buffer.from(text)))));
const extension = (oid: string, value: Uint8Array): Buffer => sequence(id(oid), der(4, value));
const ecdsaWithSha256 = sequence(id('2a8648ce3d040302'));
const dayMs = 86_400_000;

/** A certificate for a name or address; signed by itself, and valid from yesterday until tomorrow by default. */
export function createCertificate(
  host: string,
  {
    from = -1,
    until = 1,
    issuer,
    subject = host,
    kind = 'ec',
    extensions = [],
    hasName = true,
  }: {
    from?: number;
    until?: number;
    issuer?: TestAuthority;
    subject?: string;
    /** The kind of its key. RSA needs an issuer, because all signatures are ECDSA. */
    kind?: 'ec' | 'rsa';
    /** Further extensions: `usageForClients`, `issuerOnline`. */
    extensions?: readonly Buffer[];
    hasName?: boolean;
  } = {},
): TestCertificate & TestAuthority {
  const { publicKey, privateKey } =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const alternative =
    isIP(host) === 4 ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host));
  const day = (days: number): Buffer => time(new Date(Date.now() + days * dayMs));
  const body = sequence(
    der(0xa0, der(2, Buffer.from([2]))),
    der(2, Buffer.from([1]), randomBytes(8)),
    ecdsaWithSha256,
    name(issuer?.host ?? subject),
    sequence(day(from), day(until)),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      sequence(
        ...(hasName ? [extension('551d11', sequence(alternative))] : []),
        ...extensions,
        extension('551d13', sequence(der(1, Buffer.from([255])))),
      ),
    ),
  );
  const whole = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, issuer?.privateKey ?? privateKey)));
  const base64 = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    fingerprint: (createHash('sha256').update(whole).digest('hex').toUpperCase().match(/../g) ?? []).join(
      ':',
    ),
    host,
    privateKey,
  };
}

/** Extended key usage: client authentication alone. */
export const usageForClients = extension('551d25', sequence(id('2b06010505070302')));
/** Authority information access: where the issuer's certificate is, as public authorities have it. */
export const issuerOnline = extension(
  '2b06010505070101',
  sequence(sequence(id('2b06010505073002'), der(0x86, Buffer.from('http://issuer.example/ca.crt')))),
);

/** What can sign other certificates. */
export interface TestAuthority {
  readonly host: string;
  readonly privateKey: KeyObject;
}

/** Writes a certificate of loopback and its key into a folder: `NAME.crt` and `NAME.key`. */
export function writeCertificate(
  folder: string,
  subject: string,
): { readonly cert: string; readonly key: string } {
  const pair = { cert: path.join(folder, `${subject}.crt`), key: path.join(folder, `${subject}.key`) };
  const { cert, key } = createCertificate('127.0.0.1', { subject });
  fs.writeFileSync(pair.cert, cert);
  fs.writeFileSync(pair.key, key, { mode: 0o600 });
  return pair;
}
