// The admin pages in German and French: no barrier that axe-core knows, nothing wider than the screen, with names of any kind.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterAdmin, startAdmin } from '../support/admin.ts';
import { findBarriers } from '../support/axe.ts';
import { launchBrowser, phone, skipPages } from '../support/browser.ts';
import { createFolder } from '../support/daemon.ts';
import { writePast } from '../support/past.ts';

const desktop = { viewport: { width: 1200, height: 800 } };
/** Each language once, each width once; the colours are the same in every language, and are tried in English. */
const readers = [
  { lang: 'de', locale: 'de-DE', colorScheme: 'light', ...phone },
  { lang: 'fr', locale: 'fr-FR', colorScheme: 'dark', ...desktop },
] as const;
const long = `Sicherungskopie ${'der Fotos '.repeat(8)}`.slice(0, 100);

test(
  'the admin pages have no barrier in German and in French, and fit the screen',
  { skip: skipPages },
  async (t) => {
    const folder = createFolder(t);
    writePast(folder, [
      { run: 'failed'.padEnd(22, '.'), task: 'long', name: long, outcome: { kind: 'failed', exitCode: 3 } },
      { run: 'lost'.padEnd(22, '.'), task: 'queue', name: 'Warteschlange', begun: true },
    ]);
    const shell = (script: string, more: object): object => ({
      command: ['/bin/sh', '-c', script],
      output: 'all',
      timeout: '10m',
      ...more,
    });
    const tasks = {
      off: shell('true', { name: long, then: { task: 'long', after: '2h', between: ['1m', '8h'] } }),
      long: shell('seq 30000; exec sleep 600', { name: long }),
      queue: shell('exec sleep 600', { name: 'Warteschlange', whenBusy: 'queue' }),
      asks: shell('true', { name: 'فتح البوابة', confirm: true, question: 'Öffnen? '.repeat(20) }),
      ...Object.fromEntries(
        ['<b>"&\'', 'ガレージのドア', 'x'.repeat(100), '👩‍💻', 'plain'].map((name, i) => [
          i,
          shell('true', { name }),
        ]),
      ),
    };
    const daemon = await startAdmin(t, { folder, tasks });
    const start = async (id: string): Promise<string> => {
      const answer = await fetch(daemon.url(id), { headers: { accept: 'application/json' } });
      return ((await answer.json()) as { run: string }).run;
    };
    const running = await start('long');
    await fetch(`${daemon.url('off')}?wait=1m`);
    await start('queue');
    const queued = await start('queue');
    await fetch(`${daemon.base}/wrong/wrong`);
    const browser = await launchBrowser();
    t.after(async () => await browser.close());
    const places = [
      '/',
      '/?text=zzz',
      '/tasks/long',
      '/tasks/off',
      '/tasks/asks/run',
      `/runs/${running}`,
      `/runs/${queued}`,
      `/runs/${'failed'.padEnd(22, '.')}`,
      '/history',
      '/history?kind=attempts',
      '/history?from=2026-02-30',
      '/strangers',
      '/system',
      '/log?show=all',
      '/no-such-page',
    ];
    const complaints: string[] = [];
    for (const { lang, ...options } of readers) {
      const { page } = await enterAdmin(t, browser, daemon, {
        ...options,
        bypassCSP: true,
        reducedMotion: 'reduce',
      });
      for (const place of places) {
        await page.goto(daemon.admin + place);
        assert.equal(await page.locator('html').getAttribute('lang'), lang, place);
        complaints.push(
          ...(await findBarriers(page, { withColours: false })).map(
            (barrier) => `${lang} ${place}: ${barrier}`,
          ),
        );
        const width = await page.locator('html').evaluate((html) => html.scrollWidth);
        if (width > (options.viewport?.width ?? 0))
          complaints.push(`${lang} ${place}: ${width} CSS pixels wide`);
      }
    }
    assert.deepEqual(complaints, []);
  },
);
