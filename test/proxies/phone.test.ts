// A phone that is set up from the QR code in the terminal, behind each proxy, and taps its bookmark a day later.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { renderUnicodeCompact } from 'uqr';
import { runInTerminal } from '../support/cli.ts';
import { createFolder, findPort, keyOf, magicKey, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { moveClock } from '../support/moved-clock.ts';
import { proxyPrograms, startProxy } from '../support/proxies.ts';
import { ask, asPhone, refer } from '../support/through-proxy.ts';

const dayMs = 86_400_000;
const names = { lights: 'Lights off', gate: 'Open the gate', heater: 'Heat the shed' };
const ids = Object.keys(names) as (keyof typeof names)[];

/** A bookmark on the home screen of a phone. */
interface Bookmark {
  readonly url: string;
  readonly task: keyof typeof names;
}

/** Opens what the QR code in the terminal holds, and puts the page on the home screen as phones do. */
async function setUp(base: string, task: keyof typeof names, config: string): Promise<Bookmark> {
  const { stdout } = await runInTerminal(['url', task, '--base', base, '--config', config]);
  const home = `${base}/${magicKey}/${keyOf(task)}/home`;
  const shown = stdout.replaceAll(/\u001b\[[\d;]*m/g, '');
  assert.ok(shown.includes(renderUnicodeCompact(home, { border: 2 })), `the QR code of ${home} in\n${shown}`);
  const page = await ask(home, { headers: asPhone });
  assert.equal(page.status, 200);
  assert.ok(page.text.includes(names[task]));
  const touchIcon = refer(page.text, /rel="apple-touch-icon" href="([^"]+)"/, home);
  assert.equal((await ask(touchIcon, { headers: asPhone })).headers['content-type'], 'image/png');
  const manifest = refer(page.text, /rel="manifest" href="([^"]+)"/, home);
  const { start_url: start, name } = JSON.parse((await ask(manifest, { headers: asPhone })).text) as {
    start_url: string;
    name: string;
  };
  assert.equal(name, names[task]);
  return { url: new URL(start, manifest).href, task };
}

test(
  'behind each proxy, setting up a phone starts nothing, and a day later its bookmark starts the right task',
  { skip: proxyPrograms.map(({ skip }) => skip).find((skip) => skip !== false) ?? false, timeout: 480_000 },
  async (t) => {
    const cleanups: (() => Promise<void> | void)[] = [];
    t.after(async () => {
      for (const cleanup of cleanups.toReversed()) await cleanup();
    });
    const inOrder = { after: (fn: () => Promise<void> | void) => void cleanups.push(fn) };
    const folder = createFolder(inOrder);
    const port = await findPort();
    const start = async (nodeArgs: readonly string[]): Promise<TestDaemon> =>
      await startDaemon(inOrder, {
        folder,
        nodeArgs,
        server: { port, trustProxy: ['127.0.0.1'], rateLimit: { runs: 1000 } },
        tasks: Object.fromEntries(
          ids.map((id) => [id, { name: names[id], icon: '💡', command: ['/bin/echo', id], cooldown: '0s' }]),
        ),
      });
    const daemon = await start([]);
    const proxies = [];
    for (const program of proxyPrograms)
      proxies.push(await startProxy(inOrder, program, { port, adminPort: await findPort() }));
    const config = path.join(folder, 'config.json');
    const bases = proxies.flatMap(({ tasks, tasksBelow }) => [tasks, tasksBelow]);
    const bookmarks: Bookmark[] = [];
    for (const [i, base] of bases.entries())
      bookmarks.push(await setUp(base, ids[i % ids.length] ?? 'lights', config));
    assert.deepEqual(daemon.history(), [], 'nothing was started');
    assert.equal(await daemon.stop(), 0);
    const later = await start(moveClock(dayMs));
    for (const { url, task } of bookmarks) {
      const tapped = await ask(url, { headers: asPhone });
      assert.equal(tapped.status, 303, url);
      const page = await ask(tapped.location, { headers: asPhone });
      assert.ok(page.status === 200 && page.text.includes(names[task]), page.text);
    }
    const starts = later.history().filter(({ event }) => event === 'start');
    assert.deepEqual(
      starts.map((line) => line['task']),
      bookmarks.map(({ task }) => task),
    );
    for (const { at } of starts) assert.ok(Date.parse(String(at)) > Date.now() + dayMs / 2, String(at));
  },
);
