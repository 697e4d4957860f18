// Notices in the form that each kind of receiver documents.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { toRequest } from '../../src/notify/messages.ts';
import { toNoticeId, toOccasions, type News } from '../../src/notify/news.ts';
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
const id = toNoticeId(runId);
const phone = { address: '192.168.1.20', label: 'phone' };
const texts: [News, string, string][] = [
  [newsOf(), `${name}: started`, 'It is running.'],
  [newsOf(undefined, { by: phone }), `${name}: started`, 'Started by phone.'],
  [newsOf(undefined, { by: { address: '192.168.1.20' } }), `${name}: started`, 'Started from 192.168.1.20.'],
  [newsOf(outcomes.succeeded), `${name}: succeeded`, 'It took 3 min 20 s.'],
  [newsOf(outcomes.succeeded, { by: phone }), `${name}: succeeded`, 'It took 3 min 20 s. Started by phone.'],
  [newsOf(outcomes.failed), `${name}: failed with exit status 3`, 'It took 3 min 20 s.'],
  [newsOf(outcomes.killed), `${name}: failed by SIGKILL`, 'It took 3 min 20 s.'],
  [newsOf(outcomes.unstarted), `${name}: failed`, 'The program does not exist.'],
  [
    newsOf(outcomes.timedOut, { by: phone }),
    `${name}: timed out`,
    'It ran for 3 min 20 s. Started by phone.',
  ],
  [newsOf(outcomes.stopped), `${name}: stopped`, 'It ran for 3 min 20 s.'],
  [
    newsOf(outcomes.lost, { elapsedMs: undefined, by: phone }),
    `${name}: lost`,
    'How it ended is not known. Started by phone.',
  ],
  [newsOf(outcomes.unconfirmed), `${name}: unconfirmed`, 'DSM did not report how it ended.'],
  [
    strangers,
    'Many wrong keys',
    'A caller at 203.0.113.0/24 is trying keys. No key was right; calls with the right keys are served as always.',
  ],
  [
    { ...newsOf(outcomes.failed), isTest: true },
    `Test: ${name}: failed with exit status 3`,
    'This is a test: nothing has happened. It took 3 min 20 s.',
  ],
  [
    newsOf(outcomes.failed, { waitedMs: 8000 }),
    `${name}: failed with exit status 3`,
    'It took 3 min 20 s. It waited 8 s for its turn.',
  ],
  [
    newsOf(outcomes.succeeded, { waitedMs: 8000, by: phone }),
    `${name}: succeeded`,
    'It took 3 min 20 s. It waited 8 s for its turn. Started by phone.',
  ],
  [newsOf(outcomes.succeeded, { waitedMs: 999 }), `${name}: succeeded`, 'It took 3 min 20 s.'],
  [newsOf(undefined, { waitedMs: 8000 }), `${name}: started`, 'It is running.'],
];

for (const [news, title, message] of texts)
  test(`Gotify, news "${title}" and "${message}": POST to /message with title and message, urgent where something is wrong`, () => {
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
  ['ping', 'https://hc-ping.com/uuid', `https://hc-ping.com/uuid/0?rid=${id}`],
  [
    'ping',
    'https://hc-ping.com/ping-key/slug/?create=1',
    `https://hc-ping.com/ping-key/slug/0?create=1&rid=${id}`,
  ],
];

for (const [type, given, asked] of addresses)
  test(`${type}: an address ${given} leads to ${asked}`, () => {
    assert.equal(toRequest(targetOf(type, given), newsOf(outcomes.succeeded))?.url, asked);
  });

test('ntfy: JSON at the root with topic, title in any script, message, priority and emoji; the token as bearer', () => {
  const target = targetOf('ntfy', 'https://ntfy.sh/my-Topic_1', { token: 'tk_1', on: ['finished'] });
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

test('ntfy: for a receiver of starts and ends, a tag keeps runs of one task apart', () => {
  const tagsOf = (news: News): unknown => {
    const body = bodyOf(targetOf('ntfy', 'https://ntfy.sh/topic'), news);
    return typeof body === 'object' && body !== null && 'tags' in body ? body.tags : undefined;
  };
  const tag = `run-${id.slice(0, 8)}`;
  assert.deepEqual(tagsOf(newsOf()), [tag]);
  assert.deepEqual(tagsOf(newsOf(outcomes.failed)), ['warning', tag]);
  assert.deepEqual(tagsOf(strangers), ['warning']);
});

test('web hook: JSON for programs, with what is known and null for what is not, and title and message for people', () => {
  const target = targetOf('webhook', 'https://n8n.example/webhook/secret');
  const at = '2027-01-31T12:00:00.000Z';
  const base = { id, task: '7', name, acceptedAt: at, startedAt: at, waitedMs: 0 };
  const endedAt = '2027-01-31T12:03:20.000Z';
  const unknown = { startedBy: null, startedFrom: null };
  const known = { startedBy: 'phone', startedFrom: '192.168.1.20' };
  const text = (i: number): object => ({ title: texts[i]?.[1], message: texts[i]?.[2] });
  assert.deepEqual(bodyOf(target, newsOf()), {
    version: 1,
    on: ['started'],
    what: 'started',
    ...base,
    ...unknown,
    ...text(0),
  });
  assert.deepEqual(bodyOf(target, newsOf(outcomes.failed, { waitedMs: 8000 })), {
    version: 1,
    on: ['finished', 'failed'],
    what: 'ended',
    ...base,
    waitedMs: 8000,
    ...unknown,
    outcome: 'failed',
    exitCode: 3,
    signal: null,
    endedAt,
    durationMs: 200_000,
    ...text(14),
  });
  assert.deepEqual(bodyOf(target, newsOf(outcomes.lost, { elapsedMs: undefined, by: phone })), {
    version: 1,
    on: ['finished', 'failed'],
    what: 'ended',
    ...base,
    ...known,
    outcome: 'lost',
    exitCode: null,
    signal: null,
    endedAt,
    durationMs: null,
    ...text(10),
  });
  assert.deepEqual(bodyOf(target, strangers), {
    version: 1,
    on: ['strangers'],
    what: 'strangers',
    network: '203.0.113.0/24',
    ...text(12),
  });
});

/** The rows of the table in the document of what web hooks get: the name, and for which events it is there. */
function loadDocumented(): string[][] {
  const lines = fs.readFileSync(path.join(import.meta.dirname, '../../docs/notices.md'), 'utf8').split('\n');
  const start = lines.findIndex((line) => line.startsWith('| Name | Sent |'));
  assert.notEqual(start, -1);
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, 3)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

test('docs/notices.md lists each name that web hooks get, and for which notices it is sent', () => {
  const target = targetOf('webhook', 'https://n8n.example/webhook/secret');
  const notices: Record<string, News> = {
    start: newsOf(),
    end: newsOf(outcomes.failed, { by: phone }),
    strangers,
    test: { ...newsOf(outcomes.failed), isTest: true },
  };
  const always = Object.keys(notices);
  const kinds: Record<string, readonly string[]> = {
    always,
    run: ['start', 'end', 'test'],
    end: ['end', 'test'],
    strangers: ['strangers'],
    test: ['test'],
  };
  const documented = loadDocumented().flatMap(([field = '', sent = '']) =>
    (kinds[sent] ?? []).map((kind) => `${kind}: ${field}`),
  );
  const sent = Object.entries(notices).flatMap(([kind, news]) =>
    Object.keys(Object(bodyOf(target, news))).map((field) => `${kind}: ${field}`),
  );
  assert.deepEqual(documented.toSorted(), sent.toSorted());
});

test('the id of a run is a UUID that all of its notices share, no other run has, and the run id does not follow from', () => {
  assert.match(id, /^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
  assert.equal(toNoticeId(runId), id);
  assert.notEqual(toNoticeId(`${runId}x`), id);
});

test('Uptime Kuma: a run of more than a day comes without its duration, which would be refused', () => {
  const target = targetOf('ping', 'https://kuma.example/api/push/secret?status=up&msg=OK&ping=');
  const pingOf = (elapsedMs: number | undefined): string | null =>
    new URL(toRequest(target, newsOf(outcomes.succeeded, { elapsedMs }))?.url ?? '').searchParams.get('ping');
  assert.deepEqual([86_400_000, 86_400_001, undefined].map(pingOf), ['86400000', null, null]);
});

test('a test leaves a monitor as it is: /log at Healthchecks, "up" at Uptime Kuma', () => {
  const news: News = { ...newsOf(outcomes.failed), isTest: true };
  const healthchecks = toRequest(targetOf('ping', 'https://hc-ping.com/uuid'), news);
  assert.equal(healthchecks?.url, `https://hc-ping.com/uuid/log?rid=${id}`);
  const kuma = new URL(toRequest(targetOf('ping', 'https://kuma.example/api/push/secret'), news)?.url ?? '');
  assert.equal(kuma.searchParams.get('status'), 'up');
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
    assert.equal(healthchecks?.url, `https://hc-ping.com/uuid/${end}?rid=${id}`);
    assert.equal(healthchecks.method, 'POST');
    assert.match(healthchecks.body ?? '', /^Überall & “Фото”: .*\. (It|DSM|How|The) /);
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
