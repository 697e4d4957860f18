// The `admin` part of a config: what is taken, and what is said of the rest.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { adminPassword, adminPasswordHash } from '../support/admin.ts';
import { writeCertificate } from '../support/certificate.ts';
import { createJudge, withTask } from '../support/config.ts';

const withAdmin = (admin: object, more: object = {}): object => ({
  ...withTask({ command: ['/bin/true'] }),
  ...more,
  admin,
});
const webapi = { url: 'https://nas.example.org:5001', account: 'bot', password: 'Xq7canary-0123456789' };

test('there is no admin page unless it is configured', (t) => {
  assert.equal(createJudge(t).judge(withTask({})).loaded?.admin, undefined);
});

test('what is left out has its default: loopback only, the sign-in page, and watchers of this machine', (t) => {
  const { loaded } = createJudge(t).judge(withAdmin({ gate: 'dsm' }));
  assert.deepEqual(loaded?.admin, {
    listen: '127.0.0.1',
    port: 10_766,
    trustProxy: [],
    signInPage: true,
    tls: undefined,
    watchers: ['127.0.0.0/8', '::1'],
    gate: {
      kind: 'dsm',
      authenticateCgi: undefined,
      loginCgi: '/usr/syno/synoman/webman/login.cgi',
      group: 101,
    },
  });
});

test('the hash of the password is looked up where the config says; its file and the certificate are watched', (t) => {
  const { judge, folder } = createJudge(t);
  writeCertificate(folder, 'admin');
  fs.writeFileSync(path.join(folder, 'hash.txt'), `${adminPasswordHash}\n`);
  const tls = { cert: 'admin.crt', key: 'admin.key' };
  const { loaded, problems } = judge(withAdmin({ gate: 'password', password: { file: 'hash.txt' }, tls }));
  assert.deepEqual(problems, []);
  assert.equal(loaded?.admin?.gate.kind, 'password');
  assert.ok(loaded.admin.tls?.cert.includes('BEGIN CERTIFICATE'));
  assert.deepEqual(
    loaded.files.map((file) => path.basename(file)),
    ['config.json', 'hash.txt', 'admin.crt', 'admin.key'],
  );
});

test("the gate by DSM's Web API knows where DSM is, and nothing of the daemon's own account", (t) => {
  const { loaded } = createJudge(t).judge(withAdmin({ gate: 'webapi' }, { dsm: { webapi } }));
  assert.deepEqual(loaded?.admin?.gate, {
    kind: 'webapi',
    nas: {
      url: webapi.url,
      ca: undefined,
      fingerprint: undefined,
      insecure: false,
      deviceName: 'remotetask',
      session: undefined,
      versions: {},
    },
  });
});

const refused: readonly (readonly [admin: object, message: RegExp])[] = [
  [{}, /admin\.gate: Choose one of "dsm", "dsm-login", "webapi", "password"/],
  [{ gate: 'dsm', port: 10_765 }, /admin\.port: Give the admin page a port of its own/],
  [
    { gate: 'password' },
    /admin\.gate: Add "password" with the hash of a password; `remotetask admin password` makes one/,
  ],
  [
    { gate: 'password', password: adminPassword },
    /admin\.password: Give the hash of a password here, not the password itself/,
  ],
  [{ gate: 'password', password: { env: 'UNSET' } }, /admin\.password: Set the environment variable/],
  [
    { gate: 'dsm', password: adminPasswordHash },
    /admin\.password: Remove this, or choose the gate "password"/,
  ],
  [{ gate: 'password', password: adminPasswordHash, signInPage: false }, /admin\.signInPage: Leave this out/],
  [{ gate: 'webapi' }, /admin\.gate: Add "webapi" to "dsm"/],
  [{ gate: 'dsm', listen: 'localhost' }, /admin\.listen: Give an IP address/],
  [{ gate: 'dsm', trustProxy: ['::ffff:10.0.0.0/8'] }, /admin\.trustProxy\.0: Give an address or network/],
  [{ gate: 'dsm', loginCgi: 'login.cgi' }, /admin\.loginCgi: Give the full path/],
  [
    { gate: 'dsm', metrics: { allow: ['everybody'] } },
    /admin\.metrics\.allow\.0: Give an address or a network/,
  ],
  [{ gate: 'dsm', tls: { cert: 'no.crt', key: 'no.key' } }, /admin\.tls\.cert: Give a PEM file/],
];

test('what cannot be is refused, with its place and its remedy, and without the password', (t) => {
  const { judge } = createJudge(t);
  for (const [admin, message] of refused) {
    const { problems } = judge(withAdmin(admin));
    assert.ok(
      problems.some((problem) => message.test(problem)),
      `${message}: ${problems.join('\n')}`,
    );
    assert.ok(!problems.join('\n').includes(adminPassword));
  }
});

test('an admin page that others can overhear is warned of', (t) => {
  const { judge, folder } = createJudge(t);
  writeCertificate(folder, 'admin');
  const tls = { cert: 'admin.crt', key: 'admin.key' };
  const warns = (admin: object): boolean =>
    judge(withAdmin({ gate: 'dsm', ...admin })).warnings.some((warning) =>
      warning.includes('Sessions and passwords'),
    );
  assert.deepEqual(
    [warns({ listen: '0.0.0.0' }), warns({ listen: '::' }), warns({}), warns({ listen: '0.0.0.0', tls })],
    [true, true, false, false],
  );
});
