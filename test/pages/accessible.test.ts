// Every page of the phone, in each language, light and dark: for who sees little, listens, uses keys, or is on a slow line.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { findBarriers } from '../support/axe.ts';
import { keepStill, launchBrowser, phone, skipPages } from '../support/browser.ts';
import { createFolder, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { createLatch } from '../support/latch.ts';
import { writePast, type PastRun } from '../support/past.ts';
import { toLocationPath } from '../support/raw-http.ts';

/** No page is larger than this, with its style and without the output that it shows. */
const maxPageBytes = 6144;

const cleanups: (() => Promise<void> | void)[] = [];
const t = { after: (fn: () => Promise<void> | void): void => void cleanups.unshift(fn) };
let browser: Browser;
let daemon: TestDaemon;
/** The addresses of all pages that can be looked at, by what they show. */
let addresses: Record<string, string>;

const task = { icon: '📷', cooldown: '0s', grace: '0s' };
const shell = (script: string, more: object = {}): object => ({
  command: ['/bin/sh', '-c', script],
  ...task,
  ...more,
});
const reason =
  'DSM took the start, but does not report how the task ended. To learn it, switch on "Save output results".';
/** Prints every colour in front and behind, every weight, and a line that is overwritten. */
const allColours = [
  ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap((color) =>
    [`3${color}`, `9${color}`, `4${color}`, `10${color}`, `7;3${color}`, `2;3${color}`, `1;30;4${color}`].map(
      (codes) => `printf '\\033[${codes}mtext\\033[0m '`,
    ),
  ),
  "printf '\\033[1mtext\\033[3mtext\\033[4mtext\\033[9mtext\\033[0;2mtext\\033[38;5;208mtext\\033[48;2;9;99;200mtext\\033[0m\\n10%%\\r20%%'",
].join('\n');
const past: readonly PastRun[] = [
  { run: 'run-that-succeeded-...', outcome: { kind: 'succeeded', exitCode: 0 } },
  { run: 'run-that-timed-out-...', outcome: { kind: 'timed-out', signal: 'SIGKILL' } },
  { run: 'run-that-was-stopped..', outcome: { kind: 'stopped', signal: 'SIGTERM' } },
  { run: 'run-that-was-lost.....', begun: true },
  { run: 'run-never-confirmed...', outcome: { kind: 'unconfirmed', reason } },
  ...['a', 'b', 'c'].map((run): PastRun => ({
    run,
    task: 'slow',
    outcome: { kind: 'succeeded', exitCode: 0 },
    durationMs: 200_000,
  })),
];

before(async () => {
  if (skipPages !== false) return;
  const folder = createFolder(t);
  const latch = createLatch(t);
  writePast(folder, past);
  browser = await launchBrowser();
  t.after(async () => await browser.close());
  daemon = await startDaemon(t, {
    folder,
    server: { rateLimit: { runs: 1000 } },
    tasks: {
      task: shell('true'),
      prints: shell('echo "Gate: opening"; seq 200; echo "Gate: open"', {
        name: 'Open the gate',
        output: 'all',
        icon: undefined,
      }),
      colours: shell(allColours, { output: 'all' }),
      fails: shell('echo "camera.local: no answer" >&2; exit 3', {
        name: 'Camera check off',
        output: 'tail',
        whenBusy: 'parallel',
      }),
      missing: { command: ['/no/such/program'], ...task },
      slow: shell(`echo copying; ${latch.wait}`, {
        name: `Back up ${'photos '.repeat(10)}`,
        output: 'tail',
        stoppable: true,
      }),
      queue: shell(latch.wait, { whenBusy: 'queue', queue: { max: 1 } }),
      busy: shell(latch.wait, { whenBusy: 'reject' }),
      asks: shell('true', { confirm: true, question: 'All lights in the house off?' }),
      plain: shell('true', { confirm: true, icon: undefined }),
      daily: shell('true', { maxPerDay: 1 }),
    },
  });
  const start = async (id: string): Promise<string> =>
    (
      await fetch(`${daemon.url(id)}?wait=0`, { headers: { accept: 'text/html' }, redirect: 'manual' })
    ).headers.get('location') ?? '';
  const startAndEnd = async (id: string): Promise<string> =>
    (
      await fetch(`${daemon.url(id)}?wait=60`, { headers: { accept: 'text/html' }, redirect: 'manual' })
    ).headers.get('location') ?? '';
  const toRun = (location: string): string => `${daemon.base}${toLocationPath(location)}`;
  const running = await start('slow');
  const failed = await startAndEnd('fails');
  await start('queue');
  const queued = await start('queue');
  await start('busy');
  await start('daily');
  await until(
    async () => ((await (await fetch(toRun(running))).text()).startsWith('copying') ? true : undefined),
    'the task to print',
  );
  addresses = {
    ...Object.fromEntries(past.slice(0, 5).map(({ run }) => [run, `${daemon.base}/runs/${run}`])),
    running: toRun(running),
    held: toRun(running.replace('?', '?hold&')),
    joined: toRun(running.replace('?', '?joined&')),
    queued: toRun(queued),
    printed: toRun(await startAndEnd('prints')),
    colours: toRun(await startAndEnd('colours')),
    failed: toRun(failed),
    'failed, spent': toRun(failed.replace(/\?.*/, '?spent')),
    missing: toRun(await startAndEnd('missing')),
    asks: daemon.url('asks'),
    'asks without an icon': daemon.url('plain'),
    full: daemon.url('queue'),
    busy: daemon.url('busy'),
    'not now': daemon.url('daily'),
  };
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

/** A phone on which no page loads itself anew, in the middle of being looked at. */
async function open(options: Parameters<Browser['newContext']>[0]): Promise<Page> {
  const context = await browser.newContext({ ...phone, bypassCSP: true, ...options });
  cleanups.unshift(async () => await context.close());
  const page = await context.newPage();
  await keepStill(page);
  return page;
}

for (const [locale, lang] of [
  ['en-GB', 'en'],
  ['de-AT', 'de'],
  ['fr-FR', 'fr'],
] as const) {
  test(
    `no page has a barrier, in ${lang}${lang === 'en' ? ', light and dark' : ''}`,
    { skip: skipPages },
    async () => {
      const page = await open({ locale });
      for (const [what, address] of Object.entries(addresses)) {
        await page.goto(address);
        assert.equal(await page.locator('html').getAttribute('lang'), lang, what);
        assert.deepEqual(await findBarriers(page, { withColours: lang === 'en' }), [], what);
      }
    },
  );
}

test('pages are small, need no script, and are the same with and without', { skip: skipPages }, async () => {
  const [withScripts, without] = [
    await open({ javaScriptEnabled: true }),
    await open({ javaScriptEnabled: false }),
  ];
  for (const [what, address] of Object.entries(addresses)) {
    const body = (await (await withScripts.goto(address))?.body())?.toString() ?? '';
    const bytes = Buffer.byteLength(body.replace(/<pre.*<\/pre>/s, ''));
    assert.ok(bytes > 1000 && bytes <= maxPageBytes, `${what}: ${bytes} bytes`);
    assert.doesNotMatch(body, /<script|\son\w+=|javascript:|http-equiv/i, what);
    await without.goto(address);
    const toContent = async (page: Page): Promise<string> =>
      (await page.content()).replaceAll(
        // What differs from one moment to the next; a wait is shown from its first second on.
        /nonce=[\w-]+|<div><dt>Waited.*?<\/div>|[\d.]+ (?:ms|s|min|h)\b/g,
        '',
      );
    assert.equal(await toContent(without), await toContent(withScripts), what);
  }
});

test(
  'what can be tapped is large enough for a thumb, and everything fits a small phone and large letters',
  { skip: skipPages },
  async () => {
    const page = await open({ viewport: { width: 320, height: 480 }, locale: 'de' });
    for (const [what, address] of Object.entries(addresses)) {
      await page.goto(address);
      for (const control of await page.locator('button, a').all()) {
        await control.focus();
        const box = await control.boundingBox();
        assert.ok(
          box !== null && box.height >= 44 && box.width >= 44 && box.x >= 0 && box.y >= 0,
          `${what}: ${JSON.stringify(box)}`,
        );
      }
      await page.addStyleTag({ content: 'html{font-size:200%}' });
      const width = await page.locator('html').evaluate((html) => html.scrollWidth);
      assert.ok(width <= 320, `${what}: ${width} CSS pixels fit on 320`);
    }
  },
);

test(
  'whoever uses keys sees where he is; whoever wants no motion gets none',
  { skip: skipPages },
  async () => {
    const page = await open({ reducedMotion: 'reduce' });
    await page.goto(addresses['running'] ?? '');
    assert.equal(
      await page.evaluate('getComputedStyle(document.querySelector(".turn")).animationName'),
      'none',
    );
    const hold = page.getByRole('link', { name: 'Hold this page still' });
    const isInView = async (): Promise<boolean> => ((await hold.boundingBox())?.y ?? -1) >= 0;
    assert.equal(await isInView(), false, 'the way to hold the page still shows itself to who comes by key');
    await page.keyboard.press('Tab');
    assert.equal(await isInView(), true);
    assert.notEqual(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'none');
    await page.keyboard.press('Enter');
    await page.waitForURL(/[?&]hold/);
    assert.equal(await page.getByRole('link').textContent(), 'Let this page update itself');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    assert.equal(
      await page.evaluate('document.activeElement.tagName'),
      'PRE',
      'what is printed can be scrolled',
    );
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Stop');
  },
);

test('a page that is held still is not loaded anew', { skip: skipPages }, async () => {
  const refreshOf = async (address = ''): Promise<string | null> =>
    (await fetch(address, { headers: { accept: 'text/html' } })).headers.get('refresh');
  assert.match((await refreshOf(addresses['running'])) ?? '', /^\d+$/);
  assert.equal(await refreshOf(addresses['held']), null);
});
