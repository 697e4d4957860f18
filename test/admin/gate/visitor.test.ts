// Who sends a request: address and scheme behind proxies, and whether a form is our own.
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { withoutMark } from '../../../src/admin/gate/automatic.ts';
import { createVisitorReader, isFromOwnPage } from '../../../src/admin/gate/visitor.ts';

function createRequest(
  headers: Record<string, string>,
  { from = '127.0.0.1', url = '/', method = 'GET' } = {},
): IncomingMessage {
  return { headers, url, method, socket: { remoteAddress: from } } as unknown as IncomingMessage;
}

test("address, scheme and host are the proxy's word only where the proxy is trusted", () => {
  const forwarded = {
    host: '127.0.0.1:10766',
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'nas.example.org',
  };
  const read = (trustProxy: readonly string[], headers: Record<string, string>, from?: string): unknown[] => {
    const { address, isSecure, host } = createVisitorReader(
      trustProxy,
      false,
    )(createRequest(headers, from === undefined ? {} : { from }));
    return [address, isSecure, host];
  };
  assert.deepEqual(read(['127.0.0.1'], forwarded), ['203.0.113.9', true, 'nas.example.org']);
  assert.deepEqual(read(['127.0.0.1'], forwarded, '::ffff:127.0.0.1'), [
    '203.0.113.9',
    true,
    'nas.example.org',
  ]);
  assert.deepEqual(read([], forwarded), ['127.0.0.1', false, '127.0.0.1:10766']);
  assert.deepEqual(read(['10.0.0.1'], forwarded, '192.168.1.5'), ['192.168.1.5', false, '127.0.0.1:10766']);
  assert.deepEqual(read(['127.0.0.1'], { host: 'a' }), ['127.0.0.1', false, 'a']);
  assert.equal(createVisitorReader([], true)(createRequest({})).isSecure, true);
});

test("DSM's token is found in the query or in its header, and bounded", () => {
  const read = createVisitorReader([], false);
  assert.equal(read(createRequest({}, { url: '/?SynoToken=abc%2D' })).synoToken, 'abc-');
  assert.equal(read(createRequest({ 'x-syno-token': 'abc' })).synoToken, 'abc');
  assert.equal(read(createRequest({}, { url: '/?SynoToken=' })).synoToken, undefined);
  assert.equal(read(createRequest({}, { url: `/?SynoToken=${'x'.repeat(5000)}` })).synoToken?.length, 200);
});

test('a request that a page makes by itself is recognised by its mark or its path, and a form is never one', () => {
  const read = createVisitorReader([], false);
  const isAutomatic = (url: string, method = 'GET'): boolean =>
    read(createRequest({}, { url, method })).isAutomatic;
  for (const url of [
    '/?auto=1',
    '/runs/x?auto=1',
    '/runs/x?said=busy&auto=1',
    '/runs/x/events',
    '/runs/x/events?from=5',
  ]) {
    assert.equal(isAutomatic(url), true, url);
    assert.equal(isAutomatic(url, 'POST'), false, url);
  }
  const asked = [
    '/',
    '/runs/x',
    '/runs/events',
    '/tasks/events',
    '/tasks/events?x',
    '/runs/x/events/y',
    '/events',
  ];
  for (const url of [
    ...asked,
    '/?auto=0',
    '/?xauto=1',
    '/history?text=auto',
    '/history?text=auto%3D1',
    '/history?text=/runs/x/events',
  ])
    assert.equal(isAutomatic(url), false, url);
});

test('the mark is taken out of an address, and nothing else is', () => {
  for (const [url, without] of [
    ['/', '/'],
    ['/?auto=1', '/'],
    ['/runs/x?said=busy&auto=1', '/runs/x?said=busy'],
    ['/history?auto=1&kind=attempts', '/history?kind=attempts'],
    ['/history?text=auto%3D1', '/history?text=auto%3D1'],
  ] as const)
    assert.equal(withoutMark(url), without);
});

const forms: readonly (readonly [headers: Record<string, string>, isSecure: boolean, isOwn: boolean])[] = [
  [{ origin: 'http://nas:10766' }, false, true],
  [{ origin: 'https://nas:10766' }, true, true],
  [{ origin: 'https://NAS:10766' }, true, true],
  // A proxy that is not in the config does the HTTPS.
  [{ origin: 'https://nas:10766' }, false, true],
  [{ origin: 'http://nas:10766' }, true, false],
  [{ origin: 'https://nas' }, true, false],
  [{ origin: 'https://nas:10766.evil.example' }, true, false],
  [{ origin: 'https://evil.example' }, true, false],
  [{ origin: 'null' }, true, false],
  [{ origin: '' }, true, false],
  [{}, true, false],
  [{ origin: 'https://nas:10766', 'sec-fetch-site': 'same-origin' }, true, true],
  // The browser's own word, whatever a proxy made of the Host.
  [{ origin: 'https://nas.example.org:8444', 'sec-fetch-site': 'same-origin' }, false, true],
  [{ origin: 'https://nas.example.org:8444', 'sec-fetch-site': 'cross-site' }, false, false],
  [{ origin: 'https://nas.example.org:8444' }, false, false],
  [{ origin: 'https://nas:10766', 'sec-fetch-site': 'same-site' }, true, false],
  [{ origin: 'https://nas:10766', 'sec-fetch-site': 'cross-site' }, true, false],
  [{ origin: 'https://nas:10766', 'sec-fetch-site': 'none' }, true, false],
];

test('a form is our own if the browser says that it comes from this very host, by HTTPS where we speak it', () => {
  for (const [headers, isSecure, isOwn] of forms) {
    const visitor = { ...createVisitorReader([], isSecure)(createRequest({ host: 'nas:10766' })) };
    assert.equal(isFromOwnPage(createRequest(headers), visitor), isOwn, JSON.stringify([headers, isSecure]));
  }
  assert.equal(
    isFromOwnPage(
      createRequest({ origin: 'http://undefined' }),
      createVisitorReader([], false)(createRequest({})),
    ),
    false,
  );
});

test('a trusted proxy may write scheme and host in any of the usual ways', () => {
  const read = (headers: Record<string, string>): readonly unknown[] => {
    const { isSecure, host } = createVisitorReader(['127.0.0.1'], false)(createRequest(headers));
    return [isSecure, host];
  };
  const host = '127.0.0.1:10766';
  for (const [headers, expected] of [
    [
      { 'x-forwarded-proto': 'HTTPS', 'x-forwarded-host': 'nas', 'x-forwarded-port': '8444' },
      [true, 'nas:8444'],
    ],
    [{ 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'nas:8444, inner' }, [true, 'nas:8444']],
    [{ 'x-forwarded-proto': 'http, https' }, [false, host]],
    [{ 'x-forwarded-protocol': 'https' }, [true, host]],
    [{ 'x-forwarded-scheme': 'https' }, [true, host]],
    [{ 'x-url-scheme': 'https' }, [true, host]],
    [{ 'x-forwarded-ssl': 'on' }, [true, host]],
    [{ 'front-end-https': 'On' }, [true, host]],
    [{ 'x-forwarded-proto': 'http', 'x-forwarded-ssl': 'on' }, [false, host]],
    [{ forwarded: 'for=192.0.2.1;proto=https;host=nas.example.org' }, [true, 'nas.example.org']],
    [
      { forwarded: 'For="[2001:db8::1]"; Host="nas:8444"; Proto=https, for=10.0.0.1;proto=http' },
      [true, 'nas:8444'],
    ],
    [{ forwarded: 'for=nas;by=proto=https' }, [false, host]],
    [{ 'x-forwarded-host': 'nas:8444', 'x-forwarded-port': '443' }, [false, 'nas:8444']],
    [{ 'x-forwarded-host': 'nas', 'x-forwarded-port': 'x' }, [false, 'nas']],
  ] as const)
    assert.deepEqual(read({ host, ...headers }), expected, JSON.stringify(headers));
});
