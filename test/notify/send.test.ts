// Notices on the wire: which certificates are trusted, which ports are reached, what the request says of its sender, and pauses that a receiver asks for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packageJson from '../../package.json' with { type: 'json' };
import { toRequest } from '../../src/notify/messages.ts';
import { createNotifier, type Notifier } from '../../src/notify/notifier.ts';
import type { NotifyTarget } from '../../src/notify/options.ts';
import { createSender } from '../../src/notify/send.ts';
import { createCertificate, type TestCertificate } from '../support/certificate.ts';
import { until } from '../support/daemon.ts';
import { createTestLogger } from '../support/logger.ts';
import { newsOf, targetOf } from '../support/news.ts';
import { startReceiver, type Answer, type Receiver } from '../support/receiver.ts';

const never = new AbortController().signal;
const failed = { kind: 'failed', exitCode: 3 } as const;

async function send(target: NotifyTarget): Promise<string> {
  const request = toRequest(target, newsOf(failed));
  assert.ok(request);
  const delivery = await createSender(target)(request, never, 30_000);
  return delivery.code === 'certificate' ? delivery.systemCode : delivery.code;
}

test('a certificate is trusted as the config says, and nothing is sent to anybody else', async (t) => {
  const authority = createCertificate('authority');
  const kinds: Record<string, TestCertificate> = {
    'self-signed': createCertificate('127.0.0.1'),
    'signed by the authority': createCertificate('127.0.0.1', { issuer: authority }),
    'of another name': createCertificate('ntfy.example.org', { issuer: authority }),
    expired: createCertificate('127.0.0.1', { from: -30, until: -1, issuer: authority }),
  };
  const good = 'delivered';
  const other = 'OTHER_CERTIFICATE';
  // The system's authorities, our own one, this fingerprint, another fingerprint.
  const expected: Record<string, readonly string[]> = {
    'self-signed': ['DEPTH_ZERO_SELF_SIGNED_CERT', 'DEPTH_ZERO_SELF_SIGNED_CERT', good, other],
    'signed by the authority': ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', good, good, other],
    'of another name': ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID', good, other],
    expired: ['CERT_HAS_EXPIRED', 'CERT_HAS_EXPIRED', good, other],
  };
  for (const [kind, certificate] of Object.entries(kinds)) {
    const receiver = await startReceiver(t, [200], 0, certificate);
    const fingerprint = certificate.fingerprint.replaceAll(':', '').toLowerCase();
    const trusts = [{}, { ca: authority.cert }, { fingerprint }, { fingerprint: 'ab'.repeat(32) }];
    const results = await Promise.all(
      trusts.map(async (trust) => await send(targetOf('ntfy', `${receiver.url}/topic`, trust))),
    );
    assert.deepEqual(results, expected[kind], kind);
    assert.equal(receiver.got.length, results.filter((result) => result === good).length, kind);
  }
});

test('a certificate that is not trusted ends the tries at once, and the reason says what to give', async (t) => {
  const receiver = await startReceiver(t, [200], 0, createCertificate('127.0.0.1'));
  const { notifier, lines } = createNotices(t, [targetOf('webhook', receiver.url)]);
  notifier.notify(newsOf(failed));
  await notifier.close(30_000);
  assert.equal(
    lines[0]?.['problem'],
    'its certificate is not trusted; give "ca" or "fingerprint" (DEPTH_ZERO_SELF_SIGNED_CERT)',
  );
  assert.deepEqual([lines[0]?.['event'], lines[0]?.['code']], ['notice-failed', 'certificate']);
});

test('where HTTPS is expected and plain HTTP speaks, the notice does not count as sent', async (t) => {
  const receiver = await startReceiver(t);
  const url = receiver.url.replace('http:', 'https:');
  assert.equal(await send(targetOf('webhook', url)), 'unreachable');
});

/** Ports that `fetch` and browsers refuse (fetch.spec.whatwg.org, "port blocking"). */
const refusedPorts = [6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080];

test('ports that fetch refuses are reached', async (t) => {
  let receiver: Receiver | undefined;
  for (const port of refusedPorts) receiver ??= await startReceiver(t, [200], port).catch(() => undefined);
  if (receiver === undefined)
    return t.skip(`needs one of the ports ${refusedPorts.join(', ')} to be free (stop what uses them)`);
  await assert.rejects(fetch(receiver.url), 'fetch refuses the port');
  assert.equal(await send(targetOf('webhook', `${receiver.url}/hook`)), 'delivered');
  assert.equal(receiver.got.length, 1);
});

test('a request names remotetask and its version, the host as in the address, and its length', async (t) => {
  const receiver = await startReceiver(t);
  await send(targetOf('webhook', `${receiver.url}/hook?x=%20&y=ä`));
  const [got] = receiver.got;
  assert.equal(got?.url, '/hook?x=%20&y=%C3%A4');
  const { host, 'user-agent': agent, 'content-length': length } = got?.headers ?? {};
  assert.deepEqual(
    [host, agent, length],
    [`127.0.0.1:${receiver.port}`, `remotetask/${packageJson.version}`, String(Buffer.byteLength(got.body))],
  );
});

/** A notifier with short pauses, by a clock that the test moves. */
function createNotices(
  t: { after(fn: () => Promise<void>): void },
  targets: readonly NotifyTarget[],
): { notifier: Notifier; lines: Record<string, unknown>[]; move(ms: number): void } {
  const { logger, lines } = createTestLogger();
  let movedMs = 0;
  const clock = { nowMs: () => performance.now() + movedMs, wallMs: () => Date.now() };
  const notifier = createNotifier({ targets, logger, clock, pausesMs: [1, 1], tryMs: 30_000 });
  t.after(async () => await notifier.close(0));
  return { notifier, lines, move: (ms) => void (movedMs += ms) };
}

const busy = (retryAfter: string): Answer => ({ status: 429, headers: { 'retry-after': retryAfter } });

test('a receiver that asks for a pause gets it, and so do the notices behind', async (t) => {
  const receiver = await startReceiver(t, [busy('0.4'), 200]);
  const times: number[] = [];
  const { notifier, lines } = createNotices(t, [targetOf('webhook', receiver.url)]);
  for (const exitCode of [1, 2]) notifier.notify(newsOf({ kind: 'failed', exitCode }));
  await receiver.awaits(1);
  times.push(performance.now());
  await receiver.awaits(3);
  times.push(performance.now());
  const [first = 0, last = 0] = times;
  assert.ok(last - first >= 300, `${last - first} ms`);
  assert.deepEqual(
    receiver.bodies().map(({ exitCode }) => exitCode),
    [1, 1, 2],
  );
  assert.deepEqual(lines, []);
});

test('a receiver that wants no notice for hours gets none: each is given up and logged, until the time has come', async (t) => {
  const receiver = await startReceiver(t, [busy('7200'), 200]);
  const { notifier, lines, move } = createNotices(t, [targetOf('webhook', receiver.url)]);
  for (const exitCode of [1, 2]) notifier.notify(newsOf({ kind: 'failed', exitCode }));
  await until(() => (lines.length === 2 ? true : undefined), 'two notices that are given up');
  assert.equal(receiver.got.length, 1);
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    [1, 2].map(() => 'Could not notify notify.0 (webhook) (HTTP 429, it takes no notice for 2 h)'),
  );
  move(7_200_000);
  notifier.notify(newsOf({ kind: 'failed', exitCode: 3 }));
  await notifier.close(30_000);
  assert.deepEqual(
    receiver.bodies().map(({ exitCode }) => exitCode),
    [1, 3],
  );
});

test('an answer that proves nothing is logged once for a receiver that could have given a proof', async (t) => {
  const [ntfy, hook] = await Promise.all([startReceiver(t), startReceiver(t)]);
  const { notifier, lines } = createNotices(t, [
    targetOf('ntfy', `${ntfy.url}/topic`),
    targetOf('webhook', hook.url),
  ]);
  for (let i = 0; i < 3; i++) notifier.notify(newsOf(failed));
  await notifier.close(30_000);
  assert.deepEqual(
    lines.map(({ event, target }) => [event, target]),
    [['notice-unconfirmed', 'notify.0 (ntfy)']],
  );
});
