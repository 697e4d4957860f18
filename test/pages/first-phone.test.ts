// Setting up a phone from a QR code: it starts nothing, the button is under the thumb, and the page of a run says what it is.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, phone, skipPages } from '../support/browser.ts';
import { startDaemon, type TestDaemon } from '../support/daemon.ts';

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
      // The second phone gets a run of its own, however soon after the first it taps.
      lights: {
        name: 'Lights off',
        icon: '💡',
        command: ['/bin/true'],
        cooldown: '0s',
        whenBusy: 'parallel',
      },
    },
  });
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

const starts = (): number => daemon.history().filter(({ event }) => event === 'start').length;

test(
  'a phone opens /home without starting anything, its button is in the lower part of the screen, and the page of the run says what it is',
  { skip: skipPages },
  async (t) => {
    for (const [width, height] of [
      [390, 844],
      [320, 568],
    ] as const) {
      const context = await browser.newContext({ ...phone, viewport: { width, height } });
      t.after(async () => await context.close());
      const page = await context.newPage();
      const before = starts();
      await page.goto(`${daemon.url('lights')}/home`);
      const box = await page.getByRole('button', { name: 'Start' }).boundingBox();
      assert.ok(box !== null && box.y > height * 0.75 && box.y + box.height <= height, JSON.stringify(box));
      assert.equal(starts(), before);
      await page.getByRole('button', { name: 'Start' }).tap();
      await page.waitForURL(/\/runs\//);
      await page.getByText(/This page is about one run, and starts nothing/).waitFor();
      assert.equal(starts(), before + 1);
    }
  },
);
