// The gates of the admin page as a browser meets them.
import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startAdmin, type AdminDaemon } from '../support/admin.ts';
import { follow, keepStill, launchBrowser, phone, skipPages } from '../support/browser.ts';
import { createFolder, until } from '../support/daemon.ts';
import { createFakePrograms } from '../support/dsm-programs/dsm-programs.ts';
import { account, password, startFakeDsm } from '../support/fake-dsm/fake-dsm.ts';

let browser: Browser;
before(async () => {
  if (skipPages === false) browser = await launchBrowser();
});
after(async () => {
  if (skipPages === false) await browser.close();
});

const tasks = { hello: { name: 'Say hello', command: ['/bin/true'] } };
/** The system's own `id` is asked, so the users have to be real. */
const user = os.userInfo().username;
const group = process.getgid?.() ?? 0;

async function open(
  t: { after(fn: () => Promise<void>): void },
  { admin }: AdminDaemon,
  dsmSession?: string,
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext(phone);
  t.after(async () => await context.close());
  if (dsmSession !== undefined)
    await context.addCookies([{ name: 'id', value: dsmSession, url: admin, httpOnly: true }]);
  const page = await context.newPage();
  await keepStill(page);
  await page.goto(admin);
  return { page, context };
}

const isIn = async (page: Page): Promise<boolean> => (await page.locator('h1').textContent()) === 'Tasks';

suite('gates in a browser', { concurrency: 3, skip: skipPages }, () => {
  test('dsm: who is signed in to DSM is in without a form, and out once that session has lapsed', async (t) => {
    const programs = createFakePrograms(path.join(createFolder(t), 'dsm'));
    for (const [id, name, address] of [
      ['of-an-administrator', user, '127.0.0.1'],
      ['from-elsewhere', user, '192.168.1.5'],
      ['of-nobody', 'nobody', '127.0.0.1'],
    ] as const)
      programs.open(id, { user: name, address });
    const { authenticateCgi, loginCgi } = programs;
    const daemon = await startAdmin(t, {
      tasks,
      admin: { gate: 'dsm', password: undefined, group, authenticateCgi, loginCgi },
    });
    for (const id of [undefined, 'wrong-cookie', 'from-elsewhere', 'of-nobody']) {
      const { page } = await open(t, daemon, id);
      assert.match(
        (await page.textContent('main')) ?? '',
        /Sign in to DSM in this browser as an administrator/,
        String(id),
      );
    }
    const { page } = await open(t, daemon, 'of-an-administrator');
    assert.deepEqual(
      [await isIn(page), await page.textContent('.who'), await page.locator('text=Sign out').count()],
      [true, user, 0],
    );
    await page.click('button[aria-label="Run Say hello"]');
    await page.waitForSelector('[role=status]:has-text("Succeeded")');
    programs.end('of-an-administrator');
    await until(async () => {
      await page.goto(daemon.admin);
      return (await isIn(page)) ? undefined : true;
    }, 'the end of the session to be noticed');
  });

  test("dsm-login: DSM's account opens the page by DSM's own session", async (t) => {
    const programs = createFakePrograms(path.join(createFolder(t), 'dsm'), {
      accounts: { [user]: password },
    });
    const { authenticateCgi, loginCgi } = programs;
    const daemon = await startAdmin(t, {
      tasks,
      admin: { gate: 'dsm-login', password: undefined, group, authenticateCgi, loginCgi },
    });
    const { page, context } = await open(t, daemon);
    await page.fill('input[name=account]', user);
    await page.fill('input[name=password]', 'wrong');
    await follow(page, 'button');
    assert.match((await page.textContent('[role=alert]')) ?? '', /The account or the password is wrong/);
    assert.equal(await page.inputValue('input[name=account]'), user, 'the account need not be typed again');
    await page.fill('input[name=password]', password);
    await follow(page, 'button');
    await page.waitForSelector('nav');
    assert.equal(await isIn(page), true);
    assert.deepEqual(
      (await context.cookies()).map(({ name }) => name),
      ['id'],
    );
    await page.click('text=Sign out');
    await page.waitForSelector('input[name=account]');
  });

  test('webapi: an administrator signs in with password and one-time code, and nobody else', async (t) => {
    const otp = '83920174';
    const accounts = { [account]: { password, otp }, helper: { password: 'h3lp3r-Qw9Zx', isAdmin: false } };
    const dsm = await startFakeDsm(t, { settings: { accounts } });
    const daemon = await startAdmin(t, {
      tasks,
      more: { dsm: { webapi: { url: dsm.url, account: 'unused', password: 'unused' } } },
      admin: { gate: 'webapi', password: undefined },
    });
    const { page } = await open(t, daemon);
    const signIn = async (form: Record<string, string>): Promise<string> => {
      for (const [name, text] of Object.entries(form)) await page.fill(`input[name=${name}]`, text);
      await follow(page, 'button');
      return (await page.textContent('main')) ?? '';
    };
    assert.match(
      await signIn({ account: 'helper', password: 'h3lp3r-Qw9Zx' }),
      /not an administrator of DSM/,
    );
    assert.match(await signIn({ account, password }), /Type the one-time code as well/);
    assert.equal(
      await page.evaluate('document.activeElement.name'),
      'code',
      'the code is what is typed next',
    );
    await signIn({ password, code: otp });
    await page.waitForSelector('nav');
    assert.equal(await isIn(page), true);
    await page.click('text=Sign out');
    await page.waitForSelector('input[name=account]');
  });
});
