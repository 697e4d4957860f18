// The admin listener from outside: who is not let in learns nothing and changes nothing, whatever is sent.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { toKeyDigest } from '../../src/keys.ts';
import { adminPassword, signInAdmin, startAdmin, type AdminDaemon } from '../support/admin.ts';
import { createFolder, keyOf, magicKey, until } from '../support/daemon.ts';
import { listen } from '../support/events.ts';
import { writePast } from '../support/past.ts';
import { exchange, withoutDate, toLocationPath } from '../support/raw-http.ts';

const tasks = {
  hello: { name: 'Hello', command: ['/bin/sh', '-c', 'echo hello'], output: 'all', cooldown: '0s' },
};
const starts = (daemon: AdminDaemon): number =>
  daemon.history().filter(({ event }) => event === 'start').length;

async function post(
  url: string,
  headers: Record<string, string>,
  form: Record<string, string> = {},
): Promise<Response> {
  return await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form), redirect: 'manual' });
}

suite('the admin listener', { concurrency: 4 }, () => {
  test('without a session every address shows the sign-in page, and nothing is started or told', async (t) => {
    const daemon = await startAdmin(t, { tasks });
    for (const path of [
      '/',
      '/history',
      '/runs/x',
      '/tasks/hello',
      '/system',
      '/no-such-page',
      '/metrics/',
      '/tasks/hello/run',
      '/sign-out',
    ]) {
      const answer = await fetch(daemon.admin + path);
      const body = await answer.text();
      assert.deepEqual([path, answer.status, body.includes('name="password"')], [path, 403, true]);
      assert.ok(!body.includes('Hello'), path);
    }
    for (const path of ['/tasks/hello/run', '/tasks/hello/address', '/sign-out']) {
      const answer = await post(daemon.admin + path, { origin: daemon.admin }, { csrf: 'x' });
      assert.equal(answer.status, 403);
      assert.ok(!(await answer.text()).includes(keyOf('hello')));
    }
    assert.equal(starts(daemon), 0);
  });

  test('with signInPage off, and for whatever is no page, the answer is that of any stranger, byte for byte', async (t) => {
    const daemon = await startAdmin(t, {
      tasks,
      admin: { gate: 'dsm', password: undefined, signInPage: false },
    });
    const get = (path: string, method = 'GET', more = ''): string =>
      `${method} ${path} HTTP/1.1\r\nHost: a\r\n${more}Connection: close\r\n\r\n`;
    const stranger = withoutDate(await exchange(daemon.port, get('/')));
    const asked = [
      '/',
      '/history',
      '/sign-in',
      '/tasks/hello',
      '/%zz',
      `/tasks/${'x'.repeat(5000)}`,
      '//',
      '/metrics',
    ];
    for (const path of asked) {
      const proxied = 'X-Forwarded-For: 203.0.113.9\r\n';
      assert.equal(withoutDate(await exchange(daemon.adminPort, get(path, 'GET', proxied))), stranger, path);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'QUERY'])
      assert.equal(
        withoutDate(
          await exchange(daemon.adminPort, get('/tasks/hello/run', method, 'Content-Length: 0\r\n')),
        ),
        stranger,
        method,
      );
    assert.equal(withoutDate(await exchange(daemon.adminPort, get('/', 'GET', 'Expect: x\r\n'))), stranger);
    const head = withoutDate(await exchange(daemon.adminPort, get('/', 'HEAD')));
    assert.equal(head, stranger.slice(0, head.length));
    const broken = await exchange(daemon.adminPort, 'BREW / HTTP/1.1\r\n\r\n');
    assert.deepEqual(
      [broken.statusLine, broken.body],
      ['HTTP/1.1 400 Bad Request', stranger.split('\r\n\r\n')[1]],
    );
  });

  test('the history is exported whole, as CSV and JSON, to an admin on our own page only', async (t) => {
    const folder = createFolder(t);
    const days = [4, 5, 5, 6].map((day, i) => ({
      run: `${i}`.padEnd(22, '.'),
      name: `${day}`,
      at: new Date(2026, 0, day, 23, 59).getTime(),
      outcome: { kind: 'succeeded' as const, exitCode: 0 },
    }));
    writePast(folder, days);
    const daemon = await startAdmin(t, {
      folder,
      tasks: { ...tasks, odd: { name: '=cmd|"x"', command: ['/bin/false'], cooldown: '0s' } },
      server: { rateLimit: { runs: 1000, failures: 1000 } },
    });
    for (let i = 0; i < 120; i++) await fetch(`${daemon.base}/wrong/${keyOf('hello')}`);
    await fetch(`${daemon.url('odd')}?wait=20`);
    await fetch(`${daemon.url('hello')}?wait=20`);
    const { cookie } = await signInAdmin(daemon);
    const load = async (query: string, headers: Record<string, string> = { cookie }): Promise<Response> =>
      await fetch(`${daemon.admin}/history/export?${query}`, { headers });
    const runs = (await (await load('format=json')).json()) as Record<string, unknown>[];
    assert.deepEqual(
      runs.map(({ name, outcome, exitCode, label }) => [name, outcome, exitCode, label]),
      [
        ['Hello', 'succeeded', 0, null],
        ['=cmd|"x"', 'failed', 1, null],
        ...['6', '5', '5', '4'].map((name) => [name, 'succeeded', 0, null]),
      ],
    );
    const namesOf = async (query: string): Promise<unknown[]> =>
      ((await (await load(`format=json&${query}`)).json()) as { name: string }[]).map(({ name }) => name);
    assert.deepEqual(
      [await namesOf('from=2026-01-05&to=2026-01-05'), await namesOf('to=2026-01-05')],
      [
        ['5', '5'],
        ['5', '5', '4'],
      ],
    );
    assert.equal((await load('format=csv&from=2026-02-30')).status, 404);
    const csv = await load('format=csv&result=failed');
    assert.match(csv.headers.get('content-disposition') ?? '', /attachment; filename="remotetask-runs\.csv"/);
    assert.equal(csv.headers.get('cache-control'), 'no-store');
    const [head, row, ...rest] = (await csv.text()).split('\r\n');
    assert.match(head ?? '', /^run,task,name,label,address,/);
    assert.match(row ?? '', /^[\w-]{22},odd,"'=cmd\|""x""",,127\.0\.0\.1,.*,failed,1,,$/);
    assert.deepEqual(rest, ['']);
    const attempts = (await (await load('kind=attempts&format=json')).json()) as { result: string }[];
    const strangers = attempts.filter(({ result }) => result === 'magic-key');
    assert.deepEqual([strangers.length, attempts[0]?.result], [120, 'started']);
    assert.equal((await load('format=xml')).status, 404);
    assert.equal((await load('format=csv&network=999.1')).status, 404);
    assert.equal((await load('format=csv', {})).status, 403);
    for (const site of ['cross-site', 'same-site'])
      assert.equal((await load('format=csv', { cookie, 'sec-fetch-site': site })).status, 403);
    assert.equal((await load('format=csv', { cookie, 'sec-fetch-site': 'same-origin' })).status, 200);
    assert.ok(daemon.log().some(({ event, kind }) => event === 'history-exported' && kind === 'attempts'));
  });

  test('a form is obeyed with session, token and origin only; each missing or foreign one is refused', async (t) => {
    const daemon = await startAdmin(t, { tasks });
    const { cookie, csrf } = await signInAdmin(daemon);
    const run = `${daemon.admin}/tasks/hello/run`;
    const own = { cookie, origin: daemon.admin };
    const refused: readonly (readonly [
      what: string,
      headers: Record<string, string>,
      form: Record<string, string>,
    ])[] = [
      ['no origin', { cookie }, { csrf }],
      ['origin null', { cookie, origin: 'null' }, { csrf }],
      ['another origin', { cookie, origin: 'https://evil.example' }, { csrf }],
      ['the origin as a part', { cookie, origin: `${daemon.admin}.evil.example` }, { csrf }],
      ['another port', { cookie, origin: daemon.base }, { csrf }],
      ['another site, says the browser', { ...own, 'sec-fetch-site': 'cross-site' }, { csrf }],
      ['the same site only', { ...own, 'sec-fetch-site': 'same-site' }, { csrf }],
      ['no token', own, {}],
      ['an empty token', own, { csrf: '' }],
      ['another token', own, { csrf: `${csrf}x` }],
      ['the token in the wrong place', own, { token: csrf }],
      ['no cookie', { origin: daemon.admin }, { csrf }],
      ['another cookie', { cookie: `${cookie}x`, origin: daemon.admin }, { csrf }],
      [
        'an unlisted proxy that names another host',
        { cookie, origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
        { csrf },
      ],
    ];
    for (const [what, headers, form] of refused)
      assert.deepEqual([what, (await post(run, headers, form)).status], [what, 403]);
    for (const [type, body] of [
      ['application/json', JSON.stringify({ csrf })],
      ['text/plain', `csrf=${csrf}`],
      ['application/x-www-form-urlencoded', `csrf=${csrf}&more=${'x'.repeat(20_000)}`],
    ] as const)
      assert.ok(
        (await fetch(run, { method: 'POST', headers: { ...own, 'content-type': type }, body })).status >= 400,
        type,
      );
    assert.equal((await fetch(run, { headers: { cookie } })).status, 404, 'nothing is started by a GET');
    assert.equal(starts(daemon), 0);
    const done = await post(run, { ...own, 'sec-fetch-site': 'same-origin' }, { csrf });
    assert.deepEqual(
      [done.status, /^\/runs\/[\w-]{22}$/.test(toLocationPath(done.headers.get('location'))), starts(daemon)],
      [303, true, 1],
    );
    assert.deepEqual(daemon.history().map(({ label, address }) => [label, address])[0], [
      'admin (owner)',
      '127.0.0.1',
    ]);
    assert.ok(daemon.log().some(({ msg }) => msg === 'Started Hello for admin (owner), 127.0.0.1'));
  });

  test('signing in needs the right password and our own page; signing out ends the session for good', async (t) => {
    const daemon = await startAdmin(t, { tasks });
    const signIn = `${daemon.admin}/sign-in`;
    assert.equal(
      (await post(signIn, { origin: 'https://evil.example' }, { password: adminPassword })).headers.get(
        'set-cookie',
      ),
      null,
    );
    assert.equal((await post(signIn, {}, { password: adminPassword })).status, 403);
    const wrong = await post(signIn, { origin: daemon.admin }, { password: 'wrong', to: '/history' });
    const page = await wrong.text();
    assert.deepEqual(
      [wrong.status, page.includes('role="alert"'), page.includes('value="/history"')],
      [403, true, true],
    );
    for (const [to, location] of [
      ['/history?kind=attempts', '/history?kind=attempts'],
      ['/tasks/events', '/tasks/events'],
      ['/runs/x/events?from=5', '/'],
      ['//evil.example', '/'],
      ['https://evil.example/', '/'],
      ['/\\evil.example', '/'],
      ['/sign-out', '/'],
    ] as const)
      assert.equal(
        (await post(signIn, { origin: daemon.admin }, { password: adminPassword, to })).headers.get(
          'location',
        ),
        `.${location}`,
      );
    const { cookie, csrf } = await signInAdmin(daemon);
    assert.equal((await fetch(daemon.admin, { headers: { cookie } })).status, 200);
    const out = await post(`${daemon.admin}/sign-out`, { cookie, origin: daemon.admin }, { csrf });
    assert.deepEqual([out.status, out.headers.get('location')], [303, './']);
    assert.match(out.headers.get('set-cookie') ?? '', /Max-Age=0/);
    assert.equal(
      (await fetch(daemon.admin, { headers: { cookie } })).status,
      403,
      'the old cookie opens nothing',
    );
  });

  test('when a session is over the page says so, also to a tab that loads itself; without a session it says nothing of one', async (t) => {
    const daemon = await startAdmin(t, { tasks });
    const ask = async (
      path: string,
      cookie: string | undefined,
    ): Promise<[status: number, saysSo: boolean, form: boolean, setsCookie: boolean]> => {
      const answer = await fetch(daemon.admin + path, cookie === undefined ? {} : { headers: { cookie } });
      const body = await answer.text();
      return [
        answer.status,
        body.includes('Your session is over. Sign in again.'),
        body.includes('name="password"'),
        answer.headers.has('set-cookie'),
      ];
    };
    const over = 'remotetask-admin=over';
    assert.deepEqual(await ask('/', undefined), [403, false, true, false]);
    assert.deepEqual(await ask('/?auto=1', over), [403, true, true, false]);
    assert.deepEqual(await ask(`/runs/${'x'.repeat(22)}/events`, over), [403, true, true, false]);
    assert.deepEqual(await ask('/history', over), [403, true, true, true]);
    const page = await (await fetch(`${daemon.admin}/runs/x?auto=1`)).text();
    assert.ok(page.includes('name="to" value="/runs/x"'), 'the mark is not kept over the sign-in');
  });

  test('pages are kept by nobody, and run nothing but their own script', async (t) => {
    const daemon = await startAdmin(t, { tasks });
    const { cookie } = await signInAdmin(daemon);
    for (const path of ['/', '/no-such-page', '/healthz', '/metrics', '/sign-in']) {
      const { headers } = await fetch(daemon.admin + path, { headers: { cookie }, redirect: 'manual' });
      assert.deepEqual(
        [
          'cache-control',
          'referrer-policy',
          'x-content-type-options',
          'x-robots-tag',
          'cross-origin-opener-policy',
          'server',
          'etag',
        ].map((name) => headers.get(name)),
        ['no-store', 'same-origin', 'nosniff', 'noindex, nofollow', 'same-origin', null, null],
        path,
      );
      assert.match(
        headers.get('content-security-policy') ?? '',
        /^default-src 'none'; style-src 'sha256-[^']+';.* form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe|https?:/);
    }
  });

  test('tasks and output that look like HTML are text, and keys are shown on demand only', async (t) => {
    const nasty = '<img src=x onerror=alert(1)>"\'&';
    const daemon = await startAdmin(t, {
      tasks: {
        'a/b ?&"<': { name: nasty, command: ['/bin/echo', '</pre><script>alert(1)</script>'], output: 'all' },
      },
      server: { magickey: [{ label: nasty, key: magicKey }] },
    });
    await fetch(`${daemon.url('a/b ?&"<')}?wait=20`);
    const { cookie, csrf } = await signInAdmin(daemon);
    const get = async (path: string): Promise<string> =>
      await (await fetch(daemon.admin + path, { headers: { cookie } })).text();
    const overview = await get('/');
    const [run = '', task = ''] = [/href="(runs\/[\w-]+)"/, /href=".\/(tasks\/[^"]+)"/].map(
      (link) => `/${link.exec(overview)?.[1]}`,
    );
    const pages = [
      overview,
      await get(run),
      await get(task),
      await get('/history'),
      await get('/history?kind=attempts'),
      await get('/strangers'),
      await get('/system'),
    ];
    for (const page of pages) {
      assert.doesNotMatch(page, /<img|<script>alert/);
      for (const key of [magicKey, keyOf('a/b ?&"<')])
        assert.ok(!page.includes(key) && !page.includes(encodeURIComponent(key)));
    }
    assert.ok(pages[1]?.includes('&lt;/pre&gt;&lt;script&gt;'), 'the output is on the page of the run');
    const shown = await post(
      `${daemon.admin + task}/address`,
      { cookie, origin: daemon.admin },
      { csrf, base: 'https://nas.example.org:8443/' },
    );
    const page = await shown.text();
    assert.equal(shown.status, 200);
    assert.ok(
      page.includes(
        `https://nas.example.org:8443/${magicKey}/${encodeURIComponent(keyOf('a/b ?&"<'))}`.replaceAll(
          '&',
          '&amp;',
        ),
      ),
    );
    assert.ok(daemon.log().some(({ event }) => event === 'address-shown'));
    assert.ok(!JSON.stringify(daemon.log()).includes(keyOf('a/b')));
  });

  test('a task whose keys are not in clear shows none, and one that is not enabled is not started', async (t) => {
    const daemon = await startAdmin(t, {
      tasks: { ...tasks, off: { command: ['/bin/true'], enabled: false } },
      server: { magickey: `sha256:${toKeyDigest(magicKey)}` },
    });
    const { cookie, csrf } = await signInAdmin(daemon);
    const own = { cookie, origin: daemon.admin };
    assert.equal((await post(`${daemon.admin}/tasks/off/run`, own, { csrf })).status, 404);
    const page = await (await post(`${daemon.admin}/tasks/hello/address`, own, { csrf })).text();
    assert.ok(page.includes('does not hold both keys'));
    assert.ok(!page.includes(keyOf('hello')), 'half of an address is of use to nobody but thieves');
    assert.equal(starts(daemon), 0);
  });

  test('a run can be followed with a session only, and for as long as it lasts', async (t) => {
    const slow = {
      name: 'Slow',
      command: ['/bin/sh', '-c', 'echo first; exec sleep 60'],
      output: 'all',
      timeout: '1m',
    };
    const daemon = await startAdmin(t, { tasks: { slow } });
    const { cookie, csrf } = await signInAdmin(daemon);
    const own = { cookie, origin: daemon.admin };
    const started = await post(`${daemon.admin}/tasks/slow/run`, own, { csrf });
    const run = toLocationPath(started.headers.get('location'));
    const url = `${daemon.admin}${run}/events`;
    assert.equal((await fetch(url)).status, 403);
    assert.equal((await listen(`${daemon.admin}/runs/x/events`, { cookie })).status, 404);
    const events = await listen(url, { cookie });
    assert.equal(events.status, 200);
    await until(() => (events.text().includes('"lines":["first\\n",""]') ? true : undefined), 'the output');
    assert.equal((await post(`${daemon.admin}/sign-out`, own, { csrf })).status, 303);
    const text = await events.ended;
    assert.doesNotMatch(text, /event: end/, 'the run goes on, unseen');
  });
});
