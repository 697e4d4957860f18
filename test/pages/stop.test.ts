// The button that stops a run: there where it may be stopped, and as long as there is something to stop.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { keepStill, launchBrowser, phone, skipPages, untilTitle } from '../support/browser.ts';
import { startDaemon } from '../support/daemon.ts';
import { createLatch } from '../support/latch.ts';

let browser: Browser;
before(async () => {
  if (skipPages === false) browser = await launchBrowser();
});
after(async () => {
  if (skipPages === false) await browser.close();
});

test(
  'the page of a run has one button that stops it, if its task is stoppable, until it has ended',
  { skip: skipPages },
  async (t) => {
    const sleep = { command: ['/bin/sh', '-c', createLatch(t).wait], name: 'Sleep', whenBusy: 'queue' };
    const daemon = await startDaemon(t, { tasks: { sleep: { ...sleep, stoppable: true }, other: sleep } });
    const context = await browser.newContext({ ...phone, javaScriptEnabled: false });
    t.after(async () => await context.close());
    const other = await context.newPage();
    await keepStill(other);
    await other.goto(daemon.url('other'));
    assert.match(await other.title(), /running$/);
    assert.equal(await other.locator('button, form').count(), 0);

    const page = await context.newPage();
    const release = await keepStill(page);
    await page.goto(daemon.url('sleep'));
    const address = page.url();
    const button = page.getByRole('button', { name: 'Stop' });
    assert.equal(await page.locator('button').count(), 1);
    const box = await button.boundingBox();
    assert.ok((box?.height ?? 0) >= 44 && (box?.width ?? 0) >= 44, 'large enough for a thumb');
    await release();
    await button.tap();
    await untilTitle(page, /^■ Sleep: stopped$/);
    assert.equal(page.url(), address, 'the button leads back to the page of the run');
    assert.match((await page.textContent('main')) ?? '', /It was stopped on request\./);
    assert.equal(await button.count(), 0);
    await page.reload();
    await page.goBack();
    assert.deepEqual(
      daemon.history().filter(({ event }) => event === 'end').length,
      1,
      'nothing else was stopped',
    );
  },
);
