// Trying again on a phone: a tap on the button starts the task once more, and nothing else does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { keepStill, launchBrowser, phone, skipPages, tapTwice, untilTitle } from '../support/browser.ts';
import { startDaemon, type TestDaemon } from '../support/daemon.ts';
import { createLatch } from '../support/latch.ts';

let browser: Browser;
before(async () => {
  if (skipPages === false) browser = await launchBrowser();
});
after(async () => {
  if (skipPages === false) await browser.close();
});

const fails = {
  command: ['/bin/sh', '-c', 'echo camera.local: no answer >&2; exit 3'],
  name: 'Camera check',
  output: 'tail',
  cooldown: '0s',
};

interface Setting {
  readonly daemon: TestDaemon;
  readonly context: BrowserContext;
  readonly page: Page;
  starts(): number;
}

/** A phone that shows a run that has failed. */
async function openFailed(
  t: { after(fn: () => Promise<void>): void },
  { javaScriptEnabled = false, task = {} }: { javaScriptEnabled?: boolean; task?: object } = {},
): Promise<Setting> {
  const daemon = await startDaemon(t, { tasks: { camera: { ...fails, ...task } } });
  const context = await browser.newContext({ ...phone, javaScriptEnabled });
  t.after(async () => await context.close());
  const page = await context.newPage();
  await page.goto('about:blank');
  await page.goto(daemon.url('camera'));
  await untilTitle(page, /^✕ Camera check: failed$/);
  return {
    daemon,
    context,
    page,
    starts: () => daemon.history().filter(({ event }) => event === 'start').length,
  };
}

for (const javaScriptEnabled of [false, true]) {
  test(
    `the button starts the task once more; reload, back, forward, restore and prefetch start nothing (JavaScript ${javaScriptEnabled ? 'on' : 'off'})`,
    { skip: skipPages },
    async (t) => {
      const { context, page, starts } = await openFailed(t, { javaScriptEnabled });
      const failed = page.url();
      const button = page.getByRole('button', { name: 'Try again' });
      const box = await button.boundingBox();
      assert.ok((box?.height ?? 0) >= 44 && (box?.width ?? 0) >= 44, 'large enough for a thumb');
      await page.reload();
      assert.equal(starts(), 1);
      await button.tap();
      await page.waitForURL((url) => url.href !== failed);
      const again = page.url();
      assert.match(again, /\/runs\/[\w-]{22}\?again=[\w-]{22}$/);
      await untilTitle(page, /failed$/);
      assert.equal(starts(), 2);

      await page.reload();
      await page.goBack();
      assert.equal(page.url(), failed);
      assert.equal(await button.count(), 0, 'what was pressed is gone');
      await page.goForward();
      assert.equal(await button.count(), 1);
      for (const address of [failed, again]) {
        const restored = await context.newPage();
        await restored.goto(address);
        await restored.reload();
        await restored.setExtraHTTPHeaders({ 'Sec-Purpose': 'prefetch;prerender' });
        await restored.goto(address);
        await restored.close();
      }
      assert.equal(
        (
          await page.request.get(
            new URL((await page.locator('form').getAttribute('action')) ?? '', page.url()).href,
          )
        ).status(),
        404,
      );
      assert.equal(starts(), 2);
    },
  );
}

test('a button that is tapped twice at once starts one run, and shows it', { skip: skipPages }, async (t) => {
  const { page, starts } = await openFailed(t);
  const failed = page.url();
  await tapTwice(page, page.getByRole('button'));
  await page.waitForURL((url) => url.pathname !== new URL(failed).pathname);
  await untilTitle(page, /failed$/);
  assert.equal(starts(), 2);
});

test('a stale button says that nothing was started, and where to go', { skip: skipPages }, async (t) => {
  const { page, starts } = await openFailed(t, { javaScriptEnabled: true });
  await page
    .locator('form')
    .evaluate((form) =>
      form.setAttribute(
        'action',
        form.getAttribute('action')?.replace(/=.*/, '=AAAAAAAAAAAAAAAAAAAAAA') ?? '',
      ),
    );
  await page.getByRole('button').tap();
  await page.waitForURL(/\?spent$/);
  assert.match(
    (await page.textContent('.note')) ?? '',
    /^Nothing was started this time: .* To start it, open its bookmark\.$/,
  );
  assert.equal(await page.locator('button').count(), 0);
  assert.equal(starts(), 1);
});

test('a task that asks first asks before it is tried again', { skip: skipPages }, async (t) => {
  const daemon = await startDaemon(t, {
    tasks: { camera: { ...fails, confirm: true, question: 'Camera check off?', icon: '📷' } },
  });
  const context = await browser.newContext({ ...phone, javaScriptEnabled: false });
  t.after(async () => await context.close());
  const page = await context.newPage();
  const start = page.getByRole('button', { name: 'Start' });
  await page.goto(daemon.url('camera'));
  await start.tap();
  await untilTitle(page, /failed$/);
  await page.getByRole('button', { name: 'Try again' }).tap();
  await page.waitForSelector('.question');
  assert.equal(await page.textContent('.question'), 'Camera check off?');
  await start.tap();
  await page.waitForURL(/\/runs\/[\w-]{22}\?again=/);
  await untilTitle(page, /failed$/);
  assert.equal(daemon.history().filter(({ event }) => event === 'start').length, 2);
});

test('a run that was stopped can be tried again', { skip: skipPages }, async (t) => {
  const command = ['/bin/sh', '-c', createLatch(t).wait];
  const daemon = await startDaemon(t, {
    tasks: { sleep: { command, name: 'Sleep', stoppable: true, grace: '0s' } },
  });
  const context = await browser.newContext({ ...phone, javaScriptEnabled: false });
  t.after(async () => await context.close());
  const page = await context.newPage();
  const release = await keepStill(page);
  await page.goto(daemon.url('sleep'));
  await release();
  await page.getByRole('button', { name: 'Stop' }).tap();
  await untilTitle(page, /^■ Sleep: stopped$/);
  await page.getByRole('button', { name: 'Try again' }).tap();
  await untilTitle(page, /^… Sleep: running$/);
});
