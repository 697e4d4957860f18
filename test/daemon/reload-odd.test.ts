// A config that is merely odd is taken up or refused by a running daemon, which goes on either way.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createFolder, keyOf, magicKey } from '../support/daemon.ts';
import { startReloadable } from '../support/reload.ts';

const quick = { command: ['/bin/true'], cooldown: '0s', whenBusy: 'parallel' };
const isRoot = process.getuid?.() === 0;

for (const uid of isRoot ? [undefined, 64_324] : [undefined]) {
  test(`long folders, arguments that are no paths, loops and locked folders do not end the daemon${uid === undefined ? '' : ' of an ordinary user'}`, async (t) => {
    const odd = createFolder(t);
    fs.chmodSync(odd, 0o755);
    fs.symlinkSync('loop', path.join(odd, 'loop'));
    fs.mkdirSync(path.join(odd, 'locked'), { mode: 0o700 });
    const daemon = await startReloadable(t, { tasks: { a: quick }, ...(uid === undefined ? {} : { uid }) });
    const oddities: object[] = [
      { cwd: `/${'x'.repeat(300)}` },
      { cwd: path.join(odd, 'loop') },
      { cwd: path.join(odd, 'locked/below') },
      { command: ['/bin/echo', `/9j/4AAQ${'Sk'.repeat(1000)}`] },
      { command: ['/bin/echo', path.join(odd, 'loop')] },
      { command: [path.join(odd, 'locked/program')] },
    ];
    for (const [i, oddity] of oddities.entries()) {
      await daemon.takes(
        ({ tasks }) => void (tasks[`odd-${i}`] = { identifier: keyOf(`odd-${i}`), ...quick, ...oddity }),
      );
      assert.equal(await daemon.call(magicKey, keyOf('a')), 202);
    }
    const text = fs.readFileSync(daemon.configFile, 'utf8');
    for (const icon of [`/${'x'.repeat(300)}.png`, path.join(odd, 'loop'), '/dev/zero'])
      await daemon.refuses(text.replace('"cooldown"', `"icon": ${JSON.stringify(icon)}, "cooldown"`));
    assert.equal(await daemon.call(magicKey, keyOf('a')), 202);
    assert.equal(daemon.count('bug'), 0);
  });
}
