// The page that puts a task on the home screen, as Chromium takes it: manifest, icons, and the button.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { findBarriers } from '../support/axe.ts';
import { launchBrowser, phone, skipPages } from '../support/browser.ts';
import { keyOf, magicKey, startDaemon, type TestDaemon } from '../support/daemon.ts';

const cleanups: (() => Promise<void> | void)[] = [];
const t = { after: (fn: () => Promise<void> | void) => void cleanups.unshift(fn) };
let browser: Browser;
let daemon: TestDaemon;
before(async () => {
  if (skipPages !== false) return;
  browser = await launchBrowser();
  t.after(async () => await browser.close());
  daemon = await startDaemon(t, {
    tasks: {
      photos: { name: 'Back up photos', icon: '📷', command: ['/bin/true'] },
      gate: { name: 'Open the gate', icon: '🚪', command: ['/bin/true'], confirm: true },
    },
  });
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

const starts = (): number => daemon.history().filter(({ event }) => event === 'start').length;

async function open(
  t: { after(fn: () => Promise<void>): void },
  options: BrowserContextOptions = {},
  inBrowser = browser,
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await inBrowser.newContext({ ...phone, ...options });
  t.after(async () => await context.close());
  return { context, page: await context.newPage() };
}

test(
  'the manifest is found and understood without a complaint, and all icons decode to their sizes',
  { skip: skipPages },
  async (t) => {
    const whole = await launchBrowser({ isWhole: true });
    t.after(async () => await whole.close());
    const { context, page } = await open(t, {}, whole);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('requestfailed', (request) => complaints.push(request.url()));
    for (const id of ['photos/home', 'gate']) {
      await page.goto(id === 'gate' ? daemon.url('gate') : `${daemon.url('photos')}/home`, {
        waitUntil: 'networkidle',
      });
      const devtools = await context.newCDPSession(page);
      const { url, errors, data = '' } = await devtools.send('Page.getAppManifest');
      const task = id.split('/')[0] ?? '';
      assert.deepEqual([url, errors], [`${daemon.url(task)}/manifest.webmanifest`, []]);
      const { start_url, icons } = JSON.parse(data) as {
        start_url: string;
        icons: { src: string; sizes: string }[];
      };
      assert.equal(new URL(start_url, url).href, daemon.url(task));
      // Nothing keeps Chromium from installing it as an app, but that it is to be a bookmark (and this window, which keeps nothing).
      const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
      assert.deepEqual(
        installabilityErrors.map(({ errorId }) => errorId),
        ['in-incognito', 'manifest-display-not-supported'],
      );
      const links = await page
        .locator('link[rel=apple-touch-icon], link[rel=icon][href^="."]')
        .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
      for (const src of [...icons.map((icon) => new URL(icon.src, url).href), ...links]) {
        const size = await page.evaluate<string>(
          `(async () => { const image = new Image(); image.src = ${JSON.stringify(src)}; await image.decode(); return image.naturalWidth + 'x' + image.naturalHeight })()`,
        );
        const name = /icon-(\d+)/.exec(src ?? '')?.[1] ?? '';
        assert.equal(size, `${name}x${name}`, String(src));
      }
    }
    assert.deepEqual([complaints, starts()], [[], 0]);
  },
);

test(
  'the page shows the icon large, and its button starts the task without JavaScript',
  { skip: skipPages },
  async (t) => {
    const { page } = await open(t, { javaScriptEnabled: false });
    await page.goto(`${daemon.url('photos')}/home`, { waitUntil: 'networkidle' });
    assert.equal(await page.title(), 'Back up photos');
    const icon = await page.locator('img').boundingBox();
    assert.ok(icon !== null && icon.width >= 96 && icon.height === icon.width, JSON.stringify(icon));
    const button = await page.locator('button').boundingBox();
    assert.ok(button !== null && button.height >= 44, JSON.stringify(button));
    assert.equal(starts(), 0, 'looking at it starts nothing');
    await page.reload();
    assert.equal(starts(), 0);
    await page.tap('button');
    await page.waitForURL(/\/runs\/[\w-]{22}/);
    assert.equal(starts(), 1);
  },
);

test('a task that asks first is asked about by its button, too', { skip: skipPages }, async (t) => {
  const { page } = await open(t, { javaScriptEnabled: false });
  const before = starts();
  await page.goto(`${daemon.url('gate')}/home`);
  assert.match((await page.textContent('main')) ?? '', /A tap on the icon then asks/);
  await page.tap('button');
  await page.waitForURL(`${daemon.url('gate')}?`);
  assert.equal(await page.textContent('.state'), 'Start it now?');
  assert.equal(starts(), before);
});

test(
  'nobody stumbles over the page, in either language and either colour',
  { skip: skipPages },
  async (t) => {
    for (const [locale, title] of [
      ['en', 'Put it on the home screen'],
      ['de', 'Auf den Home-Bildschirm'],
    ] as const) {
      const { page } = await open(t, { locale, bypassCSP: true });
      await page.goto(`${daemon.url('photos')}/home`);
      assert.equal(await page.textContent('.state'), title);
      assert.equal(await page.getAttribute('html', 'lang'), locale);
      assert.deepEqual(await findBarriers(page), [], locale);
      assert.ok((await page.locator('html').evaluate((html) => html.scrollWidth)) <= 390);
    }
  },
);

test('half of the keys shows nothing of it', { skip: skipPages }, async (t) => {
  const { page } = await open(t);
  for (const path of [`/${magicKey}/${keyOf('none')}/home`, `/${keyOf('photos')}/${magicKey}/home`]) {
    const answer = await page.goto(daemon.base + path);
    assert.deepEqual([answer?.status(), await page.textContent('body')], [404, 'Not found.\n']);
  }
});
