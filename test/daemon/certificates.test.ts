// The watch over certificates: what it warns of while the daemon runs, and how often.
import assert from 'node:assert/strict';
import https from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createCertificates, type Certificates } from '../../src/daemon/certificates.ts';
import { createCertificate } from '../support/certificate.ts';
import { createTestLogger, type TestLogger } from '../support/logger.ts';

const dayMs = 86_400_000;
const toPair = ({ cert, key }: { cert: string; key: string }): { cert: Buffer; key: Buffer } => ({
  cert: Buffer.from(cert),
  key: Buffer.from(key),
});

interface Watched extends TestLogger {
  readonly certificates: Certificates;
  readonly warned: () => unknown[];
  /** Lets so many days pass, with the checks that belong to them. */
  pass(days: number): void;
}

function startWatch(t: TestContext): Watched {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { logger, lines } = createTestLogger();
  let passedMs = 0;
  const wallMs = Date.now();
  const clock = { nowMs: () => passedMs, wallMs: () => wallMs + passedMs };
  const certificates = createCertificates({ logger, clock });
  t.after(certificates.close);
  return {
    certificates,
    logger,
    lines,
    warned: () => lines.splice(0).map(({ msg }) => msg),
    pass(days) {
      for (let hours = 0; hours < days * 24; hours++) {
        passedMs += dayMs / 24;
        t.mock.timers.tick(3_600_000);
      }
    },
  };
}

test('the last two weeks are warned of once a day, and a new certificate ends the warnings', (t) => {
  const { certificates, warned, pass } = startWatch(t);
  const tls = toPair(createCertificate('nas.example.org', { until: 16.5 }));
  const admin = undefined;
  certificates.use({ tls, admin });
  pass(2);
  assert.deepEqual(warned(), []);
  pass(1);
  assert.match(
    String(warned()),
    /^Certificate of the tasks: Renew the certificate: it is valid for 13 more days, [^,]*$/,
  );
  pass(2);
  assert.equal(warned().length, 2);
  pass(11);
  warned();
  pass(3);
  assert.match(String(warned()[0]), /it was valid until .*, and clients refuse it$/);
  assert.equal(certificates.states()[0]?.warnings.length, 1);
  certificates.use({ tls: toPair(createCertificate('nas.example.org', { until: 90 })), admin });
  pass(2);
  assert.deepEqual(warned(), []);
  assert.deepEqual(certificates.states()[0]?.warnings, []);
});

test('names that callers use and the certificate lacks are warned of, and those it has are not', async (t) => {
  const { certificates, warned } = startWatch(t);
  const tls = toPair(createCertificate('nas.example.org', { until: 90 }));
  certificates.use({ tls, admin: undefined });
  const server = https.createServer(tls, (request, response) => {
    certificates.noteCaller('server', request);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const call = async (servername: string, host: string): Promise<void> => {
    const options = { host: '127.0.0.1', port, servername, rejectUnauthorized: false, agent: false } as const;
    const request = https.get({ ...options, headers: { host } });
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
    response.resume();
    await once(response, 'end');
  };
  await call('nas.example.org', 'nas.example.org:1');
  await call('', `127.0.0.1:${port}`);
  await call('', 'localhost');
  await call('', 'a b\tc');
  assert.deepEqual(warned(), []);
  await call('nas', 'nas.example.org');
  await call('', '192.168.1.5:10765');
  await call('', '[fd00::1]:10765');
  await call('nas', 'nas');
  const lines = warned();
  assert.equal(lines.length, 3);
  assert.match(
    String(lines[0]),
    /^Certificate of the tasks: callers use the name nas, and it is valid for nas\.example\.org: /,
  );
  assert.deepEqual(certificates.states()[0]?.unfit, ['nas', '192.168.1.5', 'fd00::1']);
  for (let i = 0; i < 30; i++) await call('', `host-${i}`);
  assert.equal(certificates.states()[0]?.unfit.length, 20);
  certificates.use({ tls: toPair(createCertificate('nas', { until: 90 })), admin: undefined });
  assert.ok(!certificates.states()[0]?.unfit.includes('nas'));
});
