// The phone's pages, side by side, from a real daemon in real Chromium.
import fs from 'node:fs';
import path from 'node:path';
import { launchBrowser, phone, untilTitle } from '../../test/support/browser.ts';
import { createFolder, startDaemon } from '../../test/support/daemon.ts';
import { createLatch } from '../../test/support/latch.ts';
import { writePast } from '../../test/support/past.ts';

const shell = (script: string): object => ({ command: ['/bin/sh', '-c', script], output: 'tail' });

/** What the phones show: the task, the title of the page once it is to be taken, and the colours. */
const screens = [
  { task: 'lights', title: /start it/, colorScheme: 'light' },
  { task: 'photos', title: /running/, colorScheme: 'light' },
  { task: 'gate', title: /succeeded/, colorScheme: 'light' },
  { task: 'camera', title: /failed/, colorScheme: 'dark' },
] as const;

/** Takes `phone.png` into a folder; resolves with the file. */
export async function takePhonePicture(folder: string): Promise<string> {
  const cleanUps: (() => Promise<void> | void)[] = [];
  const t = { after: (fn: () => Promise<void> | void): void => void cleanUps.unshift(fn) };
  try {
    const home = createFolder(t);
    const photos = ['one', 'two', 'three'].map((run) => ({ run, task: 'photos', durationMs: 195_000 }));
    writePast(
      home,
      photos.map((run) => ({ ...run, outcome: { kind: 'succeeded', exitCode: 0 } })),
    );
    const daemon = await startDaemon(t, {
      folder: home,
      tasks: {
        lights: {
          name: 'Lights off',
          icon: '💡',
          ...shell('true'),
          confirm: true,
          question: 'All lights in the house off?',
        },
        photos: {
          name: 'Back up photos',
          icon: '📷',
          ...shell(`echo "2026/11/IMG_4711.HEIC"; ${createLatch(t).wait}`),
          stoppable: true,
          grace: '0s',
        },
        gate: {
          name: 'Open the gate',
          icon: '🚪',
          ...shell('echo "Gate: opening"; sleep 1.2; echo "Gate: open"'),
        },
        camera: {
          name: 'Camera check off',
          icon: '📹',
          ...shell('echo "camera.local: no answer" >&2; exit 3'),
        },
      },
    });
    const browser = await launchBrowser();
    t.after(async () => await browser.close());

    const shots: string[] = [];
    for (const { task, title, colorScheme } of screens) {
      const page = await browser.newPage({
        ...phone,
        viewport: { width: 390, height: 660 },
        colorScheme,
        reducedMotion: 'reduce',
      });
      await page.goto(daemon.url(task));
      await untilTitle(page, title);
      if (task === 'photos') await page.getByText('Running for').waitFor();
      const shot = await page.screenshot();
      shots.push(`<img src="data:image/png;base64,${shot.toString('base64')}">`);
      if (task === 'photos') await page.getByRole('button', { name: 'Stop' }).tap();
      await page.close();
    }
    const sheet = await browser.newPage({ viewport: { width: 1240, height: 100 }, deviceScaleFactor: 2 });
    const style =
      'body{margin:0;padding:20px;display:flex;align-items:start;gap:20px;background:#8892a0}img{width:285px;border-radius:24px}';
    await sheet.setContent(`<!doctype html><style>${style}</style>${shots.join('')}`);
    const file = path.join(folder, 'phone.png');
    fs.mkdirSync(folder, { recursive: true });
    await sheet.screenshot({ path: file, fullPage: true });
    return file;
  } finally {
    for (const cleanUp of cleanUps) await cleanUp();
  }
}
