// What a certificate contains, what clients would not accept, and what to do about a pair that cannot be used.
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import {
  explainPair,
  findCertificateFaults,
  findTimeFault,
  findTlsProblem,
  readCertificate,
} from '../../src/listener/certificate.ts';
import { createCertificate, issuerOnline, usageForClients } from '../support/certificate.ts';

const bytes = (...texts: string[]): Buffer => Buffer.from(texts.join(''));
const own = createCertificate('nas.example.org');
const authority = createCertificate('An authority');
const issued = createCertificate('nas.example.org', { issuer: authority });

test('names and times are read from the first certificate of a file', () => {
  const certificate = readCertificate(bytes('some words before\n', issued.cert, authority.cert));
  assert.deepEqual(certificate?.names, ['nas.example.org']);
  assert.equal(certificate.subject, 'CN=nas.example.org');
  assert.equal(certificate.fits('nas.example.org'), true);
  assert.equal(certificate.fits('NAS.example.org'), true);
  assert.equal(certificate.fits('other.example.org'), false);
  assert.equal(certificate.fits('127.0.0.1'), false);
  assert.equal(readCertificate(bytes(createCertificate('127.0.0.1').cert))?.fits('127.0.0.1'), true);
  assert.equal(readCertificate(bytes('no certificate')), undefined);
  assert.equal(readCertificate(bytes(own.cert.slice(0, -60))), undefined);
});

test('the last two weeks of a certificate are a fault, and so are the times before and after it', () => {
  const day = 86_400_000;
  const at = (days: number): string | undefined =>
    findTimeFault({ beginsAtMs: 0, endsAtMs: 100 * day }, days * day);
  assert.equal(at(50), undefined);
  assert.equal(at(86), undefined);
  assert.match(at(86.5) ?? '', /^Renew the certificate: it is valid for 13 more days, until 1970-04-11$/);
  assert.match(at(98.5) ?? '', /for 1 more day, /);
  assert.match(at(99.5) ?? '', /for less than a day, /);
  assert.match(
    at(100) ?? '',
    /^Renew the certificate: it was valid until 1970-04-11, and clients refuse it$/,
  );
  assert.match(at(-1) ?? '', /^Check the clock: the certificate is valid from 1970-01-01 on, and not yet$/);
});

test('a certificate that clients refuse whatever the time is warned of', () => {
  const faultsOf = (...certs: string[]): string => findCertificateFaults(bytes(...certs)).join('\n');
  const end = createCertificate('nas.example.org', { issuer: authority, extensions: [issuerOnline] });
  assert.equal(faultsOf(own.cert), '');
  assert.equal(faultsOf(issued.cert), '', 'an authority of one’s own is on the devices');
  assert.equal(faultsOf(end.cert, authority.cert), '');
  assert.match(faultsOf(end.cert), /^Use the file that contains the whole chain/);
  assert.match(faultsOf(end.cert, own.cert), /^Put the certificates in order/);
  assert.match(
    faultsOf(createCertificate('x', { hasName: false }).cert),
    /^Use a certificate with a "subject/,
  );
  assert.match(
    faultsOf(createCertificate('x', { extensions: [usageForClients] }).cert),
    /^Use a certificate for servers/,
  );
});

test('a pair that cannot be used is explained by what is wrong with it', () => {
  const explain = (cert: Buffer, key: Buffer): string => {
    const code = findTlsProblem({ cert, key });
    return code === undefined ? 'usable' : explainPair({ cert, key }, code);
  };
  const key = bytes(issued.key);
  const encrypted = createPrivateKey(issued.key).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  });
  assert.equal(explain(bytes(issued.cert, authority.cert), key), 'usable');
  assert.match(
    explain(bytes(issued.cert), bytes(own.key)),
    /^Give a certificate and the private key that belongs/,
  );
  assert.match(
    explain(bytes(authority.cert, issued.cert), key),
    /^Put the server's own certificate first in "cert"/,
  );
  assert.match(
    explain(bytes(issued.cert), bytes(encrypted.toString())),
    /^Give the private key without its passphrase/,
  );
  assert.match(
    explain(bytes(issued.cert.slice(0, 200)), key),
    /^Give whole files: one of the two ends in the middle/,
  );
  assert.match(explain(bytes(issued.cert), bytes(issued.key.slice(0, 90))), /^Give whole files/);
  assert.match(explain(key, bytes(issued.cert)), /^Swap the two files/);
  assert.match(explain(bytes(''), key), /^Give a certificate in PEM as "cert"/);
  assert.match(explain(bytes(issued.cert), bytes('')), /^Give a private key in PEM as "key"/);
  const rsa = createCertificate('nas.example.org', { issuer: authority, kind: 'rsa' });
  assert.equal(explain(bytes(rsa.cert), bytes(rsa.key)), 'usable');
  // OpenSSL itself accepts these.
  assert.match(explain(bytes(rsa.cert), key), /^Give a certificate and the private key that belongs/);
});
