// What receivers answer, captured from their sources and documents, and what it means: some say no with the status of a success.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { createSender } from '../../src/notify/send.ts';
import { renderDelivery, type Delivery } from '../../src/notify/delivery.ts';
import { toRequest } from '../../src/notify/messages.ts';
import type { NotifyTarget } from '../../src/notify/options.ts';
import { newsOf, targetOf } from '../support/news.ts';
import { startReceiver, type Answer } from '../support/receiver.ts';

const failed = { kind: 'failed', exitCode: 3 } as const;
const never = new AbortController().signal;
const json = (value: unknown, status = 200, headers = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});
const text = (body: string, status = 200, headers = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body,
});
/** Bodies as some proxies compress them, unasked. */
const pack = { gzip: zlib.gzipSync, deflate: zlib.deflateSync, br: zlib.brotliCompressSync } as const;
const page: Answer = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>',
};

/** Sends one notice to a receiver that gives one answer. */
async function send(
  t: { after(fn: () => void): void },
  type: NotifyTarget['type'],
  path: string,
  answer: Answer,
  parts: Partial<NotifyTarget> = {},
): Promise<Delivery> {
  const receiver = await startReceiver(t, [answer]);
  const target = targetOf(type, `${receiver.url}${path}`, parts);
  const request = toRequest(target, newsOf(failed));
  assert.ok(request);
  return await createSender(target)(request, never, 30_000);
}

const delivered = (isConfirmed: boolean, status = 200): Delivery => ({
  code: 'delivered',
  status,
  isConfirmed,
});
const kuma = '/api/push/secretToken?status=up&msg=OK&ping=';
const check = '/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278';
const topic = '/secret-topic';
const chat = '/webapi/entry.cgi?api=SYNO.Chat.External&method=incoming&version=2&token=secretToken';

type Case = [name: string, NotifyTarget['type'], path: string, Answer, Delivery];
const cases: Case[] = [
  // healthchecks.io/docs/http_api: "OK" in any case by UUID; the open-source program answers 404 "not found" (hc/api/views.py).
  ['Healthchecks', 'ping', check, text('OK'), delivered(true)],
  [
    'Healthchecks, first ping by slug',
    'ping',
    '/key/slug?create=1',
    text('Created', 201),
    delivered(true, 201),
  ],
  [
    'Healthchecks, unknown check',
    'ping',
    check,
    text('OK (not found)'),
    { code: 'denied', status: 200, said: 'not found' },
  ],
  [
    'Healthchecks, too many pings',
    'ping',
    check,
    text('OK (rate limited)'),
    { code: 'busy', status: 200, retryAfterMs: 0, said: 'rate limited' },
  ],
  [
    'Healthchecks on a server of its own, unknown check',
    'ping',
    check,
    text('not found', 404),
    { code: 'refused', status: 404, said: 'not found' },
  ],
  [
    'Healthchecks, two checks with one slug',
    'ping',
    '/key/slug',
    text('ambiguous slug', 409),
    { code: 'refused', status: 409, said: 'ambiguous …' },
  ],
  ['another monitor', 'ping', '/secret', text('Got it, thanks!', 202), delivered(false, 202)],
  ['a monitor behind a sign-in page', 'ping', check, page, { code: 'page', status: 200 }],
  // louislam/uptime-kuma, server/routers/api-router.js (push route) and server.js (every other path gets the start page).
  ['Uptime Kuma', 'ping', kuma, json({ ok: true }), delivered(true)],
  [
    'Uptime Kuma, unknown or paused monitor',
    'ping',
    kuma,
    json({ ok: false, msg: 'Monitor not found or not active.' }, 404),
    { code: 'refused', status: 404, said: 'Monitor not found or not active.' },
  ],
  [
    'Uptime Kuma behind something that makes a 200 of it',
    'ping',
    kuma,
    json({ ok: false, msg: 'Monitor not found or not active.' }),
    { code: 'denied', status: 200, said: 'Monitor not found or not active.' },
  ],
  ['Uptime Kuma, wrong path', 'ping', `/wrong${kuma}`, page, { code: 'page', status: 200 }],
  // binwiederhier/ntfy, server/errors.go and docs.ntfy.sh/publish.
  [
    'ntfy',
    'ntfy',
    topic,
    json({ id: 'sPs71M8A2T', time: 1643935928, event: 'message', topic: 'secret-topic', message: 'x' }),
    delivered(true),
  ],
  [
    'ntfy, no right to the topic',
    'ntfy',
    topic,
    json(
      { code: 40301, http: 403, error: 'forbidden', link: 'https://ntfy.sh/docs/publish/#authentication' },
      403,
    ),
    { code: 'refused', status: 403, said: 'forbidden' },
  ],
  [
    'ntfy, too large',
    'ntfy',
    topic,
    json({ code: 41303, http: 413, error: 'JSON body too large' }, 413),
    { code: 'refused', status: 413, said: 'JSON body too large' },
  ],
  [
    'ntfy, too many',
    'ntfy',
    topic,
    json({ code: 42908, http: 429, error: 'limit reached: too many messages' }, 429),
    { code: 'busy', status: 429, retryAfterMs: 0, said: 'limit reached: too many messages' },
  ],
  [
    'a receiver that quotes its secret address',
    'ntfy',
    topic,
    json({ error: 'no topic secret-topic here' }, 404),
    { code: 'refused', status: 404, said: 'no topic … here' },
  ],
  ['ntfy behind a sign-in page', 'ntfy', topic, page, { code: 'page', status: 200 }],
  ['something that is not ntfy', 'ntfy', topic, 200, delivered(false)],
  // gotify/server, error/handler.go and auth/authentication.go.
  [
    'Gotify',
    'gotify',
    '',
    json({ id: 25, appid: 5, message: 'x', title: 'y', priority: 8 }),
    delivered(true),
  ],
  [
    'Gotify, wrong token',
    'gotify',
    '',
    json(
      {
        error: 'Unauthorized',
        errorCode: 401,
        errorDescription: 'you need to provide a valid access token or user credentials to access this api',
      },
      401,
    ),
    {
      code: 'refused',
      status: 401,
      said: 'you need to provide a valid access token or user credentials to access this api',
    },
  ],
  // homeassistant/components/webhook/__init__.py, async_handle_webhook: the same for an unknown id.
  ['Home Assistant', 'webhook', '/api/webhook/secretId', { status: 200, body: '' }, delivered(false)],
  [
    'Home Assistant, web hook for another method',
    'webhook',
    '/api/webhook/secretId',
    { status: 405, body: '' },
    { code: 'refused', status: 405, said: undefined },
  ],
  // docs.slack.dev, "Sending messages using incoming webhooks": plain text, and an HTTP status for each error.
  ['Slack', 'webhook', '/services/T0/B0/secretX', text('ok'), delivered(false)],
  [
    'Slack, removed web hook',
    'webhook',
    '/services/T0/B0/secretX',
    text('no_service', 404),
    { code: 'refused', status: 404, said: 'no_service' },
  ],
  [
    'Slack, too many',
    'webhook',
    '/services/T0/B0/secretX',
    text('rate_limited', 429, { 'retry-after': '30' }),
    { code: 'busy', status: 429, retryAfterMs: 30_000, said: 'rate_limited' },
  ],
  // discord.com/developers/docs/topics/rate-limits, "Exceeding A Rate Limit": seconds with a fraction in the body.
  ['Discord', 'webhook', '/api/webhooks/1/secretX', { status: 204 }, delivered(false, 204)],
  [
    'Discord, too many',
    'webhook',
    '/api/webhooks/1/secretX',
    json({ message: 'You are being rate limited.', retry_after: 64.57, global: false }, 429, {
      'retry-after': '64',
    }),
    { code: 'busy', status: 429, retryAfterMs: 64_570, said: 'You are being rate limited.' },
  ],
  // core.telegram.org/bots/api, "Making requests" and ResponseParameters.
  [
    'Telegram, too many',
    'webhook',
    '/botsecret/sendMessage',
    json(
      {
        ok: false,
        error_code: 429,
        description: 'Too Many Requests: retry after 34',
        parameters: { retry_after: 34 },
      },
      429,
    ),
    { code: 'busy', status: 429, retryAfterMs: 34_000, said: 'Too Many Requests: retry after 34' },
  ],
  // pushover.net/api, "Response Format".
  [
    'Pushover, unknown user',
    'webhook',
    '/1/messages.json',
    json({ user: 'invalid', errors: ['user identifier is invalid'], status: 0, request: 'x' }, 400),
    { code: 'refused', status: 400, said: 'user identifier is invalid' },
  ],
  [
    'Pushover behind something that makes a 200 of it',
    'webhook',
    '/1/messages.json',
    json({ errors: ['user identifier is invalid'], status: 0 }),
    { code: 'denied', status: 200, said: 'user identifier is invalid' },
  ],
  // Synology Chat answers as all of DSM's Web API does; 411 is seen when posts follow one another within a second.
  ['Synology Chat', 'webhook', chat, json({ success: true }), delivered(true)],
  [
    'Synology Chat, wrong token',
    'webhook',
    chat,
    json({ error: { code: 404, errors: 'invalid token' }, success: false }),
    { code: 'denied', status: 200, said: 'invalid token' },
  ],
  [
    'Synology Chat, an error without words',
    'webhook',
    chat,
    json({ error: { code: 105 }, success: false }),
    { code: 'denied', status: 200, said: 'error 105' },
  ],
  [
    'Synology Chat, too fast',
    'webhook',
    chat,
    json({ error: { code: 411, errors: 'create post too fast' }, success: false }),
    { code: 'busy', status: 200, retryAfterMs: 0, said: 'create post too fast' },
  ],
  // open.dingtalk.com, custom robots; WeCom has the same names.
  [
    'DingTalk, other words than it wants',
    'webhook',
    '/robot/send?access_token=secretX',
    json({ errcode: 310000, errmsg: 'keywords not in content' }),
    { code: 'denied', status: 200, said: 'keywords not in content' },
  ],
  ['DingTalk', 'webhook', '/robot/send?access_token=x', json({ errcode: 0, errmsg: 'ok' }), delivered(false)],
  // RFC 9110, 10.2.3; a proxy or a receiver that starts.
  [
    'a receiver that starts',
    'webhook',
    '/hook',
    text('', 503, { 'retry-after': '120' }),
    { code: 'busy', status: 503, retryAfterMs: 120_000, said: undefined },
  ],
  ['a broken receiver', 'webhook', '/hook', 502, { code: 'faulty', status: 502, said: undefined }],
  // open.larksuite.com, custom bots; sct.ftqq.com (ServerChan), pushplus.plus; bark.day.app counts 200 as a success.
  [
    'Lark, wrong signature',
    'webhook',
    '/hook',
    json({ code: 19_021, msg: 'sign match fail' }),
    { code: 'denied', status: 200, said: 'sign match fail' },
  ],
  ['Bark', 'webhook', '/hook', json({ code: 200, message: 'success' }), delivered(false)],
  ['WxPusher', 'webhook', '/hook', json({ code: 1000, success: true }), delivered(true)],
  [
    'a script of JSend',
    'webhook',
    '/hook',
    json({ status: 'error', message: 'Unknown sender' }),
    { code: 'denied', status: 200, said: 'Unknown sender' },
  ],
  [
    'GraphQL',
    'webhook',
    '/hook',
    json({ errors: [{ message: 'not authorised' }], data: null }),
    { code: 'denied', status: 200, said: 'not authorised' },
  ],
  [
    'a script that knows one word',
    'webhook',
    '/hook',
    json({ error: 'bad token' }),
    { code: 'denied', status: 200, said: 'bad token' },
  ],
  ['no error', 'webhook', '/hook', json({ error: '', errors: [], status: 'ok', code: 0 }), delivered(false)],
  [
    'a connector of Microsoft Teams',
    'webhook',
    '/webhookb2/secretX',
    text('Webhook message delivery failed with error: endpoint returned HTTP error 429'),
    {
      code: 'denied',
      status: 200,
      said: 'Webhook message delivery failed with error: endpoint returned HTTP error 429',
    },
  ],
  [
    'a sign-in page that begins with a comment',
    'gotify',
    '',
    text('<!-- sign in --><html>'),
    { code: 'page', status: 200 },
  ],
  ...(['gzip', 'deflate', 'br'] as const).map((coding): Case => [
    `Uptime Kuma behind a proxy that compresses (${coding})`,
    'ping',
    kuma,
    {
      status: 200,
      headers: { 'content-type': 'application/json', 'content-encoding': coding },
      body: pack[coding]('{"ok":false,"msg":"Monitor not found or not active."}'),
    },
    { code: 'denied', status: 200, said: 'Monitor not found or not active.' },
  ]),
  [
    'a byte order mark before the JSON',
    'webhook',
    '/hook',
    text('\ufeff{"ok":false,"msg":"no"}'),
    { code: 'denied', status: 200, said: 'no' },
  ],
  ['odd JSON', 'webhook', '/hook', json([{ ok: false }]), delivered(false)],
  [
    'JSON with other types',
    'webhook',
    '/hook',
    json({ ok: 'no', id: {}, error: 7, status: '0' }),
    delivered(false),
  ],
];

for (const [name, type, path, answer, expected] of cases)
  test(`${name}: ${expected.code}, ${renderDelivery(expected)}`, async (t) => {
    assert.deepEqual(await send(t, type, path, answer, { token: 'secret-token' }), expected);
  });

test('Retry-After may be a date; one that has passed, or makes no sense, asks for nothing', async (t) => {
  const retryOf = async (value: string): Promise<number> => {
    const delivery = await send(t, 'webhook', '/hook', text('', 429, { 'retry-after': value }));
    return delivery.code === 'busy' ? delivery.retryAfterMs : -1;
  };
  const hour = await retryOf(new Date(Date.now() + 3_600_000).toUTCString());
  assert.ok(hour > 3_000_000 && hour <= 3_600_000, String(hour));
  assert.deepEqual(
    await Promise.all(['Fri, 31 Dec 1999 23:59:59 GMT', 'soon', '-5', '0.5'].map(retryOf)),
    [0, 0, 0, 500],
  );
});

test('an answer is read up to a limit only, and one that breaks off counts by its beginning', async (t) => {
  const large = await send(t, 'webhook', '/hook', text(`{"ok":false,"x":"${'x'.repeat(1_000_000)}"}`));
  assert.equal(large.code, 'delivered');
  const broken = await send(t, 'webhook', '/hook', {
    status: 200,
    headers: { 'content-length': '5' },
    body: 'x',
  });
  assert.deepEqual(broken, delivered(false));
});

test('an answer that is not quite HTTP counts as what it says, so that the notice is not sent again', async (t) => {
  const sloppy = {
    'lines without CR': 'HTTP/1.1 200 OK\nContent-Length: 11\n\n{"id":"abc"}',
    'no reason, no length': 'HTTP/1.0 200\r\n\r\n{"id":"abc"}',
    'a length and chunks':
      'HTTP/1.1 200 OK\r\nContent-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{"id":"abc"}\r\n0\r\n\r\n',
    'early hints':
      'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"id":"abc"}',
    '20 kB of cookies': `HTTP/1.1 200 OK\r\nSet-Cookie: ${'a'.repeat(20_000)}\r\nContent-Length: 12\r\n\r\n{"id":"abc"}`,
  };
  for (const [what, answer] of Object.entries(sloppy)) {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(answer));
    });
    t.after(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as net.AddressInfo;
    const target = targetOf('ntfy', `http://127.0.0.1:${port}/topic`);
    const request = toRequest(target, newsOf(failed));
    assert.ok(request);
    const delivery = await createSender(target)(request, never, 30_000);
    assert.equal(delivery.code, 'delivered', `${what}: ${renderDelivery(delivery)}`);
  }
});
