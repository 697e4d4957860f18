// HTTP calls to DSM: which certificates are trusted, and what becomes of invalid answers.
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { createDsmHttp, type HttpResult } from '../../src/dsm/http.ts';
import { createCertificate, type TestCertificate } from '../support/certificate.ts';
import { findPort, until } from '../support/daemon.ts';
import { startFakeDsm, type Fault } from '../support/fake-dsm/fake-dsm.ts';
import { createAccess } from '../support/web-api.ts';

const never = new AbortController().signal;
const path = 'query.cgi?api=SYNO.API.Info&version=1&method=query&query=all';
const form = 'api=SYNO.API.Auth&version=7&method=login&account=a&passwd=b';
const show = (result: HttpResult): unknown =>
  result.kind === 'none' ? `${result.code}${result.wasSent ? ', sent' : ''}` : result.status;

test('a certificate is trusted as the config says, and no other server receives anything', async (t) => {
  const authority = createCertificate('authority');
  const kinds: Record<string, TestCertificate> = {
    'self-signed': createCertificate('127.0.0.1'),
    'signed by the authority': createCertificate('127.0.0.1', { issuer: authority }),
    'of another name': createCertificate('nas.example.org', { issuer: authority }),
    expired: createCertificate('127.0.0.1', { from: -30, until: -1, issuer: authority }),
    'not valid yet': createCertificate('127.0.0.1', { from: 2, until: 30, issuer: authority }),
  };
  const expected: Record<string, [unknown, unknown, unknown, unknown, unknown]> = {
    // The system's authorities, our own one, this fingerprint, another fingerprint, any certificate.
    'self-signed': [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      200,
      'OTHER_CERTIFICATE',
      200,
    ],
    'signed by the authority': ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 200, 200, 'OTHER_CERTIFICATE', 200],
    'of another name': [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      200,
      'OTHER_CERTIFICATE',
      200,
    ],
    expired: ['CERT_HAS_EXPIRED', 'CERT_HAS_EXPIRED', 200, 'OTHER_CERTIFICATE', 200],
    'not valid yet': ['CERT_NOT_YET_VALID', 'CERT_NOT_YET_VALID', 200, 'OTHER_CERTIFICATE', 200],
  };
  for (const [kind, certificate] of Object.entries(kinds)) {
    const dsm = await startFakeDsm(t, { certificate });
    const fingerprint = certificate.fingerprint.replaceAll(':', '').toLowerCase();
    const trusts = [
      {},
      { ca: authority.cert },
      { fingerprint },
      { fingerprint: 'ab'.repeat(32) },
      { insecure: true },
    ];
    const results = await Promise.all(
      trusts.map(async (trust) => show(await createDsmHttp(createAccess(dsm, trust))({ path, form }, never))),
    );
    assert.deepEqual(results, expected[kind], kind);
    assert.equal(
      dsm.calls.length,
      results.filter((result) => result === 200).length,
      `${kind}: calls that arrived`,
    );
  }
});

test('invalid answers are distinguished, bounded, and never followed elsewhere', async (t) => {
  let fault: Fault | undefined;
  const dsm = await startFakeDsm(t, { settings: { fault: () => fault } });
  const send = createDsmHttp(createAccess(dsm));
  const cases: [Fault, unknown][] = [
    ['502', 502],
    ['redirect', 302],
    ['huge', 'TOO_LARGE, sent'],
    ['cut', 'ECONNRESET, sent'],
    ['cut-after', 'ECONNRESET, sent'],
    ['empty', 200],
    ['slow', 200],
  ];
  for (const [kind, expected] of cases) {
    fault = kind;
    assert.equal(show(await send({ path, form }, never)), expected, kind);
  }
  assert.equal(dsm.calls.length, cases.length);
  fault = 'hang';
  const stop = new AbortController();
  const hanging = send({ path }, stop.signal);
  await until(() => (dsm.calls.length > cases.length ? true : undefined), 'the call');
  stop.abort();
  assert.equal(show(await hanging), 'STOPPED, sent');
  assert.equal(show(await send({ path }, stop.signal)), 'STOPPED');
});

test('if the other side speaks neither HTTP nor HTTPS, a call counts as sent only if it was', async (t) => {
  const dsm = await startFakeDsm(t);
  const deaf = net.createServer((socket) => socket.on('error', () => {}).end()).listen(0, '127.0.0.1');
  t.after(() => void deaf.close());
  await until(() => (deaf.listening ? true : undefined), 'the server');
  const { port } = deaf.address() as net.AddressInfo;
  const cases: [url: string, RegExp][] = [
    [`http://127.0.0.1:${await findPort()}`, /^ECONNREFUSED$/],
    [
      dsm.url.replace('http:', 'https:'),
      /^(?:ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|EPROTO)$/,
    ],
    [`https://127.0.0.1:${port}`, /^ECONNRESET$/],
    [`http://127.0.0.1:${port}`, /^(?:ECONNRESET|EPIPE), sent$/],
    ['https://nas.invalid:5001', /^(?:ENOTFOUND|EAI_AGAIN)$/],
  ];
  for (const [url, expected] of cases)
    assert.match(
      String(show(await createDsmHttp(createAccess({ url }))({ path, form }, never))),
      expected,
      url,
    );
});

test('a path in front of DSM, as some reverse proxies have it, stays', async (t) => {
  const dsm = await startFakeDsm(t);
  const send = createDsmHttp(createAccess({ url: `${dsm.url}/nas` }));
  await send({ path }, never);
  assert.match(dsm.calls[0]?.url ?? '', /^\/nas\/webapi\/query\.cgi\?/);
});
