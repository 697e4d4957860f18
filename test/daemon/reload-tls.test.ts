// Certificates are changed while the daemon serves HTTPS.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';
import { writeCertificate } from '../support/certificate.ts';
import { createFolder } from '../support/daemon.ts';
import { startReloadable } from '../support/reload.ts';
import { replace } from '../support/watch.ts';

/** The name in the certificate that is shown to a new connection. */
async function findName(port: number): Promise<unknown> {
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return CN;
}

test('another certificate is shown to new connections; one that does not fit its key changes nothing', async (t) => {
  const folder = createFolder(t);
  const certificates = createFolder(t);
  const [first, second] = ['first', 'second'].map((name) => writeCertificate(certificates, name));
  assert.ok(first && second);
  const use = (from: typeof first, part: 'cert' | 'key'): void =>
    replace(path.join(folder, `${part}.pem`), fs.readFileSync(from[part], 'utf8'));
  use(first, 'cert');
  use(first, 'key');
  const daemon = await startReloadable(t, {
    folder,
    tasks: { a: { command: ['/bin/true'] } },
    server: { tls: { cert: 'cert.pem', key: 'key.pem' } },
  });
  assert.equal(await findName(daemon.port), 'first');

  use(second, 'cert');
  const { problems } = await daemon.logged(({ event }) => event === 'config-refused');
  assert.match(String(problems), /server\.tls: Give a certificate and the private key that belongs to it/);
  assert.equal(await findName(daemon.port), 'first');

  use(second, 'key');
  const { changes } = await daemon.logged(({ event }) => event === 'config-taken');
  assert.deepEqual(changes, ['another certificate']);
  assert.equal(await findName(daemon.port), 'second');

  assert.deepEqual(await daemon.takes(({ server }) => void delete server['tls']), []);
  assert.deepEqual((await daemon.logged(({ event }) => event === 'restart-needed'))['names'], ['server.tls']);
  assert.equal(await findName(daemon.port), 'second');
});
