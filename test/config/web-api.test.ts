// The `dsm.webapi` part of a config, and tasks that need it: what is taken, and what is said of the rest.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createCertificate } from '../support/certificate.ts';
import { createJudge, server } from '../support/config.ts';
import { keyOf } from '../support/daemon.ts';

const canary = 'Xq7canary-0123456789';
const access = { url: 'https://nas.example.org:5001/', account: 'bot', password: canary };
const config = (
  webapi: object | undefined,
  tasks: Record<string, object> = { '7': {} },
  via = 'webapi',
): object => ({
  server,
  dsm: { via, ...(webapi === undefined ? {} : { webapi }) },
  tasks: Object.fromEntries(
    Object.entries(tasks).map(([id, task]) => [id, { identifier: keyOf(id.slice(0, 20)), ...task }]),
  ),
});
const hex = 'ab'.repeat(32);

test('access is looked up where the config says, with its files; fingerprints are taken as tools print them', (t) => {
  const { judge, folder } = createJudge(t);
  const { cert } = createCertificate('nas.example.org');
  fs.writeFileSync(path.join(folder, 'password.txt'), `${canary}\n`, { mode: 0o600 });
  fs.writeFileSync(path.join(folder, 'ca.pem'), cert + cert);
  const { loaded, problems, warnings } = judge(
    config({
      ...access,
      account: { env: 'DSM_ACCOUNT' },
      password: { file: 'password.txt' },
      ca: 'ca.pem',
      deviceToken: 'token',
    }),
    { DSM_ACCOUNT: 'bot' },
  );
  assert.deepEqual([problems, warnings], [[], []]);
  const { ca, ...rest } = loaded?.nases.get('')?.webapi ?? {};
  assert.equal(ca, cert + cert);
  assert.deepEqual(rest, {
    url: 'https://nas.example.org:5001',
    account: 'bot',
    password: canary,
    deviceToken: 'token',
    fingerprint: undefined,
    insecure: false,
    deviceName: 'remotetask',
    session: undefined,
    versions: {},
  });
  assert.deepEqual(
    loaded?.files.map((file) => path.basename(file)),
    ['config.json', 'password.txt', 'ca.pem'],
  );
  for (const fingerprint of [
    hex,
    hex.toUpperCase(),
    (hex.match(/../g) ?? []).join(':'),
    `sha256:${hex}`,
    `SHA256 Fingerprint=${hex}`,
    `sha256 Fingerprint=${hex}`,
  ])
    assert.equal(judge(config({ ...access, fingerprint })).loaded?.nases.get('')?.webapi?.fingerprint, hex);
});

test('tasks become scheduled ones by number, and triggered ones by name', (t) => {
  const name = 'a "b" [c]\n😀 $(x)';
  const { loaded } = createJudge(t).judge(
    config(access, { '7': {}, camera: { triggered: name }, run: { command: ['/bin/true'] } }),
  );
  assert.deepEqual(
    loaded?.tasks.map(({ runner }) => (runner.kind === 'dsm' ? runner.task : runner.kind)),
    [{ kind: 'scheduled', id: 7 }, { kind: 'triggered', name }, 'command'],
  );
});

test('plain HTTP is for this machine only', (t) => {
  const { judge } = createJudge(t);
  for (const url of [
    'http://127.0.0.1:5000',
    'http://localhost:5000',
    'http://[::1]:5000/',
    'http://127.9.9.9',
  ])
    assert.deepEqual(judge(config({ ...access, url })).problems, [], url);
  for (const url of [
    'http://192.168.1.2:5000',
    'http://nas:5000',
    'http://127.0.0.1.example.org',
    'http://localhost.example.org',
    'http://172.17.0.1:5000',
    'http://[::2]',
  ])
    assert.match(
      judge(config({ ...access, url })).problems.join('\n'),
      /dsm\.webapi\.url: Use https:\/\/ here/,
      url,
    );
});

test('an unverified certificate is warned of at each start', (t) => {
  assert.match(
    createJudge(t)
      .judge(config({ ...access, insecure: true }))
      .warnings.join('\n'),
    /The password of DSM can be read on the way: dsm\.webapi\.insecure/,
  );
});

test('what cannot be is told with its place and remedy, and no secret is quoted', (t) => {
  const { judge, folder } = createJudge(t);
  fs.writeFileSync(path.join(folder, 'junk.pem'), canary);
  fs.writeFileSync(
    path.join(folder, 'broken.pem'),
    `-----BEGIN CERTIFICATE-----\n${canary}\n-----END CERTIFICATE-----\n`,
  );
  const cases: [config: object, problem: RegExp][] = [
    [
      config(undefined),
      /^config\.json:\d+:\d+ dsm\.via: Add "webapi" with "url", "account" and "password" to "dsm"$/,
    ],
    [
      config({ url: access.url }),
      /dsm\.webapi\.account: Give this value: it is missing\n.*dsm\.webapi\.password: Give this value: it is missing$/,
    ],
    [config({ ...access, url: canary }), /dsm\.webapi\.url: Give an address such as/],
    [config({ ...access, url: `ftp://${canary}` }), /dsm\.webapi\.url: Give an address such as/],
    [
      config({ ...access, url: `https://bot:${canary}@nas` }),
      /dsm\.webapi\.url: Take account and password out/,
    ],
    [config({ ...access, url: `https://nas/?passwd=${canary}` }), /dsm\.webapi\.url: Take everything from/],
    [
      config({ ...access, password: { env: 'DSM_NOT_THERE' } }),
      /dsm\.webapi\.password: Set the environment variable DSM_NOT_THERE: it is not set$/,
    ],
    [
      config({ ...access, password: { file: 'nowhere' } }),
      /dsm\.webapi\.password: Put the password into this file/,
    ],
    [config({ ...access, password: '' }), /dsm\.webapi\.password: /],
    [
      config({ ...access, deviceToken: { file: 'nowhere' } }),
      /dsm\.webapi\.deviceToken: Put the device token into this file/,
    ],
    [config({ ...access, fingerprint: canary }), /dsm\.webapi\.fingerprint: Give the SHA-256 fingerprint/],
    [
      config({ ...access, ca: 'nowhere.pem' }),
      /dsm\.webapi\.ca: Give a PEM file that the daemon may read\. The file does not exist$/,
    ],
    [config({ ...access, ca: 'junk.pem' }), /dsm\.webapi\.ca: Give a PEM file with certificates/],
    [config({ ...access, ca: 'broken.pem' }), /dsm\.webapi\.ca: Give a PEM file with certificates/],
    [
      config({ ...access, fingerprint: hex, insecure: true }),
      /dsm\.webapi\.insecure: Remove this: the certificate is told/,
    ],
    [
      config({ ...access, fingerprint: hex, ca: 'ca.pem' }),
      /dsm\.webapi\.ca: Remove this: "fingerprint" alone/,
    ],
    [
      config({ ...access, url: 'http://127.0.0.1:5000', fingerprint: hex }),
      /dsm\.webapi\.fingerprint: Remove this: plain HTTP knows no certificates/,
    ],
    [
      config({ ...access, passwort: canary }),
      /dsm\.webapi\.passwort: Unknown name; did you mean "password"\?/,
    ],
    [
      config(access, { camera: { triggered: 'x', command: ['/bin/true'] } }),
      /tasks\.camera\.triggered: Remove this, or the "command"/,
    ],
    [config(access, { camera: { triggered: '' } }), /tasks\.camera\.triggered: Give some text here/],
    [
      config(access, { camera: { triggered: 'a\ud800' } }),
      /tasks\.camera\.triggered: Give the name as DSM shows it/,
    ],
    [
      config(access, { camera: { triggered: 'x', cwd: '/' } }),
      /tasks\.camera\.cwd: Remove this, or add a "command"/,
    ],
    [config(access, { camera: {} }), /tasks\.camera: Add "command"/],
    [
      config(access, { camera: { triggered: 'x' } }, 'synoschedtask'),
      /tasks\.camera\.triggered: Set "via" of "dsm" to "auto"/,
    ],
  ];
  for (const [one, problem] of cases) {
    const { problems } = judge(one);
    assert.match(problems.join('\n'), problem);
    assert.doesNotMatch(problems.join('\n'), /canary/);
  }
});
