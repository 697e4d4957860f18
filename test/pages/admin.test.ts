// The admin page in real Chromium: on a phone and a desktop, with JavaScript and without.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { adminPassword, enterAdmin, startAdmin, type AdminDaemon } from '../support/admin.ts';
import { startReceiver } from '../support/receiver.ts';
import { findBarriers } from '../support/axe.ts';
import { follow, keepStill, launchBrowser, phone, press, skipPages, untilTitle } from '../support/browser.ts';
import { isAutomatic } from '../../src/admin/gate/automatic.ts';
import { toKeyDigest } from '../../src/keys.ts';
import { createFolder, keyOf, magicKey, until } from '../support/daemon.ts';
import { createLatch } from '../support/latch.ts';

let browser: Browser;
/** One daemon for all tests that look at nothing but tasks of their own. */
let shared: AdminDaemon;
const sharedTasks: Record<string, object> = {
  good: { name: 'Good', command: ['/bin/true'] },
  bad: { name: 'Bad', command: ['/bin/false'] },
  asks: { command: ['/bin/true'], confirm: true },
};
const cleanups: (() => Promise<void> | void)[] = [];
const atEnd = { after: (fn: () => Promise<void> | void) => void cleanups.unshift(fn) };
before(async () => {
  if (skipPages !== false) return;
  browser = await launchBrowser();
  shared = await startAdmin(atEnd, {
    tasks: sharedTasks,
    server: { magickey: [{ label: 'Home', key: magicKey }] },
  });
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
  if (skipPages === false) await browser.close();
});

const desktop: BrowserContextOptions = { viewport: { width: 1200, height: 800 } };
const viewports = { phone, desktop };

/** A task that prints a line, and ends after `go`. */
function createGated(
  t: { after(fn: () => void): void },
  more: object = {},
): { readonly task: object; readonly go: () => void } {
  const latch = createLatch(t);
  return {
    task: {
      name: 'Gated',
      command: ['/bin/sh', '-c', `echo begun; ${latch.wait}; echo done`],
      output: 'all',
      cooldown: '0s',
      grace: '200ms',
      ...more,
    },
    go: latch.open,
  };
}

/** Waits until the page of a run shows this state, and all of it is there. */
async function untilRun(page: Page, state: string): Promise<void> {
  await page.waitForSelector(`[role=status]:has-text("${state}")`);
  await page.waitForLoadState('load');
}

/** Gives a gated task with this name to the shared daemon; it ends after `go`. */
function shareGated(id: string): () => void {
  const { task, go } = createGated(atEnd, { name: id });
  sharedTasks[id] = task;
  return go;
}

const starts = (daemon: AdminDaemon, id?: string): Record<string, unknown>[] =>
  daemon.history().filter(({ event, task }) => event === 'start' && (id === undefined || task === id));

suite('the admin page in a browser', { concurrency: 4, skip: skipPages }, () => {
  for (const [viewport, options] of Object.entries(viewports))
    for (const javaScriptEnabled of [true, false]) {
      const id = `gated-${viewport}-${javaScriptEnabled}`;
      const go = shareGated(id);
      test(`on a ${viewport}, ${javaScriptEnabled ? 'with' : 'without'} JavaScript: sign in, run, see it go on and end, sign out`, async (t) => {
        const context = await browser.newContext({ reducedMotion: 'reduce', ...options, javaScriptEnabled });
        t.after(async () => await context.close());
        const page = await context.newPage();
        const release = await keepStill(page);
        await page.goto(shared.admin);
        await page.fill('input[name=password]', adminPassword);
        await follow(page, 'button');
        await page.waitForSelector('nav');
        assert.equal(await page.textContent('h1'), 'Tasks');
        await follow(page, `button[aria-label="Run ${id}"]`);
        assert.match(page.url(), /\/runs\/[\w-]{22}$/);
        assert.equal((await page.textContent('[role=status]'))?.trim(), 'Running');
        assert.ok((await page.title()).startsWith(`… ${id}`));
        // Without JavaScript the page that comes now loads itself again and again.
        await release();
        await page.reload();
        await page.waitForSelector('pre:has-text("begun")');
        go();
        await untilRun(page, 'Succeeded');
        assert.match((await page.textContent('pre')) ?? '', /^begun\ndone\n$/);
        assert.equal(starts(shared, id).length, 1, 'a reload starts nothing');
        await follow(page, 'text=Sign out');
        await page.waitForSelector('input[name=password]');
        await page.goto(`${shared.admin}/history`);
        assert.equal(await page.locator('input[name=password]').count(), 1);
      });
    }

  const goOn = shareGated('output');
  test('output is added as it comes without loading the page anew, and the end loads it once', async (t) => {
    const { page } = await enterAdmin(t, browser, shared, desktop);
    await follow(page, 'button[aria-label="Run output"]');
    let loads = 0;
    page.on('load', () => loads++);
    await page.evaluate('document.title = "not loaded anew"');
    await page.waitForSelector('pre:has-text("begun")');
    const shown = await page.textContent('[data-since]');
    await until(
      async () => ((await page.textContent('[data-since]')) === shown ? await pause(200) : true),
      'the time to count',
    );
    assert.deepEqual([await page.title(), loads], ['not loaded anew', 0]);
    goOn();
    await untilRun(page, 'Succeeded');
    assert.equal(loads, 1);
    assert.equal(
      await page.locator('[data-events], [data-news], meta[http-equiv]').count(),
      0,
      'nothing loads it once more',
    );
  });

  test('output arrives as a terminal shows it: overwritten, unfinished, in colours, and its end in view', async (t) => {
    const [two, three, end] = [createLatch(t), createLatch(t), createLatch(t)];
    const script = [
      "seq 300; printf '<b>1%%\\r'",
      two.wait,
      "printf '\\033[32m<b>2%%\\033[0m'",
      three.wait,
      "printf '\\r\\033[Kdone\\nnext\\033[A\\rDONE\\n'; seq 100000 130000; printf 'end'",
      end.wait,
    ].join('; ');
    const copy = { name: 'Copy', command: ['/bin/sh', '-c', script], output: 'all' };
    const daemon = await startAdmin(t, { tasks: { copy } });
    const { page } = await enterAdmin(t, browser, daemon, phone);
    await follow(page, 'button:has-text("Run")');
    let loads = 0;
    page.on('load', () => loads++);
    const box = page.locator('pre');
    const awaitEnd = async (end: RegExp): Promise<void> => {
      await page.locator('pre', { hasText: end }).waitFor();
      assert.ok(await box.evaluate(({ scrollTop }) => Math.abs(scrollTop) < 2), 'the end is in view');
    };
    await awaitEnd(/\n300\n<b>1%$/);
    two.open();
    await awaitEnd(/\n300\n<b>2%$/);
    assert.equal(await page.locator('pre .c2').textContent(), '<b>2%');
    three.open();
    await awaitEnd(/\n130000\nend$/);
    assert.equal(loads, 0);
    assert.ok(((await box.textContent()) ?? '').length < 100_000, 'a page does not grow without an end');
    end.open();
    await untilRun(page, 'Succeeded');
    await awaitEnd(/\n130000\nend$/);
  });

  test('a run is stopped from its page and from the tasks, stoppable or not', async (t) => {
    const { task } = createGated(t, { whenBusy: 'parallel', stoppable: false });
    const daemon = await startAdmin(t, { tasks: { gated: task } });
    const { page } = await enterAdmin(t, browser, daemon, phone);
    await follow(page, 'button:has-text("Run")');
    await page.click('main button:has-text("Stop")');
    await untilRun(page, 'Stopped');
    await follow(page, 'text=Run again');
    await untilRun(page, 'Running');
    await page.goto(daemon.admin);
    await page.click('.rows button:has-text("Stop")');
    await untilRun(page, 'Stopped');
    assert.deepEqual(
      daemon
        .log()
        .filter(({ event }) => event === 'stop')
        .map(({ label }) => label),
      ['admin (owner)', 'admin (owner)'],
    );
  });

  test("a start from here follows the task's rules", async (t) => {
    const { task, go } = createGated(t, { whenBusy: 'queue', queue: { max: 1 } });
    const once = { name: 'Once', command: ['/bin/true'], maxPerDay: 1, cooldown: '0s' };
    const daemon = await startAdmin(t, {
      tasks: { gated: task, once, off: { name: 'Off', command: ['/bin/true'], enabled: false } },
    });
    const { page } = await enterAdmin(t, browser, daemon, desktop);
    const run = async (name: string): Promise<string> => {
      await page.goto(daemon.admin);
      await follow(page, `button[aria-label="Run ${name}"]`);
      return (await page.textContent('main')) ?? '';
    };
    assert.match(await run('Gated'), /Running/);
    assert.match(await run('Gated'), /Waiting/);
    assert.match(await run('Gated'), /Too many runs of it are waiting already/);
    go();
    // The page loads itself once more at the end of its run, and would do so in the middle of going elsewhere.
    await untilRun(page, 'Succeeded');
    await run('Once');
    await untilRun(page, 'Succeeded');
    assert.match(await run('Once'), /as often as it may be within 24 hours/);
    assert.equal(await page.locator('button[aria-label="Run Off"]').count(), 0);
    await until(() => (starts(daemon).length === 3 ? true : undefined), 'no further start');
  });

  for (const javaScriptEnabled of [true, false]) {
    const id = `lights-${javaScriptEnabled}`;
    sharedTasks[id] = {
      name: id,
      command: ['/bin/true'],
      cooldown: '0s',
      confirm: true,
      question: 'All lights off?',
    };
    test(`a task with confirm is started by a second tap, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (t) => {
      const { page, release } = await enterAdmin(t, browser, shared, { ...phone, javaScriptEnabled });
      const csrf = await page.inputValue('input[name=csrf] >> nth=0');
      await follow(page, `a[aria-label="Run … ${id}"]`);
      assert.match((await page.textContent('main')) ?? '', new RegExp(`${id}\\s+All lights off\\?`));
      await follow(page, 'text=Back');
      await follow(page, `a[aria-label="Run … ${id}"]`);
      assert.deepEqual(starts(shared, id), []);
      // A page from before the config asked has a form without the answer.
      const answer = await page.request.post(`${shared.admin}/tasks/${id}/run`, {
        form: { csrf },
        headers: { origin: shared.admin },
        maxRedirects: 0,
      });
      assert.deepEqual([answer.status(), answer.headers()['location']], [303, `../../tasks/${id}/run`]);
      await release();
      await page.click('text=Start');
      await untilRun(page, 'Succeeded');
      assert.equal(starts(shared, id).length, 1);
      await follow(page, 'text=Run again');
      assert.match((await page.textContent('main')) ?? '', /All lights off\?/);
    });
  }

  test('many tasks are searched and ordered without a script, and the page that reloads itself stays the same', async (t) => {
    const tasks = Object.fromEntries(
      Array.from({ length: 70 }, (_, i) => [
        `t${i}`,
        { name: `Task ${i}`, command: [i === 69 ? '/bin/false' : '/bin/true'] },
      ]),
    );
    const daemon = await startAdmin(t, { tasks });
    await fetch(`${daemon.url('t69')}?wait=60`);
    const { page, release } = await enterAdmin(t, browser, daemon, { ...phone, javaScriptEnabled: false });
    const names = async (): Promise<string[]> =>
      (await page.locator('h3').allTextContents()).map((name) => name.trim());
    assert.deepEqual([(await names()).length, (await names())[0]], [60, 'Task 69']);
    assert.match((await page.textContent('h2')) ?? '', /1 failed last time/);
    await follow(page, 'text=Show all tasks');
    assert.equal((await names()).length, 70);
    await page.fill('input[name=text]', 'TASK 6');
    await page.selectOption('select[name=order]', 'name');
    await follow(page, 'text="Show"');
    assert.deepEqual((await names()).slice(0, 3), ['Task 6', 'Task 16', 'Task 26']);
    assert.match((await page.textContent('h2')) ?? '', /16 of 70 tasks/);
    await release();
    await page.reload();
    await page.waitForURL(/auto=1/);
    await keepStill(page);
    await until(
      async () =>
        await page.reload().then(
          () => true,
          () => undefined,
        ),
      'a page that is still',
    );
    assert.equal((await names()).length, 16);
    assert.equal(await page.inputValue('input[name=text]'), 'TASK 6');
    await page.fill('input[name=text]', 'zebra');
    await follow(page, 'text="Show"');
    assert.match((await page.textContent('main')) ?? '', /No task matches/);
  });

  test('the tasks show news by themselves', async (t) => {
    const { task, go } = createGated(t);
    const daemon = await startAdmin(t, { tasks: { gated: task } });
    const { page, release } = await enterAdmin(t, browser, daemon, desktop);
    await release();
    await page.reload();
    await fetch(daemon.url('gated'));
    await page.waitForSelector('.card :text("Running")');
    go();
    await page.waitForSelector('.card :text("Succeeded")');
  });

  for (const javaScriptEnabled of [true, false]) {
    const id = `marked-${javaScriptEnabled}`;
    const go = shareGated(id);
    test(`what the pages ask for by themselves is marked, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (t) => {
      const { page, release } = await enterAdmin(t, browser, shared, { javaScriptEnabled });
      await release();
      await page.reload();
      const asked: string[] = [];
      page.on('request', (request) =>
        asked.push(
          request
            .url()
            .slice(shared.admin.length)
            .replace(/[\w-]{22}/, 'ID'),
        ),
      );
      const untilAsked = async (wanted: string): Promise<true> =>
        await until(() => (asked.includes(wanted) ? true : undefined), `a request for ${wanted}`);
      await untilAsked('/?auto=1');
      assert.deepEqual(new Set(asked), new Set(['/?auto=1']), 'nothing else is asked for');
      await press(page.locator(`button[aria-label="Run ${id}"]`));
      await page.waitForSelector('pre:has-text("begun")');
      if (!javaScriptEnabled) await untilAsked('/runs/ID?auto=1');
      asked.length = 0;
      go();
      await untilRun(page, 'Succeeded');
      assert.deepEqual(new Set(asked), new Set(['/runs/ID?auto=1']));
      if (javaScriptEnabled) assert.doesNotMatch(page.url(), /auto/, 'a reload by the reader is use');
    });
  }

  test('attempts are filtered and paged; a link leads from a stranger to what he tried', async (t) => {
    const tasks = { good: { name: 'Good', command: ['/bin/true'], cooldown: '0s' } };
    const daemon = await startAdmin(t, {
      tasks,
      server: {
        rateLimit: { runs: 1000, failures: 1000 },
        magickey: [{ label: "Anna's phone", key: magicKey }],
      },
    });
    for (let i = 0; i < 60; i++) await fetch(`${daemon.base}/wrong/${keyOf('good')}`);
    await fetch(`${daemon.url('good')}?wait=60`);
    const { page } = await enterAdmin(t, browser, daemon, { ...desktop, javaScriptEnabled: false });
    await page.goto(`${daemon.admin}/history`);
    assert.match((await page.textContent('.rows')) ?? '', /Succeeded\s+Good\s+Anna's phone, 127\.0\.0\.1/);
    await follow(page, 'text=Attempts');
    const marks = async (): Promise<string[]> => await page.locator('.rows .mark').allTextContents();
    assert.deepEqual([(await marks()).length, (await marks())[0]], [50, 'Started']);
    await follow(page, 'text=Older');
    assert.deepEqual([(await marks()).length, new Set(await marks())], [11, new Set(['Wrong magic key'])]);
    assert.equal(await page.locator('text=Older').count(), 0);
    await follow(page, 'text=Newest');
    await page.selectOption('select[name=result]', 'started');
    await page.fill('input[name=label]', 'anna');
    await page.fill('input[name=network]', '127.0.0.0/8');
    await follow(page, 'text=Filter');
    assert.deepEqual(await marks(), ['Started']);
    assert.equal(await page.inputValue('input[name=label]'), 'anna', 'the form shows what it was asked');
    await page.fill('input[name=network]', 'home');
    await follow(page, 'text=Filter');
    assert.match((await page.textContent('main')) ?? '', /Give an address or a network/);
    await follow(page, 'text=Strangers');
    assert.match((await page.textContent('.rows')) ?? '', /127\.0\.0\.1\s+wrong magic key 60\s+60 calls/);
    await follow(page, '.rows a');
    assert.deepEqual([(await marks()).length, page.url().includes('network=127.0.0.1')], [50, true]);
  });

  test('the keys of a task are masked until they are asked for, and gone with the page', async (t) => {
    const { page } = await enterAdmin(t, browser, shared, phone);
    await follow(page, 'h3 a:has-text("Good")');
    const holdsKey = async (): Promise<boolean> => (await page.content()).includes(keyOf('good'));
    assert.deepEqual([await holdsKey(), await page.locator('.qr').count()], [false, 0]);
    await follow(page, 'text=Show address');
    await page.waitForSelector('.qr svg');
    assert.equal(await holdsKey(), true);
    await page.fill('input[name=base]', 'https://nas.example.org:8443');
    await follow(page, 'text=Show with this address');
    await page.waitForSelector('code:has-text("https://nas.example.org:8443/")');
    await page.goto(`${shared.admin}/tasks/good`);
    assert.equal(await holdsKey(), false);
  });

  test('the page of a task shows its command and its keys with their ends and last uses, and the address for the chosen label', async (t) => {
    const soon = new Date(Date.now() + 3 * 24 * 3_600_000).toISOString();
    const daemon = await startAdmin(t, {
      server: { magickey: [{ label: 'Home', key: magicKey }] },
      tasks: {
        good: {
          name: 'Good',
          command: ['/bin/echo', 'two words', "it's"],
          env: { SECRET: 'hush' },
          identifier: [
            { label: 'Anna', key: keyOf('good') },
            { label: 'Ben', key: keyOf('other'), expires: soon },
            { label: 'Old', key: keyOf('old'), expires: '2020-01-01', confirm: true },
            { label: 'Hashed', key: `sha256:${toKeyDigest(keyOf('hashed'))}` },
          ],
        },
      },
    });
    await fetch(`${daemon.url('other')}?wait=60`);
    const { page } = await enterAdmin(t, browser, daemon, desktop);
    await page.goto(`${daemon.admin}/tasks/good`);
    const main = async (): Promise<string> =>
      ((await page.textContent('main')) ?? '').replaceAll(/\s+/g, ' ');
    assert.match(await main(), /Command \/bin\/echo 'two words' 'it'\\''s'/);
    assert.match(await main(), /Variables SECRET/);
    assert.ok(!(await page.content()).includes('hush'));
    assert.match(await main(), /No end Anna no use remembered/);
    assert.match(await main(), /Until [\d :-]+ Ben last used (?:just now|\d+ min ago), 127\.0\.0\.1/);
    assert.match(await main(), /Expired Old asks first; no use remembered/);
    await page.selectOption('select[name=for]', 'Home + Ben');
    await follow(page, 'text=Show address');
    await page.waitForSelector('.qr svg');
    assert.equal((await page.content()).includes(keyOf('other')), true);
    assert.equal((await page.content()).includes(keyOf('good')), false);
    assert.equal(await page.inputValue('select[name=for]'), 'Home + Ben');
    const shown = await daemon.logged(({ event }) => event === 'address-shown');
    assert.equal(shown['label'], 'Home + Ben');
    await page.selectOption('select[name=for]', 'Home + Hashed');
    await follow(page, 'text=Show with this address');
    assert.match(await main(), /does not hold both keys/);
    assert.equal(daemon.log().filter(({ event }) => event === 'address-shown').length, 1);
    await page.goto(`${daemon.admin}/system`);
    assert.match(await main(), /Magic keys No end Home last used (?:just now|\d+ min ago), 127\.0\.0\.1/);
  });

  test('the last lines of the log are shown without strangers, and with them on request', async (t) => {
    const daemon = await startAdmin(t, { tasks: { good: { name: 'Good', command: ['/bin/true'] } } });
    await fetch(`${daemon.base}/wrong/wrong`);
    await fetch(`${daemon.url('good')}?wait=60`);
    await daemon.logged(({ msg }) => /Refused a call/.test(String(msg)));
    await daemon.logged(({ msg }) => /Good/.test(String(msg)));
    const { page } = await enterAdmin(t, browser, daemon, { ...phone, javaScriptEnabled: false });
    await follow(page, 'text=System');
    await follow(page, 'text=Show the last lines');
    const lines = async (): Promise<string> => await page.locator('.log').innerText();
    assert.match(await lines(), /Good/);
    assert.doesNotMatch(await lines(), /Refused a call/);
    await page.selectOption('select[name=show]', 'all');
    await follow(page, 'main button');
    assert.match(await lines(), /Refused a call from 127\.0\.0\.1/);
    assert.ok(!(await page.content()).includes(keyOf('good')));
  });

  test('a task with a picture shows it, and asking for it does not count as use', async (t) => {
    const folder = createFolder(t);
    fs.writeFileSync(
      path.join(folder, 'gate.svg'),
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="red"/></svg>',
    );
    const daemon = await startAdmin(t, {
      folder,
      tasks: {
        gate: { name: 'Gate', command: ['/bin/true'], icon: 'gate.svg' },
        plain: { command: ['/bin/true'] },
      },
    });
    const { page } = await enterAdmin(t, browser, daemon, desktop);
    // A picture that takes long to draw is there at a later visit.
    await until(async () => {
      await page.reload({ waitUntil: 'load' });
      return (await page.evaluate('document.querySelector("img.tile")?.naturalWidth')) === 192
        ? true
        : undefined;
    }, 'the picture');
    assert.equal(await page.locator('img').count(), 1);
    const source = (await page.getAttribute('img', 'src')) ?? '';
    const { status } = await fetch(new URL(source, daemon.admin));
    assert.equal(status, 403, 'the picture is for the admin only');
    assert.equal((await page.request.get(`${daemon.admin}/tasks/plain/icon.png`)).status(), 404);
    assert.equal(isAutomatic('/tasks/gate/icon.png?1'), true);
    assert.equal(isAutomatic('/tasks/gate?icon.png'), false);
  });

  test('strangers outlive a restart', async (t) => {
    const folder = createFolder(t);
    const options = { folder, tasks: { good: { name: 'Good', command: ['/bin/true'] } } };
    const first = await startAdmin(t, options);
    for (let i = 0; i < 3; i++) await fetch(`${first.base}/wrong/wrong`);
    await first.stop();
    const second = await startAdmin(t, options);
    await fetch(`${second.base}/wrong/${keyOf('good')}`);
    const { page } = await enterAdmin(t, browser, second, phone);
    for (let i = 0; i < 2; i++) {
      await page.goto(`${second.admin}/strangers`);
      assert.match(
        (await page.textContent('.rows')) ?? '',
        /127\.0\.0\.1\s+wrong keys 3, wrong magic key 1\s+4 calls/,
      );
    }
  });

  test('a button copies an address; without a script there is none', async (t) => {
    const address = shared.url('good');
    for (const javaScriptEnabled of [true, false]) {
      const { page, context } = await enterAdmin(t, browser, shared, { ...phone, javaScriptEnabled });
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.goto(`${shared.admin}/tasks/good`);
      await follow(page, 'text=Show address');
      await page.waitForSelector('.qr svg');
      assert.equal(await page.locator('.copy >> visible=true').count(), javaScriptEnabled ? 4 : 0);
      if (!javaScriptEnabled) continue;
      await page.fill('input[name=base]', shared.base);
      await follow(page, 'text=Show with this address');
      // The button shows it for two seconds only.
      await page.evaluate(
        `new MutationObserver(() => { if (document.body.innerText.includes('Copied')) document.title = 'It was shown' }).observe(document.body, { subtree: true, childList: true, characterData: true })`,
      );
      await page.click('[aria-label="Copy: This address starts it:"]');
      await untilTitle(page, /It was shown/);
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), address);
    }
  });

  test('another site that knows where the admin page is can start nothing', async (t) => {
    const { page } = await enterAdmin(t, browser, shared, desktop);
    const csrf = await page.inputValue('input[name=csrf] >> nth=0');
    // Under another name of the same machine: a site of its own for the browser.
    const evil = shared.admin.replace('127.0.0.1', 'localhost');
    await page.route(
      `${evil}/evil`,
      async (route) =>
        await route.fulfill({
          contentType: 'text/html',
          body: `<form method="post" action="${shared.admin}/tasks/good/run"><input name="csrf" value="${csrf}"><button>Win</button></form><img src="${shared.admin}/tasks/good/run">`,
        }),
    );
    await page.goto(`${evil}/evil`);
    await page.click('button');
    await page.waitForURL(`${shared.admin}/**`);
    assert.equal(
      await page.locator('input[name=password]').count(),
      1,
      'the browser keeps the session to itself',
    );
    assert.deepEqual(starts(shared, 'good'), []);
  });

  test('a config that is refused is told on the first page, with its problems on the system page', async (t) => {
    const daemon = await startAdmin(t, { tasks: { good: { name: 'Good', command: ['/bin/true'] } } });
    const { page } = await enterAdmin(t, browser, daemon, phone);
    await follow(page, 'text=System');
    assert.match((await page.textContent('[role=status]')) ?? '', /Running and healthy/);
    const file = path.join(daemon.folder, 'config.json');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"command"', '"comand"'));
    await daemon.logged(({ event }) => event === 'config-refused');
    await page.goto(daemon.admin);
    assert.match(
      (await page.textContent('.note')) ?? '',
      /Cannot use .*; the daemon continues with the last good one/,
    );
    await follow(page, 'text=More');
    assert.match(
      (await page.textContent('main')) ?? '',
      /tasks\.good\.comand: Unknown name; did you mean "command"\?/,
    );
  });

  /** Every page, with something on it. */
  async function listPages(page: Page, daemon: AdminDaemon): Promise<readonly string[]> {
    await page.goto(`${daemon.admin}/history`);
    const run = `/${await page.getAttribute('.rows a', 'href')}`.replace('/./', '/');
    return [
      '/',
      '/history',
      '/history?kind=attempts',
      '/strangers',
      '/system',
      '/log?show=all',
      '/tasks/asks/run',
      '/tasks/bad',
      run ?? '',
      '/no-such-page',
    ];
  }

  for (const [viewport, options] of Object.entries(viewports))
    test(`on a ${viewport} no page has a barrier that axe-core knows, in light and dark, nor anything wider than the screen`, async (t) => {
      const tasks = {
        gated: createGated(t).task,
        asks: { name: 'فتح البوابة', command: ['/bin/true'], confirm: true, question: 'Open '.repeat(40) },
        bad: {
          name: `Bad ${'x'.repeat(90)}`,
          command: ['/bin/sh', '-c', `printf '%0300d\\n' 7; exit 3`],
          output: 'all',
        },
      };
      const body = JSON.stringify({ error: 'x'.repeat(150) });
      const refusing = await startReceiver(t, [{ status: 404, body }]);
      const notify = [
        { type: 'webhook', url: refusing.url },
        { type: 'ntfy', url: `${refusing.url}/topic`, on: ['strangers'] },
      ];
      const daemon = await startAdmin(t, { tasks, more: { notify } });
      await fetch(`${daemon.url('bad')}?wait=60`);
      await fetch(daemon.url('gated'));
      await fetch(`${daemon.base}/wrong/wrong`);
      await refusing.awaits(1);
      const complaints: string[] = [];
      const { page } = await enterAdmin(t, browser, daemon, { ...options, bypassCSP: true });
      for (const place of await listPages(page, daemon)) {
        await page.goto(daemon.admin + place);
        complaints.push(...(await findBarriers(page)).map((barrier) => `${place}: ${barrier}`));
        const width = await page.locator('html').evaluate((html) => html.scrollWidth);
        if (width > (options.viewport?.width ?? 0)) complaints.push(`${place}: ${width} CSS pixels wide`);
      }
      await page.goto(`${daemon.admin}/tasks/bad`);
      await follow(page, 'text=Show address');
      await page.waitForSelector('.qr');
      complaints.push(...(await findBarriers(page)));
      await follow(page, 'text=Sign out');
      await page.waitForSelector('input[name=password]');
      complaints.push(...(await findBarriers(page)));
      assert.deepEqual(complaints, []);
    });

  test('no page is hindered by its own policy, and none loads anything from elsewhere', async (t) => {
    await fetch(`${shared.url('bad')}?wait=60`);
    const { page } = await enterAdmin(t, browser, shared, desktop);
    const complaints: string[] = [];
    const foreign: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => {
      if (!request.url().startsWith(shared.admin) && !request.url().startsWith('data:'))
        foreign.push(request.url());
    });
    for (const place of (await listPages(page, shared)).filter((place) => place !== '/no-such-page'))
      await page.goto(shared.admin + place);
    await page.goto(`${shared.admin}/tasks/bad`);
    await follow(page, 'text=Show address');
    await page.waitForSelector('.qr');
    assert.deepEqual([complaints, foreign], [[], []]);
  });
});
