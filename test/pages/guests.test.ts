// Guests and lost phones in Chromium with a phone's viewport: the owner makes a link and blocks a key by one button each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { enterAdmin, startAdmin } from '../support/admin.ts';
import { findBarriers } from '../support/axe.ts';
import { follow, keepStill, launchBrowser, phone, skipPages } from '../support/browser.ts';
import { magicKey } from '../support/daemon.ts';

test(
  'the owner makes a link and blocks a phone; the guest starts the task once, and finds its run again',
  { skip: skipPages },
  async (t) => {
    const daemon = await startAdmin(t, {
      server: { magickey: [{ label: "Anna's phone", key: magicKey }] },
      tasks: { gate: { name: 'Open the gate', command: ['/bin/true'], cooldown: '0s' } },
    });
    const browser = await launchBrowser();
    t.after(async () => await browser.close());
    const { page: owner } = await enterAdmin(t, browser, daemon, phone);

    await owner.goto(`${daemon.admin}/tasks/gate`);
    await owner.fill('form[action$="/links#links"] [name=label]', 'gardener');
    await follow(owner, 'form[action$="/links#links"] button');
    const address = (await owner.textContent('code:has-text("/guest/")')) ?? '';
    assert.match(address, /\/guest\/[\w-]{32}$/);
    const place = await owner.locator('code:has-text("/guest/")').boundingBox();
    assert.ok(
      place !== null && place.y > 0 && place.y < 844,
      'the page comes back at the address, which is shown only once',
    );
    assert.deepEqual(await findBarriers(owner), []);
    assert.ok(await owner.isVisible('li:has-text("gardener") >> text=0/1'));

    const open = async (): Promise<Page> => {
      const context = await browser.newContext(phone);
      t.after(async () => await context.close());
      const page = await context.newPage();
      await keepStill(page);
      return page;
    };
    const link = `${daemon.base}${new URL(address).pathname}`;
    const guest = await open();
    await guest.goto(link);
    assert.equal(await guest.textContent('h1'), 'Open the gate');
    assert.equal(
      daemon.log().filter(({ event }) => event === 'run-begin').length,
      0,
      'a look starts nothing',
    );
    await follow(guest, 'button');
    const run = guest.url();
    assert.match(run, /\/runs\/[\w-]{22}/);
    await guest.goto(link);
    assert.equal(new URL(guest.url()).pathname, new URL(run).pathname);
    const other = await open();
    assert.equal((await other.goto(link))?.status(), 404);

    const anna = await open();
    assert.equal((await anna.goto(`${daemon.url('gate')}/home`))?.status(), 200);
    await owner.goto(`${daemon.admin}/system`);
    await follow(owner, 'button[aria-label="Block Anna\'s phone"]');
    assert.ok(await owner.isVisible('button[aria-label="Unblock Anna\'s phone"]'));
    assert.deepEqual(await findBarriers(owner), []);
    assert.equal((await anna.goto(`${daemon.url('gate')}/home`))?.status(), 404);
  },
);
