// Takes the pictures of the documents: the phone's pages, side by side, and the admin page, from real daemons in real Chromium.
import fs from 'node:fs';
import path from 'node:path';
import { launchBrowser, phone } from '../test/support/browser.ts';
import { startDaemon, until } from '../test/support/daemon.ts';
import { takeAdminPicture } from './pictures/admin.ts';

const cleanUps: (() => Promise<void> | void)[] = [];
const t = { after: (fn: () => Promise<void> | void): void => void cleanUps.unshift(fn) };
const folder = path.join(import.meta.dirname, '../docs/images');

const daemon = await startDaemon(t, {
  tasks: {
    photos: { name: 'Back up photos', command: ['/bin/sh', '-c', 'sleep 12.4'] },
    door: { name: 'Open the gate', command: ['/bin/sh', '-c', 'echo "Gate: opening"; sleep 1.2; echo "Gate: open"'], output: 'tail' },
    camera: { name: 'Camera check off', command: ['/bin/sh', '-c', 'echo "camera.local: no answer" >&2; exit 3'], output: 'tail' },
  },
});
const browser = await launchBrowser();
t.after(async () => await browser.close());

const shots: Buffer[] = [];
for (const [task, title, colorScheme] of [
  ['photos', /running/, 'light'],
  ['door', /succeeded/, 'light'],
  ['camera', /failed/, 'dark'],
] as const) {
  const page = await browser.newPage({ ...phone, viewport: { width: 390, height: 560 }, colorScheme, reducedMotion: 'reduce' });
  await page.goto(daemon.url(task));
  await until(async () => ((await page.title().catch(() => '')).match(title) === null ? undefined : true), `the page of ${task}`);
  if (task === 'photos') await page.waitForEvent('load');
  shots.push(await page.screenshot());
}

const sheet = await browser.newPage({ viewport: { width: 1000, height: 480 }, deviceScaleFactor: 2 });
await sheet.setContent(
  `<body style="margin:0;padding:20px;display:flex;gap:20px;background:#8892a0">${shots
    .map((shot) => `<img style="width:307px;border-radius:24px" src="data:image/png;base64,${shot.toString('base64')}">`)
    .join('')}</body>`,
);
fs.mkdirSync(folder, { recursive: true });
await sheet.screenshot({ path: path.join(folder, 'phone.png'), fullPage: true });
await takeAdminPicture(folder);
for (const cleanUp of cleanUps) await cleanUp();
console.log(`Wrote ${path.relative(process.cwd(), folder)}`);
