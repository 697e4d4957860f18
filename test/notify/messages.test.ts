// Notices in the form that each kind of receiver documents.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toOccasions, toRequest, type News } from '../../src/notify/messages.ts';
import type { NotifyTarget } from '../../src/notify/options.ts';
import type { Outcome } from '../../src/outcome.ts';
import { newsOf, runId, strangers, targetOf } from '../support/news.ts';

const outcomes = {
  succeeded: { kind: 'succeeded', exitCode: 0 },
  failed: { kind: 'failed', exitCode: 3 },
  killed: { kind: 'failed', signal: 'SIGKILL' },
  unstarted: { kind: 'failed', reason: 'The program does not exist.' },
  timedOut: { kind: 'timed-out', exitCode: 0 },
  stopped: { kind: 'stopped', signal: 'SIGTERM' },
  lost: { kind: 'lost' },
  unconfirmed: { kind: 'unconfirmed' },
} as const satisfies Record<string, Outcome>;

const bodyOf = (...args: Parameters<typeof toRequest>): unknown =>
  JSON.parse(toRequest(...args)?.body ?? 'null');

const occasions: [keyof typeof outcomes, readonly string[]][] = [
  ['succeeded', ['finished']],
  ['failed', ['finished', 'failed']],
  ['killed', ['finished', 'failed']],
  ['unstarted', ['finished', 'failed']],
  ['timedOut', ['finished', 'failed']],
  ['stopped', ['finished']],
  ['lost', ['finished', 'failed']],
  ['unconfirmed', ['finished']],
];

test('occasions: a run that failed, timed out or was lost has failed; whoever is told of all ends is told of it as well', () => {
  for (const [kind, expected] of occasions)
    assert.deepEqual(toOccasions(newsOf(outcomes[kind])), expected, kind);
  assert.deepEqual(toOccasions(newsOf()), ['started']);
  assert.deepEqual(toOccasions(strangers), ['strangers']);
});

const name = 'Back up photos';
const texts: [News, string, string][] = [
  [newsOf(), `${name}: started`, 'It is running.'],
  [newsOf(outcomes.succeeded), `${name}: succeeded`, 'It succeeded after 3 min 20 s.'],
  [
    newsOf(outcomes.failed),
    `${name}: failed with exit status 3`,
    'It failed with exit status 3 after 3 min 20 s.',
  ],
  [newsOf(outcomes.killed), `${name}: failed by SIGKILL`, 'It failed by SIGKILL after 3 min 20 s.'],
  [newsOf(outcomes.unstarted), `${name}: failed`, 'It failed after 3 min 20 s. The program does not exist.'],
  [newsOf(outcomes.timedOut), `${name}: timed out`, 'It timed out after 3 min 20 s.'],
  [newsOf(outcomes.stopped), `${name}: stopped`, 'It was stopped after 3 min 20 s.'],
  [
    newsOf(outcomes.lost, { elapsedMs: undefined }),
    `${name}: lost`,
    'It was lost from sight: how it ended is not known.',
  ],
  [newsOf(outcomes.unconfirmed), `${name}: unconfirmed`, 'DSM did not report how it ended.'],
  [
    strangers,
    'Many wrong keys',
    'A caller at 203.0.113.0/24 is trying keys. No key was right; calls with the right keys are served as always.',
  ],
];

for (const [news, title, message] of texts)
  test(`Gotify, news "${title}": POST to /message with title and message, urgent where something is wrong`, () => {
    const request = toRequest(targetOf('gotify', 'https://push.example/', { token: 'tok' }), news);
    const isUrgent = title === 'Many wrong keys' || /failed|timed|lost/.test(title);
    assert.deepEqual(
      { ...request, body: JSON.parse(request?.body ?? '') },
      {
        url: 'https://push.example/message',
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Gotify-Key': 'tok' },
        body: { title, message, priority: isUrgent ? 8 : 4 },
      },
    );
  });

const addresses: [NotifyTarget['type'], string, string][] = [
  ['gotify', 'https://push.example', 'https://push.example/message'],
  ['gotify', 'https://nas.example/gotify//', 'https://nas.example/gotify/message'],
  ['gotify', 'https://push.example/message', 'https://push.example/message'],
  ['gotify', 'https://push.example/message?token=tok', 'https://push.example/message?token=tok'],
  ['gotify', 'https://push.example?token=tok', 'https://push.example/message?token=tok'],
  ['ntfy', 'https://ntfy.sh/topic', 'https://ntfy.sh/'],
  ['ntfy', 'https://ntfy.sh/topic/', 'https://ntfy.sh/'],
  ['ntfy', 'https://nas.example:8443/ntfy/topic?auth=QQ', 'https://nas.example:8443/ntfy/?auth=QQ'],
  ['webhook', 'https://ha.example/api/webhook/secret?x=%20', 'https://ha.example/api/webhook/secret?x=%20'],
  ['ping', 'https://hc-ping.com/uuid', 'https://hc-ping.com/uuid/0'],
  ['ping', 'https://hc-ping.com/ping-key/slug/?create=1', 'https://hc-ping.com/ping-key/slug/0?create=1'],
];

for (const [type, given, asked] of addresses)
  test(`${type}: an address ${given} leads to ${asked}`, () => {
    assert.equal(toRequest(targetOf(type, given), newsOf(outcomes.succeeded))?.url, asked);
  });

test('ntfy: JSON at the root with topic, title in any script, message, priority and emoji; the token as bearer', () => {
  const target = targetOf('ntfy', 'https://ntfy.sh/my-Topic_1', { token: 'tk_1' });
  const title = '写真のバックアップ — “Фото” 📷\n';
  const told = (news: News): unknown => {
    const { topic, priority, tags, title } = bodyOf(target, news) as Record<string, unknown>;
    assert.equal(topic, 'my-Topic_1');
    return [title, priority, tags];
  };
  assert.deepEqual(told(newsOf(outcomes.succeeded, { name: title })), [
    `${title}: succeeded`,
    3,
    ['white_check_mark'],
  ]);
  assert.deepEqual(told(newsOf(outcomes.timedOut)), [`${name}: timed out`, 4, ['warning']]);
  assert.deepEqual(told(newsOf(outcomes.stopped)), [`${name}: stopped`, 3, []]);
  assert.deepEqual(told(newsOf(outcomes.unconfirmed)), [`${name}: unconfirmed`, 3, []]);
  assert.deepEqual(told(newsOf()), [`${name}: started`, 3, []]);
  assert.deepEqual(told(strangers), ['Many wrong keys', 4, ['warning']]);
  const { headers } = toRequest(target, newsOf()) ?? {};
  assert.deepEqual(headers, { 'Content-Type': 'application/json', Authorization: 'Bearer tk_1' });
});

test('web hook: JSON for programs, with what is known and null for what is not, and title and message for people', () => {
  const target = targetOf('webhook', 'https://n8n.example/webhook/secret');
  const base = { task: '7', name, startedAt: '2027-01-31T12:00:00.000Z' };
  const text = (i: number): object => ({ title: texts[i]?.[1], message: texts[i]?.[2] });
  assert.deepEqual(bodyOf(target, newsOf()), { what: 'started', ...base, ...text(0) });
  const failed = { outcome: 'failed', exitCode: 3, signal: null, durationMs: 200_000 };
  assert.deepEqual(bodyOf(target, newsOf(outcomes.failed)), {
    what: 'ended',
    ...base,
    ...failed,
    ...text(2),
  });
  const lost = { outcome: 'lost', exitCode: null, signal: null, durationMs: null };
  assert.deepEqual(bodyOf(target, newsOf(outcomes.lost, { elapsedMs: undefined })), {
    what: 'ended',
    ...base,
    ...lost,
    ...text(7),
  });
  assert.deepEqual(bodyOf(target, strangers), { what: 'strangers', network: '203.0.113.0/24', ...text(9) });
});

const pings: [Outcome | undefined, string, string | undefined][] = [
  [undefined, 'start', undefined],
  [outcomes.succeeded, '0', 'up'],
  [{ kind: 'succeeded' }, '0', 'up'],
  [outcomes.failed, '3', 'down'],
  [outcomes.killed, 'fail', 'down'],
  [outcomes.unstarted, 'fail', 'down'],
  [outcomes.timedOut, 'fail', 'down'],
  [{ kind: 'timed-out', exitCode: 143 }, '143', 'down'],
  [{ kind: 'failed', exitCode: 256 }, 'fail', 'down'],
  [{ kind: 'failed', exitCode: -1 }, 'fail', 'down'],
  [{ kind: 'stopped', exitCode: 0 }, 'fail', 'down'],
  [outcomes.lost, 'fail', 'down'],
  [outcomes.unconfirmed, 'log', undefined],
];

for (const [outcome, end, status] of pings)
  test(`monitors, a run ${JSON.stringify(outcome) ?? 'begins'}: Healthchecks gets /${end}, Uptime Kuma ${status ?? 'nothing'}`, () => {
    const news = newsOf(outcome, { name: 'Überall & “Фото”' });
    const healthchecks = toRequest(targetOf('ping', 'https://hc-ping.com/uuid'), news);
    assert.equal(healthchecks?.url, `https://hc-ping.com/uuid/${end}`);
    assert.equal(healthchecks.method, 'POST');
    assert.match(healthchecks.body ?? '', /^Überall & “Фото”: .*\. (It|DSM) /);
    const kuma = toRequest(
      targetOf('ping', 'https://kuma.example/base/api/push/secret?status=up&msg=OK&ping='),
      news,
    );
    if (status === undefined) return assert.equal(kuma, undefined);
    const { pathname, searchParams } = new URL(kuma?.url ?? '');
    assert.equal(kuma?.method, 'GET');
    assert.equal(pathname, '/base/api/push/secret');
    assert.deepEqual([...searchParams.keys()], ['status', 'msg', 'ping']);
    assert.equal(searchParams.get('status'), status);
    assert.equal(searchParams.get('msg'), healthchecks.body);
    assert.equal(searchParams.get('ping'), '200000');
  });

test('monitors are not told of strangers', () => {
  for (const url of ['https://hc-ping.com/uuid', 'https://kuma.example/api/push/secret'])
    assert.equal(toRequest(targetOf('ping', url), strangers), undefined);
});

test('name and password of an address become a header, and leave the address; a token goes before them', () => {
  const basic = toRequest(targetOf('webhook', 'https://me:p%40ss%20w@ha.example/hook'), newsOf());
  assert.equal(basic?.url, 'https://ha.example/hook');
  assert.equal(basic.headers['Authorization'], `Basic ${Buffer.from('me:p@ss w').toString('base64')}`);
  const bearer = toRequest(targetOf('ntfy', 'https://me:pass@ntfy.sh/topic', { token: 'tk' }), newsOf());
  assert.deepEqual([bearer?.url, bearer?.headers['Authorization']], ['https://ntfy.sh/', 'Bearer tk']);
});

test('no notice holds the run id, or what the run printed', () => {
  for (const type of ['ntfy', 'gotify', 'webhook', 'ping'] as const)
    for (const outcome of [undefined, ...Object.values(outcomes)]) {
      const text = JSON.stringify(toRequest(targetOf(type, 'https://a.example/b'), newsOf(outcome)));
      assert.equal(text.includes(runId) || text.includes('what it printed'), false, text);
    }
});
