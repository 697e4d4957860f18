// A daemon with an admin page behind a password, and ways to it: by HTTP, and by a browser.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { keepStill } from './browser.ts';
import { findPort, startDaemon, type DaemonOptions, type TestDaemon } from './daemon.ts';

export const adminPassword = 'correct horse battery';
/** What `remotetask admin password` made of it. */
export const adminPasswordHash =
  'scrypt:16384:8:5:KtFzzXTM_-PhkmOHcAMOgA:q0w1hGpizF15HxJ7RqSJhPdsSRoTa4cFuB-6GxRL9Lc';

export interface AdminDaemon extends TestDaemon {
  readonly adminPort: number;
  /** `http://127.0.0.1:PORT`. */
  readonly admin: string;
}

/** Starts a daemon with the admin page. */
export async function startAdmin(
  t: { after(fn: () => Promise<void> | void): void },
  { admin = {}, more = {}, ...options }: DaemonOptions & { readonly admin?: object },
): Promise<AdminDaemon> {
  const adminPort = await findPort();
  const daemon = await startDaemon(t, {
    ...options,
    more: { ...more, admin: { gate: 'password', password: adminPasswordHash, port: adminPort, ...admin } },
  });
  return { ...daemon, adminPort, admin: `http://127.0.0.1:${adminPort}` };
}

/** A fresh browser context whose page is signed in, and held still until `release`. */
export async function enterAdmin(
  t: { after(fn: () => Promise<void>): void },
  browser: Browser,
  daemon: Pick<AdminDaemon, 'admin'>,
  options: BrowserContextOptions = {},
): Promise<{ readonly context: BrowserContext; readonly page: Page; readonly release: () => Promise<void> }> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  t.after(async () => await context.close());
  const page = await context.newPage();
  const release = await keepStill(page);
  // By HTTP, which saves a page; the browser gets the cookie with all its attributes.
  await context.request.post(`${daemon.admin}/sign-in`, {
    form: { password: adminPassword },
    headers: { origin: daemon.admin },
    maxRedirects: 0,
  });
  await page.goto(daemon.admin);
  await page.waitForSelector('nav');
  return { context, page, release };
}

/** Signs in by HTTP; the result is the cookie and the token that belongs into forms. */
export async function signInAdmin({
  admin,
}: Pick<AdminDaemon, 'admin'>): Promise<{ readonly cookie: string; readonly csrf: string }> {
  const signedIn = await fetch(`${admin}/sign-in`, {
    method: 'POST',
    headers: { origin: admin },
    body: new URLSearchParams({ password: adminPassword }),
    redirect: 'manual',
  });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const page = await (await fetch(admin, { headers: { cookie } })).text();
  return { cookie, csrf: /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '' };
}
