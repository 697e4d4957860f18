// A network of its own for the tests of a file that need a certain port: there, no other program and no other test can have it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { isFree } from './daemon.ts';

const mark = 'REMOTETASK_TEST_NETWORK';
const loopback = 'ip link set lo up || ifconfig lo up';

/** How to get a network: as root, or as an ordinary user where the system allows that. Undefined where it does not. */
function findUnshare(): readonly string[] | undefined {
  return [
    ['unshare', '--net'],
    ['unshare', '--user', '--map-current-user', '--keep-caps', '--net'],
  ].find(
    ([file = '', ...args]) =>
      spawnSync(file, [...args, 'sh', '-c', loopback], { stdio: 'ignore' }).status === 0,
  );
}

/**
 * Defines tests that need a port, by running their file a second time in a network of its own: in that second run they are
 * what they are, in the first one they are a single test. Whatever else the file defines runs in both. Where the system
 * allows no such network, the second run needs the port to be free; with "any", which is for tests that change the network, it is skipped.
 */
export function testInOwnNetwork(
  file: string,
  port: number | 'any',
  name: string,
  defineTests: () => void,
): void {
  if (process.env[mark] !== undefined) {
    defineTests();
    return;
  }
  test(name, async (t) => {
    const unshare = findUnshare();
    const ownNetwork = 'a network of its own (run as root, with util-linux and iproute2)';
    if (unshare === undefined && (port === 'any' || !(await isFree(port)))) {
      t.skip(`needs ${port === 'any' ? '' : `port ${port} to be free, or `}${ownNetwork}`);
      return;
    }
    const script = unshare === undefined ? 'exec "$@"' : `(${loopback}) && exec "$@"`;
    const [command, ...args] = [...(unshare ?? []), 'sh', '-c', script, 'sh', process.execPath, file];
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(command, args, { env: { ...env, [mark]: 'own' }, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await once(child, 'close');
    assert.equal(child.exitCode, 0, printed);
  });
}
