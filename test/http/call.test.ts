// What a request asks for, and whether it is somebody's wish at all.
import assert from 'node:assert/strict';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { isSpeculative, toTarget } from '../../src/http/call.ts';
import { right, startGate } from '../support/gate.ts';
import { exchange, mapSome } from '../support/raw-http.ts';

const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/604.1';
const chrome =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';
const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'user-agent': chrome };

const people = [
  '',
  safari,
  chrome,
  'curl/8.14.1',
  'Wget/1.25.0',
  'BusyBox',
  'okhttp/4.12.0',
  'Dalvik/2.1.0 (Linux; U; Android 14)',
  'Shortcuts/1 CFNetwork/1568.200.51 Darwin/24.1.0',
  'BackgroundShortcutRunner/2607 CFNetwork/1568.200.51 Darwin/24.1.0',
  'HomeAssistant/2026.10.1 aiohttp/3.13.1 Python/3.13',
  'Home Assistant/2026.10.1 (Android 14; Pixel 8)',
  'python-requests/2.32.5',
  'Python-urllib/3.13',
  'node',
  'Go-http-client/1.1',
  'PowerShell/7.5.0',
  'Tasker/6.4',
  'Apache-HttpClient/4.5.14 (Java/17)',
  'axios/1.12.0',
  'PostmanRuntime/7.45.0',
  'Google-Cloud-Scheduler',
  'Mozilla/5.0 (compatible; Google-Apps-Script; beanserver; +https://script.google.com; id: x)',
  'Mozilla/5.0 (Linux; Android 9; CUBOT X30 Build/PPR1) AppleWebKit/537.36 Chrome/90.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36 Telegram-Android/11.2 (Pixel 8)',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [LinkedInApp]/9.30',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
];

const fetchers = [
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'Slackbot 1.0 (+https://api.slack.com/robots)',
  'Slack-ImgProxy (+https://api.slack.com/robots)',
  'WhatsApp/2.24.20.89 A',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0',
  'TelegramBot (like TwitterBot)',
  'Twitterbot/1.0',
  'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
  'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com',
  'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)',
  'Mattermost-Bot/1.1',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)',
  'Mediapartners-Google',
  'FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)',
  'AdsBot-Google (+http://www.google.com/adsbot.html)',
  'GoogleOther',
  'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (Windows Phone 8.1) BingPreview/1.0b',
  'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)',
  'Synapse (bot; +https://github.com/matrix-org/synapse)',
  'Pinterest/0.2 (+https://www.pinterest.com/bot.html)',
  'Snap URL Preview Service; bot; snapchat; https://developers.snap.com/robots',
  'facebookexternalhit/1.1;line-poker/1.0',
  'Mozilla/4.0 (compatible; ms-office; MSOffice 16)',
  'Microsoft Office Existence Discovery',
  'Mozilla/5.0 (compatible; Baiduspider/2.0)',
  'Mozilla/5.0 (compatible; Yahoo! Slurp)',
  'Nextcloud Server Crawler',
  'Iframely/1.3.1 (+https://iframely.com/docs/about)',
  'Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)',
  'Mastodon/4.3.0 (http.rb/5.2.0; +https://mastodon.example/)',
  'Lemmy/0.19.5; +https://lemmy.example',
  'meta-externalfetcher/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)',
  'Valve/Steam HTTP Client 1.0 (SteamChatURLLookup)',
];

const cases: readonly (readonly [expected: boolean, what: string, headers: IncomingHttpHeaders])[] = [
  [false, 'no header at all', {}],
  ...people.map((agent) => [false, `agent ${agent}`, { 'user-agent': agent }] as const),
  ...fetchers.map((agent) => [true, `agent ${agent}`, { 'user-agent': agent }] as const),
  [false, 'an address that was typed', { ...navigation, 'sec-fetch-site': 'none', 'sec-fetch-user': '?1' }],
  [false, 'a link on another page', { ...navigation, 'sec-fetch-site': 'cross-site' }],
  [false, 'the fetch of Node', { 'sec-fetch-mode': 'cors', 'user-agent': 'node' }],
  [false, 'fetch of our own page', { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' }],
  [false, 'a form of our own page', { ...navigation, 'sec-fetch-site': 'same-origin' }],
  [true, 'prefetch', { ...navigation, 'sec-purpose': 'prefetch' }],
  [true, 'prerender', { ...navigation, 'sec-purpose': 'prefetch;prerender' }],
  [true, 'anonymous prefetch', { 'sec-purpose': 'prefetch;anonymous-client-ip' }],
  [true, 'Purpose in odd case', { purpose: 'PreFetch' }],
  [true, 'X-Purpose', { 'x-purpose': 'preview' }],
  [true, 'X-Moz', { 'x-moz': 'PREFETCH' }],
  [true, 'X-Sec-Purpose (Turbo)', { 'x-sec-purpose': 'prefetch' }],
  ...['chrome-extension://abcdef', 'moz-extension://0b1c', 'tauri://localhost', 'capacitor://localhost'].map(
    (origin) =>
      [
        false,
        `an app or extension with the origin ${origin}`,
        { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'cross-site', origin },
      ] as const,
  ),
  ...['https://evil.example', 'http://nas.local', 'null', 'file://', 'HTTPS://evil.example'].map(
    (origin) =>
      [
        true,
        `a page with the origin ${origin}`,
        { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'cross-site', origin },
      ] as const,
  ),
  [true, 'a range of bytes', { range: 'bytes=0-1023' }],
  [
    true,
    'an image',
    { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', 'sec-fetch-site': 'cross-site' },
  ],
  [
    true,
    'an image of our own page',
    { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', 'sec-fetch-site': 'same-origin' },
  ],
  [
    true,
    'a script',
    { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script', 'sec-fetch-site': 'same-site' },
  ],
  [true, 'a frame', { ...navigation, 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' }],
  [true, 'an object', { ...navigation, 'sec-fetch-dest': 'object', 'sec-fetch-site': 'none' }],
  [true, 'fetch of another page', { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'cross-site' }],
  [true, 'fetch of a neighbour', { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-site' }],
  [true, 'a web socket', { 'sec-fetch-mode': 'websocket', 'sec-fetch-site': 'cross-site' }],
  [true, 'a mode that nobody knows', { 'sec-fetch-mode': 'x' }],
  [true, 'a web socket of an app', { 'sec-fetch-mode': 'websocket', 'sec-fetch-site': 'none' }],
  ...['no-cors', 'cors', 'same-origin'].map(
    (mode) =>
      [
        false,
        `Electron or an extension, ${mode}`,
        { 'sec-fetch-mode': mode, 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'none', 'user-agent': chrome },
      ] as const,
  ),
];

/** Whether a POST is speculative, where a GET with these headers is: nothing sends a POST unasked because of its name, or a range. */
const isAsPost = (expected: boolean, what: string): boolean =>
  expected && !what.startsWith('agent') && what !== 'a range of bytes';

test('a request is speculative as its headers say, and only then', () => {
  const wrong = cases
    .filter(([expected, , headers]) => isSpeculative(headers, 'GET') !== expected)
    .map(([expected, what]) => [what, expected]);
  assert.deepEqual(wrong, []);
});

test('only what is not speculative starts a run, as GET and as POST', async (t) => {
  const gate = await startGate(t);
  const some = cases.filter(
    ([, what]) => !what.startsWith('agent') || /curl|Shortcuts|CUBOT|WhatsApp|Slackbot 1|office/.test(what),
  );
  const calls = some.flatMap(([expected, what, headers]) => [
    { expected, what, headers, method: 'GET' },
    { expected: isAsPost(expected, what), what, headers, method: 'POST' },
  ]);
  const answers = await mapSome(calls, async ({ headers, method }) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
    return await exchange(
      gate.daemon.port,
      `${method} /${right.magic}/${right.task} HTTP/1.1\r\nHost: a\r\n${lines.join('')}\r\n`,
    );
  });
  answers.forEach(({ statusLine }, i) =>
    assert.match(
      statusLine,
      calls[i]?.expected === true ? / 404 / : / 202 /,
      `${calls[i]?.method} ${calls[i]?.what}`,
    ),
  );
  assert.equal((await fetch(gate.daemon.url('count'))).status, 202);
  assert.equal(await gate.runs(), calls.filter(({ expected }) => !expected).length + 1);
  assert.deepEqual(
    gate.daemon.log().filter(({ event }) => event === 'refused' || event === 'flood'),
    [],
    'what is speculative does not count as a failure',
  );
});

/** What a request asks for, in a line: kind, keys or run id, part or query; or the mismatch. */
function read(url: string, method = 'GET', headers: IncomingHttpHeaders = {}): string {
  const target = toTarget({
    method,
    url,
    httpVersion: '1.1',
    headers: { host: 'a', ...headers },
    rawHeaders: ['Host', 'a'],
  } as unknown as IncomingMessage);
  const show = (key: Uint8Array | string): string => Buffer.from(key).toString();
  switch (target.kind) {
    case 'nothing':
      return target.mismatch;
    case 'task':
      return `${show(target.presented.magicKey)} ${show(target.presented.taskKey)} ${target.query}`;
    case 'home':
      return `${target.part} of ${show(target.presented.magicKey)} ${show(target.presented.taskKey)}`;
    case 'overview':
      return `overview of ${show(target.magicKey)}${target.isStart ? ', start' : ''} ${target.query}`;
    default:
      return `${target.kind} ${show(target.runId)} ${target.query}`;
  }
}

test('a path is decoded once, cut at its query, and never normalised', () => {
  const table: Record<string, string> = {
    '/a/b': 'a b ',
    '/a/b?wait=5': 'a b wait=5',
    '/a/b?x=/y/z#f': 'a b x=/y/z#f',
    '/a/b#f?x': 'a b ',
    '/%61/%62': 'a b ',
    '/a%2Fb/c%3Fd': 'a/b c?d ',
    '/a/%2562': 'a %62 ',
    '/a/b+c': 'a b+c ',
    '/%C3%BC/%f0%9f%94%91': 'ü 🔑 ',
    '/a/%zz': 'a  ',
    '/a/%ff': 'a  ',
    '/runs/b?wait=1': 'run b wait=1',
    '/%61/%62/home?x': 'page of a b',
    '/a/b/manifest.webmanifest': 'manifest of a b',
    '/a/b/icon-180.png': 'icon-180 of a b',
    '/a/b/icon-192.png': 'icon-192 of a b',
    '/a/b/icon-512.png': 'icon-512 of a b',
    '/a/b/icon-512-maskable.png': 'icon-512-maskable of a b',
    '/%61/?x': 'overview of a x',
    '/%zz/': 'overview of  ',
    '/a/b/': 'path',
    '/a/b/home/': 'path',
    '/a/b/Home': 'path',
    '/a/b/%68ome': 'path',
    '/a/b/icon-181.png': 'path',
    '/a/b/icon-180': 'path',
    '/a/b/toString': 'path',
    '/a/b/__proto__': 'path',
    '/a//home': 'path',
    '//b/home': 'path',
    '/runs/b/home': 'path',
    '/runs/b/run': 'path',
    '/runs/': 'path',
    '/a//': 'path',
    '/a': 'path',
    '//b': 'path',
    '//a/b': 'path',
    'http://a/b': 'path',
    'http://a:1/b/c?wait=1': 'b c wait=1',
    'HTTPS://a/b/c': 'b c ',
    'ftp://a/b/c': 'path',
    '/a/b?': 'a b ',
    '/.well-known/security.txt': 'path',
    '/a/favicon.ico': 'path',
    '/a/apple-touch-icon-120x120-precomposed.png': 'path',
    '*': 'path',
    '': 'path',
  };
  assert.deepEqual(Object.fromEntries(Object.keys(table).map((url) => [url, read(url)])), table);
  assert.equal(read('/runs/b', 'POST'), 'method');
  assert.equal(read('/runs/b/stop', 'POST'), 'stop b ');
  assert.equal(read('/runs/b/stop'), 'method');
  assert.equal(read('/a/b/home', 'POST'), 'method');
  assert.equal(read('/a/b/icon-180.png', 'HEAD'), 'preview');
  assert.equal(read('/a/?task=b', 'POST'), 'overview of a, start task=b');
  assert.equal(read('/a/b', 'PUT'), 'method');
  assert.equal(read('/a/b', 'HEAD'), 'preview');
});

test('a page may load its icons and manifest, and the overview be looked at, where a start would be speculative; fetchers may not', () => {
  const icon = {
    'sec-fetch-mode': 'no-cors',
    'sec-fetch-dest': 'image',
    'sec-fetch-site': 'same-origin',
    'user-agent': chrome,
  };
  const manifest = {
    'sec-fetch-mode': 'cors',
    'sec-fetch-dest': 'manifest',
    'sec-fetch-site': 'same-origin',
    'user-agent': chrome,
  };
  assert.equal(read('/a/b/icon-180.png', 'GET', icon), 'icon-180 of a b');
  assert.equal(read('/a/b/manifest.webmanifest', 'GET', manifest), 'manifest of a b');
  assert.equal(read('/a/?icon-180', 'GET', icon), 'overview of a icon-180');
  assert.equal(read('/a/?task=b', 'POST', icon), 'preview');
  for (const headers of [
    { 'sec-purpose': 'prefetch' },
    { range: 'bytes=0-' },
    { 'user-agent': 'Slackbot 1.0' },
  ])
    for (const url of ['/a/b/home', '/a/b/icon-180.png', '/a/'])
      assert.equal(read(url, 'GET', headers), 'preview', url);
});
