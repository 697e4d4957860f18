// The admin page, the tasks on a desktop and a run on a phone at night, from a real daemon in real Chromium.
import fs from 'node:fs';
import path from 'node:path';
import { enterAdmin, startAdmin } from '../../test/support/admin.ts';
import { follow, launchBrowser, phone } from '../../test/support/browser.ts';
import { createFolder, magicKey } from '../../test/support/daemon.ts';
import { createLatch } from '../../test/support/latch.ts';
import { account, password, startFakeDsm } from '../../test/support/fake-dsm/fake-dsm.ts';

const hourMs = 3_600_000;

/** Runs of the past, as hours ago, task, name, seconds and outcome. */
const past = [
  [71, 'photos', 'Back up photos', 790, { kind: 'succeeded', exitCode: 0 }],
  [47, 'photos', 'Back up photos', 738, { kind: 'succeeded', exitCode: 0 }],
  [30, 'gate', 'Open the gate', 1.3, { kind: 'succeeded', exitCode: 0 }],
  [26, '7', 'Empty the recycle bins', 48, { kind: 'succeeded', exitCode: 0 }],
  [23, 'photos', 'Back up photos', 744, { kind: 'succeeded', exitCode: 0 }],
  [7, 'heating', 'Heating to night mode', 3.2, { kind: 'succeeded', exitCode: 0 }],
  [5, 'camera', 'Camera check off', 10, { kind: 'failed', exitCode: 3 }],
  [2, '7', 'Empty the recycle bins', 51, { kind: 'succeeded', exitCode: 0 }],
  [0.4, 'gate', 'Open the gate', 1.2, { kind: 'succeeded', exitCode: 0 }],
] as const;

/** Takes `admin.png` into a folder; resolves with the file. */
export async function takeAdminPicture(folder: string): Promise<string> {
  const cleanUps: (() => Promise<void> | void)[] = [];
  const t = { after: (fn: () => Promise<void> | void): void => void cleanUps.unshift(fn) };
  try {
    const home = createFolder(t);
    fs.writeFileSync(path.join(home, 'history.jsonl'), past.map(renderPast).join(''), { mode: 0o600 });
    const program = (name: string, script = ''): { command: string[] } => {
      const file = path.join(home, name);
      fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return { command: [file] };
    };
    const latch = createLatch(t);
    const copy = program(
      'photos.sh',
      `n=4210; while [ $n -lt 4231 ]; do echo "Copying 2026/11/DSC_$n.jpg"; n=$((n+1)); done; ${latch.wait}`,
    );
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 7, name: 'Empty the recycle bins' }] });
    const daemon = await startAdmin(t, {
      folder: home,
      more: { dsm: { via: 'webapi', webapi: { url: dsm.url, account, password } } },
      tasks: {
        photos: { name: 'Back up photos', icon: '📷', ...copy, output: 'tail' },
        gate: { name: 'Open the gate', icon: '🚪', ...program('gate.sh') },
        heating: { name: 'Heating to night mode', icon: '🌡️', ...program('heating.sh') },
        camera: { name: 'Camera check off', icon: '📹', ...program('camera.sh') },
        '7': { name: 'Empty the recycle bins', icon: '🗑️' },
        tv: { name: 'Television off', icon: '📺', ...program('tv.sh'), enabled: false },
      },
      server: { magickey: [{ label: "Anna's phone", key: magicKey }] },
    });
    await fetch(daemon.url('photos'));
    const browser = await launchBrowser();
    t.after(async () => await browser.close());
    const calm = { deviceScaleFactor: 2, reducedMotion: 'reduce' } as const;
    const { page: pocket } = await enterAdmin(t, browser, daemon, {
      ...phone,
      ...calm,
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    });
    await follow(pocket, '.rows .what a');
    await pocket.waitForSelector('pre:has-text("DSC_4230")');
    const { page: desktop } = await enterAdmin(t, browser, daemon, {
      ...calm,
      viewport: { width: 1100, height: 754 },
    });
    const [wide, narrow] = (await Promise.all([desktop.screenshot(), pocket.screenshot()])).map((shot) =>
      shot.toString('base64'),
    );
    const sheet = await browser.newPage({ viewport: { width: 1000, height: 530 }, deviceScaleFactor: 2 });
    await sheet.setContent(
      `<body style="margin:0;padding:20px;display:flex;gap:20px;background:#8892a0">
<img style="height:490px;border-radius:12px" src="data:image/png;base64,${wide}"><img style="height:490px;border-radius:20px" src="data:image/png;base64,${narrow}"></body>`,
    );
    const file = path.join(folder, 'admin.png');
    await sheet.screenshot({ path: file, fullPage: true });
    return file;
  } finally {
    for (const cleanUp of cleanUps) await cleanUp();
  }
}

function renderPast([hours, task, name, seconds, outcome]: (typeof past)[number], i: number): string {
  const run = `a-run-of-the-past-${i}...`;
  const at = new Date(Date.now() - hours * hourMs).toISOString();
  const start = { event: 'start', run, task, name, at, address: '192.168.1.20', label: "Anna's phone" };
  return `${JSON.stringify(start)}\n${JSON.stringify({ event: 'end', run, at, durationMs: seconds * 1000, outcome })}\n`;
}
