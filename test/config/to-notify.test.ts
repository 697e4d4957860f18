// The `notify` part of a config: who is told, and what is said of mistakes, never with an address or a token.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createCertificate } from '../support/certificate.ts';
import { createJudge, withTask } from '../support/config.ts';

const withNotify = (...notify: unknown[]): object => ({ ...withTask({ command: ['/bin/true'] }), notify });
const secret = 'https://secret.example/canary';

test('each kind has its own default of what it is told', (t) => {
  const types = ['ntfy', 'gotify', 'webhook', 'ping'];
  const { loaded } = createJudge(t).judge(
    withNotify(...types.map((type) => ({ type, url: secret, ...(type === 'ping' ? {} : { token: 'tk' }) }))),
  );
  assert.deepEqual(
    loaded?.notify.map(({ type, on, tasks, token }) => [type, on, tasks, token]),
    [
      ['ntfy', ['failed'], undefined, 'tk'],
      ['gotify', ['failed'], undefined, 'tk'],
      ['webhook', ['failed'], undefined, 'tk'],
      ['ping', ['started', 'finished'], undefined, undefined],
    ],
  );
});

test('address and token may be in a file, which is watched, or in the environment', (t) => {
  const { folder, judge } = createJudge(t);
  const file = path.join(folder, 'address.txt');
  fs.writeFileSync(file, `${secret}\n`);
  const entry = {
    type: 'ntfy',
    url: { file: 'address.txt' },
    token: { env: 'TOKEN' },
    on: ['strangers'],
    tasks: ['7'],
  };
  const { loaded } = judge(withNotify(entry), { TOKEN: 'tk' });
  assert.deepEqual(loaded?.notify, [
    { type: 'ntfy', url: secret, token: 'tk', on: ['strangers'], tasks: ['7'] },
  ]);
  assert.deepEqual(loaded.files, [path.join(folder, 'config.json'), file]);
});

test('a receiver with a certificate of its own: authorities from a file, which is watched, or a fingerprint', (t) => {
  const { folder, judge } = createJudge(t);
  const { cert, fingerprint } = createCertificate('ntfy.lan');
  const file = path.join(folder, 'ca.pem');
  fs.writeFileSync(file, cert);
  const { loaded } = judge(
    withNotify({ type: 'webhook', url: secret, ca: 'ca.pem' }, { type: 'webhook', url: secret, fingerprint }),
  );
  assert.deepEqual(
    loaded?.notify.map(({ ca, fingerprint: pinned }) => [ca, pinned]),
    [
      [cert, undefined],
      [undefined, fingerprint.replaceAll(':', '').toLowerCase()],
    ],
  );
  assert.deepEqual(loaded.files, [path.join(folder, 'config.json'), file]);
});

const pin = 'ab'.repeat(32);
const plain = secret.replace('https:', 'http:');
const scheme = 'notify.0.url: Give an address that begins with https:// or http://';
const topic =
  'notify.0.url: End the address of ntfy with a topic of letters, digits, "-" and "_", as in https://ntfy.sh/my-topic';
const tokenForm =
  'notify.0.token: Give a token of one line, in ASCII and without spaces: no other can be sent';

const mistakes: [unknown, string][] = [
  [{ type: 'ntfy' }, 'notify.0.url: Give this value: it is missing'],
  [{ type: 'mail', url: secret }, 'notify.0.type: Choose one of "ntfy", "gotify", "webhook", "ping"'],
  [{ type: 'webhook', url: 'canary' }, scheme],
  [{ type: 'webhook', url: 'ftp://a.example/canary' }, scheme],
  [{ type: 'webhook', url: 'file:///canary' }, scheme],
  [{ type: 'webhook', url: '//a.example/canary' }, scheme],
  [{ type: 'webhook', url: 'https://' }, scheme],
  [
    { type: 'webhook', url: { env: 'EMPTY' } },
    'notify.0.url: Set the environment variable EMPTY: it is empty',
  ],
  [
    { type: 'webhook', url: { env: 'UNSET' } },
    'notify.0.url: Set the environment variable UNSET: it is not set',
  ],
  [
    { type: 'webhook', url: { file: 'nowhere' } },
    'notify.0.url: Put the address into this file (a relative path counts from the folder of the config). The file does not exist',
  ],
  [
    { type: 'webhook', url: 'https://me:canary%@a.example/' },
    'notify.0.url: Write "%" as "%25" in the name and password of this address',
  ],
  [{ type: 'ntfy', url: 'https://ntfy.sh' }, topic],
  [{ type: 'ntfy', url: 'https://ntfy.sh/canary%zz' }, topic],
  [{ type: 'ntfy', url: 'https://ntfy.sh/über-canary' }, topic],
  [{ type: 'ntfy', url: `https://ntfy.sh/${'canary'.repeat(11)}` }, topic],
  [
    { type: 'gotify', url: secret },
    'notify.0.url: Give the token of an application of Gotify as "token" as well',
  ],
  [{ type: 'ntfy', url: secret, token: 'canary\ncanary' }, tokenForm],
  [{ type: 'ntfy', url: secret, token: 'canary ü' }, tokenForm],
  [
    { type: 'ntfy', url: secret, token: { env: 'UNSET' } },
    'notify.0.token: Set the environment variable UNSET: it is not set',
  ],
  [
    { type: 'ping', url: secret, token: 'canary' },
    'notify.0.token: Remove this: a monitor takes no token, its address is the secret',
  ],
  [
    { type: 'ping', url: secret, on: ['strangers'] },
    'notify.0.on: Remove "strangers", or tell another than a monitor: it only knows how runs go',
  ],
  [{ type: 'webhook', url: secret, on: [] }, 'notify.0.on'],
  [
    { type: 'webhook', url: secret, on: ['canary'] },
    'notify.0.on.0: Choose one of "started", "finished", "failed", "strangers"',
  ],
  [{ type: 'webhook', url: secret, tasks: ['8'] }, 'notify.0.tasks.0: Name a task of this config by its id'],
  [
    { type: 'webhook', url: secret, topic: 'canary' },
    'notify.0.topic: Remove this unknown name, or correct it (the closest known one is "type"); known here are type, url, token, on, tasks',
  ],
  [
    { type: 'webhook', url: plain, fingerprint: pin },
    'notify.0.fingerprint: Remove this: plain HTTP knows no certificates',
  ],
  [
    { type: 'webhook', url: secret, fingerprint: 'canary' },
    'notify.0.fingerprint: Give the SHA-256 fingerprint of the certificate: 64 hexadecimal digits, colons or not',
  ],
  [
    { type: 'webhook', url: secret, ca: 'missing.pem' },
    'notify.0.ca: Give a PEM file that the daemon may read. The file does not exist',
  ],
  [
    { type: 'webhook', url: secret, ca: 'config.json' },
    'notify.0.ca: Give a PEM file with certificates: this one holds none, or a broken one',
  ],
  ['canary', 'notify.0: '],
];

for (const [entry, problem] of mistakes)
  test(`notify ${JSON.stringify(entry)} is refused: ${problem}`, (t) => {
    const { problems, message } = createJudge(t).judge(withNotify(entry), { EMPTY: '' });
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.ok(problems[0]?.replace(/^config\.json:\d+:\d+ /, '').startsWith(problem), problems[0]);
    assert.doesNotMatch(`${problems.join()} ${message}`, /canary/);
  });
