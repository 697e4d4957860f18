// The question that comes before a start, on a phone: one button, pressed by nobody but a person.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { keepStill, launchBrowser, phone, skipPages, tapTwice } from '../support/browser.ts';
import { startDaemon, type TestDaemon } from '../support/daemon.ts';

let browser: Browser;
before(async () => {
  if (skipPages === false) browser = await launchBrowser();
});
after(async () => {
  if (skipPages === false) await browser.close();
});

/** A daemon whose one task asks first, and a phone; with JavaScript, so that a script on a page would show itself. */
async function open(t: {
  after(fn: () => Promise<void>): void;
}): Promise<{ daemon: TestDaemon; page: Page; starts(): number }> {
  const task = {
    command: ['/bin/true'],
    confirm: true,
    name: 'Lights off',
    cooldown: '0s',
    whenBusy: 'parallel',
  };
  const daemon = await startDaemon(t, { tasks: { lights: task } });
  const context = await browser.newContext(phone);
  t.after(async () => await context.close());
  const starts = (): number => daemon.history().filter(({ event }) => event === 'start').length;
  const page = await context.newPage();
  await keepStill(page);
  return { daemon, page, starts };
}

test(
  'the question has one button and no script, and starts nothing by itself',
  { skip: skipPages },
  async (t) => {
    const { daemon, page, starts } = await open(t);
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => requests.push(`${request.method()} ${request.resourceType()}`));
    const answer = await page.goto(daemon.url('lights'), { waitUntil: 'networkidle' });
    assert.equal(answer?.status(), 200);
    assert.equal(await page.title(), '? Lights off: start it?');
    assert.equal(await page.textContent('h1'), 'Lights off');
    assert.equal(await page.textContent('.state'), 'Start it now?');
    assert.equal(await page.locator('button, input, a').count(), 1);
    assert.equal(await page.locator('script, iframe, img, meta[http-equiv]').count(), 0);
    assert.doesNotMatch(await page.content(), /\son\w+=|javascript:/i);
    const size = await page.locator('button').boundingBox();
    assert.ok(size !== null && size.height >= 44 && size.width >= 44, JSON.stringify(size));
    assert.ok((await page.locator('html').evaluate((html) => html.scrollWidth)) <= 390);
    assert.deepEqual(
      [requests.filter((request) => !/^GET (?:image|other|manifest)$/.test(request)), complaints, starts()],
      [['GET document'], [], 0],
    );
  },
);

test(
  'the button starts the task once; reload and back start nothing, and back shows the question again',
  { skip: skipPages },
  async (t) => {
    const { daemon, page, starts } = await open(t);
    await page.goto(daemon.url('lights'));
    await page.tap('button');
    await page.waitForURL(/\/runs\/[\w-]{22}\?/);
    assert.equal(starts(), 1);
    await page.reload();
    await page.goBack();
    assert.equal(await page.textContent('.state'), 'Start it now?');
    assert.equal(starts(), 1);
  },
);

test(
  'a button that is pressed a second time leads to the run of the first time, and a stale one asks again',
  { skip: skipPages },
  async (t) => {
    const { daemon, page, starts } = await open(t);
    await page.goto(daemon.url('lights'));
    const action = (await page.getAttribute('form', 'action')) ?? '';
    await page.tap('button');
    await page.waitForURL(/\/runs\//);
    const run = new URL(page.url()).pathname;
    await page.goBack();
    await page.locator('form').evaluate((form, used) => form.setAttribute('action', used), action);
    await page.tap('button');
    await page.waitForURL(/\/runs\//);
    assert.equal(new URL(page.url()).pathname, run);
    assert.equal(
      await page.textContent('.note'),
      'It had been started already; nothing was started a second time.',
    );
    await page.goto(daemon.url('lights'));
    await page
      .locator('form')
      .evaluate((form) => form.setAttribute('action', '?nonce=AAAAAAAAAAAAAAAAAAAAAA'));
    await page.tap('button');
    await page.waitForSelector('.note');
    assert.equal(await page.textContent('.note'), 'Nothing was started this time: the button was too old.');
    assert.equal(starts(), 1);
    await page.tap('button');
    await page.waitForURL(/\/runs\//);
    assert.equal(starts(), 2);
  },
);

test('a button that is tapped twice at once starts one run, and shows it', { skip: skipPages }, async (t) => {
  const { daemon, page, starts } = await open(t);
  await page.goto(daemon.url('lights'));
  await tapTwice(page, page.locator('button'));
  await page.waitForURL(/\/runs\//);
  assert.equal(starts(), 1);
});
