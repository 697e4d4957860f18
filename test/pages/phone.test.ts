// The pages as a phone shows them: real Chromium, a phone's viewport, no JavaScript needed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { keepStill, launchBrowser, phone, skipPages, untilTitle } from '../support/browser.ts';
import { startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { createLatch } from '../support/latch.ts';

let browser: Browser;
before(async () => {
  if (skipPages === false) browser = await launchBrowser();
});
after(async () => {
  if (skipPages === false) await browser.close();
});

const shell = (script: string, more: object = {}): object => ({
  command: ['/bin/sh', '-c', script],
  cooldown: '2s',
  ...more,
});

async function open(
  t: { after(fn: () => Promise<void>): void },
  tasks: Record<string, object>,
): Promise<{ daemon: TestDaemon; context: BrowserContext; page: Page }> {
  const daemon = await startDaemon(t, { tasks });
  const context = await browser.newContext({ ...phone, javaScriptEnabled: false });
  t.after(async () => await context.close());
  return { daemon, context, page: await context.newPage() };
}

test('a tap starts the task, shows it running, and then how it ended', { skip: skipPages }, async (t) => {
  const latch = createLatch(t);
  const { daemon, page } = await open(t, {
    photos: shell(`echo working; ${latch.wait}; echo done`, { name: 'Back up photos', output: 'tail' }),
  });
  const release = await keepStill(page);
  await page.goto(daemon.url('photos'));
  assert.match(page.url(), /\/runs\/[\w-]{22}\?again=[\w-]{22}$/, 'the keys leave the address bar');
  assert.equal(await page.textContent('h1'), 'Back up photos');
  assert.match((await page.textContent('.state')) ?? '', /^(?:Just started|Running for \d+ .*)$/);
  assert.match(await page.title(), /^… Back up photos: running$/);
  await release();
  await page.reload();
  latch.open();
  await untilTitle(page, /^✓ Back up photos: succeeded$/);
  assert.match((await page.textContent('.state')) ?? '', /^Succeeded after /);
  assert.equal(await page.textContent('pre'), 'working\ndone\n');
  assert.equal(
    (await page.reload())?.headers()['refresh'],
    undefined,
    'a page of a run that has ended stays as it is',
  );
});

test(
  'output is shown as a terminal shows it, its end first, and so it stays when the page updates itself',
  { skip: skipPages },
  async (t) => {
    const [more, end] = [createLatch(t), createLatch(t)];
    const script = [
      "seq 200; printf '1%%\\r\\033[31m42%%\\033[0m'",
      more.wait,
      "printf '\\r\\033[K99%%'",
      end.wait,
    ].join('; ');
    const { daemon, page } = await open(t, { copy: shell(script, { name: 'Copy', output: 'all' }) });
    await page.goto(daemon.url('copy'));
    // All at one moment: the page updates itself in between.
    const look = async (): Promise<{ text: string; red: string; scrolled: number; hidden: number }> =>
      await page.locator('pre').evaluate((pre) => ({
        text: pre.textContent ?? '',
        red: pre.querySelector('.c1')?.textContent ?? '',
        scrolled: pre.scrollTop,
        hidden: pre.scrollHeight - pre.clientHeight,
      }));
    const awaitEnd = async (end: RegExp): Promise<string> => {
      const { red, scrolled, hidden } = await until(async () => {
        const now = await look().catch(() => undefined);
        return now !== undefined && end.test(now.text) ? now : await pause(100);
      }, String(end));
      assert.ok(hidden > 1000 && Math.abs(scrolled) < 2, `${scrolled} of ${hidden} from the end`);
      return red;
    };
    assert.equal(await awaitEnd(/\n200\n42%$/), '42%');
    more.open();
    await awaitEnd(/\n200\n99%$/);
    end.open();
    await untilTitle(page, /succeeded/);
    await awaitEnd(/\n200\n99%$/);
    const printed = await (await fetch(`${daemon.base}${new URL(page.url()).pathname}`)).text();
    assert.ok(
      printed.includes('\n1%\r\u001b[31m42%\u001b[0m\r\u001b[K99%\n'),
      'a script gets what was printed',
    );
  },
);

test('reload, back, forward and a second tap start nothing more', { skip: skipPages }, async (t) => {
  const { daemon, page } = await open(t, { slow: shell(createLatch(t).wait, { name: 'Slow' }) });
  await keepStill(page);
  await page.goto('about:blank');
  await page.goto(daemon.url('slow'));
  await page.reload();
  await page.goBack();
  await page.goForward();
  await page.goto(daemon.url('slow'));
  assert.match((await page.textContent('main')) ?? '', /nothing was started a second time/);
  assert.equal(daemon.history().filter(({ event }) => event === 'start').length, 1);
});

test('a failure says its exit status, and a time-out what happened', { skip: skipPages }, async (t) => {
  const { daemon, page } = await open(t, {
    fails: shell('echo "no space <b>left</b>" >&2; exit 3', { name: 'Fails', output: 'all' }),
    hangs: shell('sleep 60', { name: 'Hangs', timeout: '300ms', grace: '100ms' }),
    missing: { command: ['/no/such/program'], name: 'Missing' },
  });
  await page.goto(daemon.url('fails'));
  await untilTitle(page, /^✕ Fails: failed$/);
  assert.equal(await page.textContent('dl > :last-child'), 'Exit status3');
  assert.equal(await page.textContent('pre'), 'no space <b>left</b>\n', 'output is text, never HTML');
  await page.goto(daemon.url('hangs'));
  await untilTitle(page, /^✕ Hangs: timed out$/);
  assert.match((await page.textContent('main')) ?? '', /took longer than it may, and was stopped/);
  await page.goto(daemon.url('missing'));
  await untilTitle(page, /^✕ Missing: failed$/);
  assert.match((await page.textContent('main')) ?? '', /The program does not exist/);
});

test('a busy task that rejects says so on a page', { skip: skipPages }, async (t) => {
  const { daemon, page } = await open(t, {
    busy: shell(createLatch(t).wait, { name: 'Busy', whenBusy: 'reject', cooldown: '0s' }),
  });
  await keepStill(page);
  await page.goto(daemon.url('busy'));
  const again = await page.goto(daemon.url('busy'));
  assert.equal(again?.status(), 409);
  assert.match((await page.textContent('main')) ?? '', /running already/);
});

test(
  'a stranger gets the start page, on which nothing is loaded, clickable or telling',
  { skip: skipPages },
  async (t) => {
    const { daemon, page } = await open(t, { photos: shell('true') });
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    const answer = await page.goto(`${daemon.base}/wrong-key-1/wrong-key-2`);
    assert.equal(answer?.status(), 404);
    assert.equal(await page.textContent('body'), 'Not found.\n');
    assert.equal(await page.locator('a, form, script, img').count(), 0);
    assert.deepEqual(requests, [`${daemon.base}/wrong-key-1/wrong-key-2`]);
  },
);

test(
  'pages fit a phone, and nothing on them is blocked by their own policy',
  { skip: skipPages },
  async (t) => {
    const { daemon, page } = await open(t, {
      wide: shell(`printf '%0300d\\n' 7`, { name: `Wide ${'x'.repeat(80)}`, output: 'all' }),
    });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(daemon.url('wide'));
    await untilTitle(page, /succeeded/);
    const width = await page.locator('html').evaluate((html) => html.scrollWidth);
    assert.ok(width <= 390, `${width} CSS pixels fit on 390`);
    assert.deepEqual(complaints, []);
    assert.notEqual(
      await page.evaluate(`getComputedStyle(document.querySelector('main')).borderRadius`),
      '0px',
      'the style is in force',
    );
  },
);

test('a prefetched address starts nothing', { skip: skipPages }, async (t) => {
  const { daemon, context } = await open(t, { photos: shell('true') });
  const page = await context.newPage();
  await page.setExtraHTTPHeaders({ 'Sec-Purpose': 'prefetch;prerender' });
  const answer = await page.goto(daemon.url('photos'));
  assert.equal(answer?.status(), 404);
  assert.equal(daemon.history().length, 0);
});
