// Headless Chromium as a phone.
import fs from 'node:fs';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { until } from './daemon.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (file) => fs.existsSync(file),
);

/** Why page tests cannot run here, or false; `.ci/run`, which installs Chromium, wants them to. */
export const skipPages =
  executablePath === undefined && process.env['REMOTETASK_TEST_PAGES'] !== 'always'
    ? 'needs Chromium (apt-get install chromium)'
    : false;

/** A phone of today. */
export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

/** How long a page may take for anything on a busy machine. */
const patienceMs = 120_000;

export async function launchBrowser(): Promise<Browser> {
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

/** Keeps the pages of a context from loading themselves again, which would abort what the test does at that moment. */
export async function keepStill(context: BrowserContext): Promise<void> {
  await context.route('**/*', async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    const { refresh: _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
}

/** Waits for a page, which reloads itself, until its title fits. */
export async function untilTitle(page: Page, title: RegExp): Promise<void> {
  await until(async () => {
    const now = await page.title().catch(() => undefined);
    return now !== undefined && title.test(now) ? true : undefined;
  }, `the title ${title}`);
}
