// The overview on a phone: large buttons, one start for each press, and none for reload, back and restore.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { findBarriers } from '../support/axe.ts';
import { keepStill, launchBrowser, phone, skipPages } from '../support/browser.ts';
import { createFolder, magicKey, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { createLatch } from '../support/latch.ts';

let browser: Browser;
before(async () => {
  if (skipPages === false) browser = await launchBrowser();
});
after(async () => {
  if (skipPages === false) await browser.close();
});

const quick = { cooldown: '0s', whenBusy: 'parallel' } as const;

async function open(
  t: { after(fn: () => Promise<void> | void): void },
  options: BrowserContextOptions = {},
): Promise<{ daemon: TestDaemon; page: Page; address: string; starts(): number }> {
  const folder = createFolder(t);
  fs.writeFileSync(
    path.join(folder, 'logo.svg'),
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1" fill="teal"/></svg>',
  );
  const daemon = await startDaemon(t, {
    folder,
    server: { overview: true },
    tasks: {
      photos: { name: 'Back up photos', icon: '📷', command: ['/bin/sh', '-c', 'exit 3'], ...quick },
      gate: { name: 'Open the gate', command: ['/bin/true'], confirm: true, ...quick },
      garden: {
        name: `Water the garden${' and the hedge'.repeat(5)}`,
        icon: 'logo.svg',
        command: ['/bin/sh', '-c', createLatch(t).wait],
        ...quick,
        grace: '0s',
      },
    },
  });
  const context = await browser.newContext({ ...phone, ...options });
  t.after(async () => await context.close());
  const starts = (): number => daemon.history().filter(({ event }) => event === 'start').length;
  const page = await context.newPage();
  await keepStill(page);
  return { daemon, page, address: `${daemon.base}/${magicKey}/`, starts };
}

test(
  'a press starts its task; reload, back and forward start nothing, and the outcome is shown',
  { skip: skipPages },
  async (t) => {
    const { page, address, starts } = await open(t, { javaScriptEnabled: false });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(address, { waitUntil: 'networkidle' });
    assert.equal(await page.title(), 'Tasks');
    await page.tap('text=Back up photos');
    await page.waitForURL(/\/runs\/[\w-]{22}/);
    await page.reload();
    await page.goBack();
    assert.equal(page.url(), address);
    await page.reload();
    await page.goForward();
    assert.equal(starts(), 1);
    await until(async () => {
      await page.goto(address);
      return (await page.textContent('main'))?.includes('Failed') === true ? true : undefined;
    }, 'the outcome in the overview');
    assert.deepEqual(complaints, []);
    await page.tap('text=Back up photos');
    await page.waitForURL(/\/runs\/[\w-]{22}/);
    assert.equal(starts(), 2, 'each view of the page has buttons of its own');
  },
);

test(
  'an old page that a browser restores leads to the run that its button started, and starts nothing',
  { skip: skipPages },
  async (t) => {
    const { page, address, starts } = await open(t);
    await page.goto(address);
    const action = (await page.getAttribute('form', 'action')) ?? '';
    await page.tap('text=Back up photos');
    await page.waitForURL(/\/runs\//);
    const run = page.url().slice(0, `${new URL(page.url()).origin}/runs/`.length + 22);
    await page.goBack();
    await page
      .locator('form')
      .first()
      .evaluate((form, used) => form.setAttribute('action', used), action);
    await page.tap('text=Back up photos');
    await page.waitForURL(/\/runs\//);
    assert.ok(page.url().startsWith(run));
    assert.equal(starts(), 1);
  },
);

test('a task that asks first asks, and its question leads to the run', { skip: skipPages }, async (t) => {
  const { page, address, starts } = await open(t, { javaScriptEnabled: false });
  await page.goto(address);
  await page.tap('text=Open the gate');
  await page.waitForURL(`${address}?task=gate`);
  assert.equal(await page.textContent('.state'), 'Start it now?');
  assert.equal(starts(), 0);
  await page.tap('button');
  await page.waitForURL(/\/runs\//);
  assert.equal(starts(), 1);
});

test(
  'the overview fits a phone, its buttons are large, and nobody stumbles over it',
  { skip: skipPages },
  async (t) => {
    const { daemon, page, address } = await open(t, { bypassCSP: true, locale: 'de' });
    await fetch(daemon.url('garden'));
    await fetch(`${daemon.url('photos')}?wait=60`);
    await page.goto(address, { waitUntil: 'networkidle' });
    assert.deepEqual(await page.locator('i').allTextContents(), ['Fehlgeschlagen', 'Läuft']);
    for (const button of await page.locator('button').all()) {
      const size = await button.boundingBox();
      assert.ok(size !== null && size.height >= 60 && size.width >= 300, JSON.stringify(size));
    }
    assert.equal(await page.evaluate<number>(`document.querySelector('img').naturalWidth`), 192);
    assert.ok((await page.locator('html').evaluate((html) => html.scrollWidth)) <= 390);
    assert.deepEqual(await findBarriers(page), []);
  },
);

test('the overview may be put on the home screen', { skip: skipPages }, async (t) => {
  const { page, address } = await open(t);
  await page.goto(address, { waitUntil: 'networkidle' });
  const devtools = await page.context().newCDPSession(page);
  const { url, errors, data = '' } = await devtools.send('Page.getAppManifest');
  const { start_url } = JSON.parse(data) as { start_url: string };
  assert.deepEqual([errors, new URL(start_url, url).href], [[], address]);
});
