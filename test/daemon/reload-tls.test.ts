// Certificates are changed while the daemon serves HTTPS.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import tls from 'node:tls';
import { createCertificate, writeCertificate } from '../support/certificate.ts';
import { runCli } from '../support/cli.ts';
import { createFolder, keyOf, magicKey } from '../support/daemon.ts';
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

test('another certificate is shown to new connections; one that does not fit its key stays out, and the rest of the config is adopted', async (t) => {
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
  const { msg } = await daemon.logged((line) => String(line['msg']).includes('server.tls: '));
  assert.match(
    String(msg),
    /server\.tls: Give a certificate and the private key that belongs to it.*certificate in use stays/,
  );
  await daemon.logged(({ event }) => event === 'config-taken');
  assert.equal(await findName(daemon.port), 'first');
  assert.deepEqual(
    await daemon.takes(({ tasks }) => void (tasks['b'] = { command: ['/bin/true'], identifier: keyOf('b') })),
    ['added b'],
  );
  assert.equal(await findName(daemon.port), 'first');

  use(second, 'key');
  const { changes } = await daemon.logged(
    (line) => line['event'] === 'config-taken' && String(line['changes']).includes('certificate'),
  );
  assert.deepEqual(changes, ['another certificate']);
  assert.equal(await findName(daemon.port), 'second');

  assert.deepEqual(await daemon.takes(({ server }) => void delete server['tls']), []);
  assert.deepEqual((await daemon.logged(({ event }) => event === 'restart-needed'))['names'], ['server.tls']);
  assert.equal(await findName(daemon.port), 'second');
});

test('links of certificates are swapped as certbot does it, from RSA to ECDSA and back; what is half done changes nothing, and what will fail soon is warned of', async (t) => {
  const folder = createFolder(t);
  const authority = createCertificate('An authority');
  const kinds = { first: 'rsa', second: 'ec', third: 'rsa', last: 'ec' } as const;
  for (const [name, kind] of Object.entries(kinds)) {
    const options = { subject: name, issuer: authority, kind, until: name === 'last' ? 3.5 : 90 };
    const { cert, key } = createCertificate('nas.example.org', options);
    fs.mkdirSync(path.join(folder, name));
    fs.writeFileSync(path.join(folder, name, 'fullchain.pem'), cert + authority.cert);
    fs.writeFileSync(path.join(folder, name, 'privkey.pem'), key, { mode: 0o600 });
  }
  fs.mkdirSync(path.join(folder, 'live'));
  const link = (file: 'fullchain.pem' | 'privkey.pem', name: keyof typeof kinds): void => {
    const at = path.join(folder, 'live', file);
    fs.symlinkSync(`../${name}/${file}`, `${at}~`);
    fs.renameSync(`${at}~`, at);
  };
  const swap = (name: keyof typeof kinds): void => {
    link('fullchain.pem', name);
    link('privkey.pem', name);
  };
  swap('first');
  const daemon = await startReloadable(t, {
    folder,
    tasks: { a: { command: ['/bin/true'] } },
    server: { tls: { cert: 'live/fullchain.pem', key: 'live/privkey.pem' } },
  });
  const shows = async (name: string): Promise<void> => assert.equal(await findName(daemon.port), name);
  /** Waits until the certificate of that name is shown, however many times the config is read until then. */
  const comesToShow = async (name: string): Promise<void> => {
    while ((await findName(daemon.port)) !== name) await setTimeout(50);
  };
  const keeps = async (why: string): Promise<void> =>
    void (await daemon.logged(({ event, msg }) => event === 'config-warning' && String(msg).includes(why)));
  await shows('first');

  swap('second');
  await comesToShow('second');

  // The key of another kind first: OpenSSL alone would accept it, and no client would get through.
  link('privkey.pem', 'third');
  await keeps('Give a certificate and the private key that belongs to it');
  await shows('second');
  link('fullchain.pem', 'third');
  await comesToShow('third');

  const chain = path.join(folder, 'third/fullchain.pem');
  const whole = fs.readFileSync(chain, 'utf8');
  fs.writeFileSync(chain, whole.slice(0, 300));
  await keeps('Give whole files');
  await shows('third');
  daemon.child.kill('SIGHUP');
  fs.writeFileSync(chain, whole);

  swap('last');
  const { msg } = await daemon.logged(({ event }) => event === 'certificate-warning');
  assert.match(String(msg), /^Certificate of the tasks: Renew the certificate: it is valid for 3 more days/);
  await shows('last');
  const socket = tls.connect({
    port: daemon.port,
    host: '127.0.0.1',
    servername: 'other.example.org',
    rejectUnauthorized: false,
  });
  socket.write(
    `GET /${magicKey}/${keyOf('a')} HTTP/1.1\r\nHost: other.example.org\r\nConnection: close\r\n\r\n`,
  );
  assert.match(await text(socket), /^HTTP\/1\.1 202 /);
  await daemon.logged(({ msg: line }) => String(line).includes('callers use the name other.example.org'));
  const { checks } = JSON.parse(
    (await runCli(['doctor', '--json', '--config', daemon.configFile])).stdout,
  ) as {
    checks: Record<string, unknown>[];
  };
  assert.deepEqual(
    checks
      .flatMap(({ what, level, message }) => (what === 'tls' ? [`${String(level)}: ${String(message)}`] : []))
      .map((line) => line.replace(/\d{4}-\d\d-\d\d/, 'DAY')),
    [
      'warning: Callers reach the tasks as other.example.org, and the certificate is not valid for that name',
      'ok: The certificate of the tasks is for nas.example.org, until DAY',
    ],
  );
  assert.ok(checks.some(({ message }) => String(message).includes('server.tls.cert: Renew the certificate')));
});
