// What programs, phones and proxies really send: with both keys right it starts the task, or a line in the log names the rule in its way.
import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { right, startGate } from '../support/gate.ts';
import { exchange, mapSome, sendRaw } from '../support/raw-http.ts';

const path = `/${right.magic}/${right.task}`;
const electron =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) app/1.0 Chrome/140.0.0.0 Electron/38.0.0 Safari/537.36';
const none = (mode: string, dest = 'empty'): string =>
  `Sec-Fetch-Site: none\r\nSec-Fetch-Mode: ${mode}\r\nSec-Fetch-Dest: ${dest}\r\nUser-Agent: ${electron}`;
const http11 = (line: string, ...headers: string[]): string =>
  `${line} HTTP/1.1\r\n${['Host: nas', ...headers].join('\r\n')}\r\n\r\n`;
const cookies = (bytes: number): string => `Cookie: ${'a=0123456789; '.repeat(bytes / 14)}`;

const starting: Readonly<Record<string, string>> = {
  'HTTP/1.0 without Host (ab, old wget, a router)': `GET ${path} HTTP/1.0\r\n\r\n`,
  'HTTP/1.0 with Host (nginx by default)': `GET ${path} HTTP/1.0\r\nHost: nas\r\nConnection: close\r\n\r\n`,
  'an empty Host': `GET ${path} HTTP/1.1\r\nHost:\r\n\r\n`,
  'a Host with an underscore and a dot at its end': `GET ${path} HTTP/1.1\r\nHost: my_nas.local.:10765\r\n\r\n`,
  'a link-local Host with its zone': `GET ${path} HTTP/1.1\r\nHost: [fe80::1%eth0]:10765\r\n\r\n`,
  'a Host that is percent-encoded': `GET ${path} HTTP/1.1\r\nHost: n%C3%A4s\r\n\r\n`,
  'the form of an address that is meant for proxies': http11(`GET http://nas:10765${path}`),
  'the same, in capitals and by POST': http11(`POST HTTPS://nas${path}?_=1`, 'Content-Length: 0'),
  'a question mark alone': http11(`GET ${path}?`),
  'a query that a messenger added (fbclid)': http11(`GET ${path}?fbclid=IwAR0&utm_source=x`),
  'every character percent-encoded': http11(
    `GET /${[right.magic, right.task].map((key) => Buffer.from(key).toString('hex').replaceAll(/../g, '%$&')).join('/')}`,
  ),
  'two blanks before the address, an empty line before all': `\r\nGET  ${path} HTTP/1.1\r\nHost: nas\r\n\r\n`,
  'headers without a blank, with a tab, and with bytes above ASCII': `GET ${path} HTTP/1.1\r\nhOST:nas\r\nX-A:\t1\r\nX-B: \xe4\r\n\r\n`,
  '17 kB of cookies': http11(`GET ${path}`, cookies(17_000)),
  '40 kB of cookies': http11(`POST ${path}`, cookies(40_000), 'Content-Length: 0'),
  'an Upgrade to HTTP/2 (curl --http2, Java)': http11(
    `POST ${path}`,
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
    'Content-Length: 0',
  ),
  'a GET with the length 0 (PowerShell 7.0)': http11(`GET ${path}`, 'Content-Length: 0'),
  'a POST without a length (PowerShell, Shortcuts)': http11(`POST ${path}`),
  'Expect: 100-continue (curl with a large body, .NET)': http11(
    `POST ${path}`,
    'Expect: 100-continue',
    'Content-Length: 4',
  ).concat('a=bc'),
  'a body in chunks (Node, Go)': `${http11(`POST ${path}`, 'Transfer-Encoding: chunked')}2\r\n{}\r\n0\r\n\r\n`,
  'JSON by GET (Home Assistant, PowerShell 7)': `${http11(`GET ${path}`, 'Content-Type: application/json', 'Content-Length: 2')}{}`,
  'a malformed content type': http11(`POST ${path}`, 'Content-Type: ;', 'Content-Length: 0'),
  'an Origin and a Referer (WebView, Shortcuts in a page)': http11(
    `POST ${path}`,
    'Origin: null',
    'Referer: about:blank',
  ),
  'Slack, as a slash command': http11(
    `POST ${path}`,
    'User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)',
    'Content-Length: 0',
  ),
  'a bot of a messenger, by POST': http11(`POST ${path}`, 'User-Agent: WhatsApp/2.24.20.89 A'),
  'a range that a download library always asks for, by POST': http11(`POST ${path}`, 'Range: bytes=0-'),
  'Electron, no-cors': http11(`GET ${path}`, none('no-cors')),
  'Electron, cors': http11(`GET ${path}`, none('cors')),
  'Electron, no-cors, POST': http11(`POST ${path}`, none('no-cors')),
  'an extension, cors, POST': http11(`POST ${path}`, none('cors')),
  'a switch of Home Assistant, whose body is ON': `${http11(`POST ${path}`, 'Content-Type: application/octet-stream', 'Content-Length: 2')}ON`,
  'HTTP Shortcuts, without a body': http11(
    `POST ${path}`,
    'User-Agent: HttpShortcuts/3.20',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Length: 0',
  ),
  'multipart without a boundary': http11(
    `POST ${path}`,
    'Content-Type: multipart/form-data',
    'Content-Length: 0',
  ),
  'JSON that ends too early': `${http11(`POST ${path}`, 'Content-Type: application/json', 'Content-Length: 1')}{`,
  'a body that claims to be compressed': `${http11(`POST ${path}`, 'Content-Encoding: gzip', 'Content-Length: 3')}abc`,
  'chunks with an extension and a trailer': `${http11(`POST ${path}`, 'Transfer-Encoding: chunked')}2;a=b\r\n{}\r\n0\r\nX-T: 1\r\n\r\n`,
  'a fragment that a program did not remove': http11(`GET ${path}#top`),
  'an extension of a browser, from its own origin': http11(
    `POST ${path}`,
    'Sec-Fetch-Site: cross-site',
    'Sec-Fetch-Mode: cors',
    'Origin: moz-extension://0b1c',
    'Content-Length: 0',
  ),
  'an address that was typed': http11(`GET ${path}`, none('navigate', 'document')),
  'the fetch of Node': http11(`GET ${path}`, 'Sec-Fetch-Mode: cors', 'User-Agent: node'),
};

const ignored = /^Did not start Task for 127\.0\.0\.1: /;
const refused = /^Refused a call from 127\.0\.0\.1 /;
/** What is sent, the status, and the line in the log. */
const named: readonly (readonly [request: string, status: 400 | 404, line: RegExp])[] = [
  [`GET ${path} HTTP/1.1\r\n\r\n`, 400, /HTTP\/1\.1 without a Host header/],
  [http11(`GET ${path}`, 'Host: nas'), 400, /more than one Host header/],
  [http11(`GET ${path}`, 'Host: other'), 400, /more than one Host header/],
  [`GET ${path} HTTP/1.1\r\nHost: http://nas\r\n\r\n`, 400, /no host name in the Host header/],
  [
    `POST ${path} HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
    /Transfer-Encoding in HTTP\/1\.0/,
  ],
  [http11(`POST ${path}`, 'Transfer-Encoding: gzip, chunked'), 400, /other than chunked/],
  [http11(`POST ${path}`, 'Content-Length: 0', 'Content-Length: 0'), 400, /two Content-Length headers/],
  [http11(`POST ${path}`, 'Content-Length: 0', 'Transfer-Encoding: chunked'), 400, /together with/],
  [http11(`POST ${path}`, 'Content-Length: x'), 400, /not a number/],
  [http11(`GET ${path}`, 'X-Long: a\r\n b'), 400, /continues on the next line/],
  [http11(`get ${path}`), 400, /methods are written in capitals/],
  [http11(`GET ${path} x`), 400, /space in the address/],
  [http11(`GET ${path}\xc3\xa4`), 400, /has to be percent-encoded/],
  [http11(`GET ${path.slice(1)}`), 400, /no slash at its beginning/],
  [`GET ${path} HTTP/1.1\nHost: nas\n\n`, 400, /without CR LF/],
  [http11(`GET ${path}`, cookies(60_000)), 400, /more than 48 KiB/],
  [
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    400,
    /a TLS handshake \(https:\/\/\) on a port of plain HTTP/,
  ],
  ['PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n', 400, /the PROXY protocol/],
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, /HTTP\/2/],
  [http11(`GET ${path}/`), 404, /ends with a slash/],
  [http11(`GET /${path}`), 404, /two slashes in a row/],
  [http11(`GET /${right.magic}//${right.task}`), 404, /two slashes in a row/],
  [http11(`PUT ${path}`, 'Content-Length: 0'), 404, /PUT never starts anything/],
  [http11(`GET ${path}%20`), 404, /something was copied along with its address/],
  [http11(`GET ${path}.`), 404, /something was copied along with its address/],
  [http11(`GET /%E2%80%9C${path.slice(1)}%E2%80%9D`), 404, /something was copied along with its address/],
  [http11(`GET ${path}%E2%80%8B%0D%0A`), 404, /something was copied along with its address/],
  [http11(`GET /tasks${path}?wait=5`), 404, /a proxy for a sub-path has to remove that path/],
];

suite('honest callers', () => {
  const cleanups: (() => Promise<void> | void)[] = [];
  const t = { after: (fn: () => Promise<void> | void) => void cleanups.push(fn) };
  after(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });
  const server = { rateLimit: { runs: 1_000_000, failures: 1000 } };

  test('whatever an honest client sends with both keys starts the task', async () => {
    const gate = await startGate(t, { server });
    const answers = await mapSome(Object.entries(starting), async ([what, request]) => [
      what,
      (await exchange(gate.daemon.port, request)).text.match(/HTTP\/1\.1 (?!100)(\d+)/)?.[1],
    ]);
    assert.deepEqual(
      answers,
      Object.keys(starting).map((what) => [what, '202']),
    );
    assert.equal(await gate.runs(), Object.keys(starting).length);
  });

  test('a rule that stands in the way is named in the log, and nothing starts', async () => {
    const gate = await startGate(t, { server });
    const { daemon } = gate;
    for (const [request, status, line] of named) {
      const { statusLine } = await exchange(daemon.port, request);
      assert.match(statusLine, new RegExp(` ${status} `), request.slice(0, 200));
      const found = await daemon.logged(
        ({ msg }) => (refused.test(String(msg)) || ignored.test(String(msg))) && line.test(String(msg)),
      );
      assert.equal(found['level'], 30);
    }
    assert.equal(JSON.stringify(daemon.log()).includes(right.task), false, 'no key in the log');
    assert.equal(await gate.runs(), 0);
  });

  test('a program that asks as a browser does gets text, and the status of a failure that it waited for; a browser gets the page', async () => {
    const fails = { command: ['/bin/sh', '-c', 'echo oh; exit 3'], cooldown: '0s', output: 'all' };
    const { daemon } = await startGate(t, { server, tasks: { fails } });
    const accept = 'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const start = `${new URL(daemon.url('fails')).pathname}?wait=60`;
    const ask = async (to: string, ...headers: string[]): Promise<string> =>
      (
        await sendRaw(daemon.port, http11(`GET ${to}`, accept, 'Connection: close', ...headers), {
          quietMs: 60_000,
        })
      ).text;
    const wget2 = await ask(start, 'User-Agent: wget2/2.2.0');
    assert.match(wget2, /^HTTP\/1\.1 500 [^]*\r\n\r\noh\nTask: failed with exit status 3/);
    const run = /location: \.\.(\S+)/i.exec(wget2)?.[1] ?? '';
    assert.match(await ask(`${run}?wait=60`, 'User-Agent: wget2/2.2.0'), /^HTTP\/1\.1 500 /);
    assert.match(
      await ask(start, 'User-Agent: Mozilla/5.0 (Windows NT 10.0) WindowsPowerShell/5.1'),
      /^HTTP\/1\.1 500 /,
    );
    assert.match(
      await ask(new URL(daemon.url('fails')).pathname, 'User-Agent: wget2/1.99.1'),
      /^HTTP\/1\.1 202 [^]*\r\n\r\nTask: started, see \/runs\//,
    );
    assert.match(await ask(run, 'User-Agent: wget2/1.99.1'), /^HTTP\/1\.1 200 [^]*Task: failed/);
    assert.match(await ask(start, 'User-Agent: URL/Emacs Emacs/29.1'), /^HTTP\/1\.1 303 /);
    for (const headers of [`User-Agent: ${electron}`, 'Sec-Fetch-Mode: navigate', 'User-Agent: Lynx/2.9.2']) {
      assert.match(await ask(start, headers), /^HTTP\/1\.1 303 /);
      assert.match(await ask(`${run}?wait=60`, headers), /^HTTP\/1\.1 200 /);
    }
  });

  test('a preview with both keys leaves a line at info, a request for a part of the icon too', async () => {
    const gate = await startGate(t, { server });
    const { daemon } = gate;
    for (const below of ['', '/home'])
      await exchange(daemon.port, http11(`GET ${path}${below}`, 'User-Agent: WhatsApp/2.24.20.89 A'));
    const line = await daemon.logged(({ event }) => event === 'ignored');
    assert.deepEqual(
      [line['level'], line['msg']],
      [
        30,
        'Did not start Task for 127.0.0.1: it looks like a prefetch, a preview, or a part of another page',
      ],
    );
    assert.equal(await gate.runs(), 0);
  });
});
