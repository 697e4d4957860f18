// Headless Chromium as a phone.
import fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, CDPSession, Locator, Page } from 'playwright-core';
import { until } from './daemon.ts';

const findProgram = (...names: readonly string[]): string | undefined =>
  names.map((name) => `/usr/bin/${name}`).find((file) => fs.existsSync(file));
const whole = findProgram('chromium', 'chromium-browser', 'google-chrome');
/** The same engine without the windows around it: it takes half the work. It knows nothing of apps on a home screen. */
const shell = whole === undefined ? undefined : findProgram('chromium-headless-shell');

/** Why page tests cannot run here, or false; `.ci/run`, which installs Chromium, wants them to. */
export const skipPages =
  whole === undefined && process.env['REMOTETASK_TEST_PAGES'] !== 'always'
    ? 'needs Chromium (apt-get install chromium)'
    : false;

/** A phone of today. It draws no animations, which would take more work than all else. */
export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  reducedMotion: 'reduce',
};

/** How long a page may take for anything on a busy machine. */
const patienceMs = 120_000;

/** Starts Chromium. `isWhole` is for what only the browser with its windows knows. */
export async function launchBrowser({ isWhole = false } = {}): Promise<Browser> {
  // Here and not above: it takes half a second, and files that start no browser load this one as well.
  const { chromium } = await import('playwright-core');
  const executablePath = (isWhole ? undefined : shell) ?? whole;
  const browser = await chromium.launch({
    timeout: patienceMs,
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  browser.on('context', (context) => context.setDefaultTimeout(patienceMs));
  return browser;
}

/**
 * Keeps what a page loads from loading itself again, which would abort what the test does at that moment; resolves with
 * what ends this for all that is loaded later. The requests are those of the browser: only what asks for a reload is cut.
 */
export async function keepStill(page: Page): Promise<() => Promise<void>> {
  const devtools = await page.context().newCDPSession(page);
  devtools.on('Fetch.requestPaused', (paused) => {
    // A page that is closed in between needs no answer.
    answer(devtools, paused).catch(() => {});
  });
  await devtools.send('Fetch.enable', {
    patterns: [
      { resourceType: 'Document', requestStage: 'Response' },
      // What the script of the admin pages asks for by itself stays without an answer.
      { urlPattern: '*auto=1*', resourceType: 'Fetch', requestStage: 'Request' },
    ],
  });
  return async () => await devtools.detach();
}

async function answer(
  devtools: CDPSession,
  {
    requestId,
    resourceType,
    responseStatusCode,
    responseHeaders = [],
  }: {
    readonly requestId: string;
    readonly resourceType: string;
    readonly responseStatusCode?: number;
    readonly responseHeaders?: { name: string; value: string }[];
  },
): Promise<void> {
  if (resourceType === 'Fetch') return;
  const isRedirect = responseHeaders.some(({ name }) => name.toLowerCase() === 'location');
  if (responseStatusCode === undefined || isRedirect)
    return void (await devtools.send('Fetch.continueRequest', { requestId }));
  const { body, base64Encoded } = await devtools.send('Fetch.getResponseBody', { requestId });
  const html = Buffer.from(body, base64Encoded ? 'base64' : 'utf8').toString();
  const own = new Set(['refresh', 'content-length', 'content-encoding', 'transfer-encoding']);
  await devtools.send('Fetch.fulfillRequest', {
    requestId,
    responseCode: responseStatusCode,
    responseHeaders: responseHeaders.filter(({ name }) => !own.has(name.toLowerCase())),
    body: Buffer.from(html.replace(/<meta\s+http-equiv="refresh"[^>]*>/, '')).toString('base64'),
  });
}

/** Clicks what leads to another page, and waits until all of that is there. The page must not load itself. */
export async function follow(page: Page, selector: string): Promise<void> {
  const loaded = page.waitForEvent('load');
  await page.click(selector);
  await loaded;
}

/** Clicks on a page that loads itself: in one moment with the end of that, so that neither aborts the other. */
export async function press(button: Locator): Promise<void> {
  await button.evaluate((element) => {
    element.ownerDocument.defaultView?.stop();
    element.click();
  });
}

/** Taps a button twice, and waits for the page that this leads to. Both taps are sent: the second before the first is answered. */
export async function tapTwice(page: Page, button: Locator): Promise<void> {
  const first = Promise.withResolvers<void>();
  let posts = 0;
  await page.route('**/*', async (route) => {
    if (route.request().method() !== 'POST' || ++posts > 1) return await route.continue();
    // The daemon gets it and answers; the browser has given it up by then for the second.
    await route.fetch({ maxRedirects: 0 });
    first.resolve();
  });
  await button.scrollIntoViewIfNeeded();
  const { x = 0, y = 0, width = 0, height = 0 } = (await button.boundingBox()) ?? {};
  const tap = async (): Promise<void> => await page.touchscreen.tap(x + width / 2, y + height / 2);
  const before = page.url();
  await tap();
  await first.promise;
  await tap();
  // Not by an event of Playwright: what it waits for fails with the navigation that the second tap has aborted.
  await until(() => (page.url() === before ? undefined : true), 'the page after the taps');
}

/** Waits for a page, which loads itself, until its title fits and all of it is there. */
export async function untilTitle(page: Page, title: RegExp): Promise<void> {
  await until(async () => {
    const now = await page.title().catch(() => undefined);
    if (now !== undefined && title.test(now)) return true;
    await pause(100);
    return undefined;
  }, `the title ${title}`);
  await page.waitForLoadState('load');
}
