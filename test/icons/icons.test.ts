// Icons on demand: drawn once, by one process at a time, kept within bounds, and asked for again after a failure.
import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test } from 'node:test';
import { toPicture, type Icon } from '../../src/icon.ts';
import type { drawIcons, Drawn } from '../../src/icons/drawing.ts';
import { createIcons, type Icons } from '../../src/icons/icons.ts';
import { createTestLogger } from '../support/logger.ts';

const emoji = (text: string): Icon => ({ kind: 'emoji', emoji: text });
const [camera, door, bulb] = ['📷', '🚪', '💡'].map(emoji);
const picture = toPicture(Buffer.from('<svg/>'));
assert.ok(typeof picture === 'object');

/** Forms of three bytes each: icons of 12 bytes. */
function toDrawn(text: string, isAsOrdered = true): Drawn {
  const form = (name: string): string => Buffer.from(`${text}${name}`).toString('base64');
  return { isAsOrdered, 'icon-180': form('a'), 'icon-192': form('b'), 'icon-512': form('c'), 'icon-512-maskable': form('d') };
}

interface Setting {
  readonly icons: Icons;
  readonly orders: (readonly (Icon | undefined)[])[];
  readonly log: Record<string, unknown>[];
  /** Lets the drawing under way end. */
  end(result: readonly Drawn[] | { readonly problem: string }): Promise<void>;
}

function createSetting(maxBytes = 1000): Setting {
  const { logger, lines } = createTestLogger();
  const orders: Setting['orders'] = [];
  let resolve: (result: Awaited<ReturnType<typeof drawIcons>>) => void = () => {};
  const icons = createIcons({
    logger,
    maxBytes,
    draw: async (some, stop) => {
      orders.push(some);
      const { promise, resolve: settle } = Promise.withResolvers<Awaited<ReturnType<typeof drawIcons>>>();
      resolve = settle;
      stop.addEventListener('abort', () => settle({ problem: 'SIGTERM' }));
      return await promise;
    },
  });
  return {
    icons,
    orders,
    log: lines,
    async end(result) {
      resolve(result);
      await nextTurn();
    },
  };
}

test('all that is asked of one icon at once is drawn once, and kept', async () => {
  const { icons, orders, end } = createSetting();
  const asked = [icons.find(camera, 'icon-180'), icons.find(camera, 'icon-512'), icons.find(camera, 'icon-180')];
  await end([toDrawn('cc')]);
  assert.deepEqual((await Promise.all(asked)).map(String), ['cca', 'ccc', 'cca']);
  assert.equal(String(await icons.find(emoji('📷'), 'icon-512-maskable')), 'ccd');
  assert.deepEqual(orders, [[camera]]);
});

test('what is asked for while something is drawn is drawn together, after that', async () => {
  const { icons, orders, end } = createSetting();
  const asked = [camera, door, undefined, picture, door].map((icon) => icons.find(icon, 'icon-180'));
  await end([toDrawn('cc')]);
  assert.deepEqual(orders, [[camera], [door, undefined, picture]]);
  await end(['dd', '--', 'pp'].map((text) => toDrawn(text)));
  assert.deepEqual((await Promise.all(asked)).map(String), ['cca', 'dda', '--a', 'ppa', 'dda']);
});

test('no more are kept than there is room for; those asked for longest ago give way', async () => {
  const { icons, orders, end } = createSetting(24);
  const ask = async (icon: Icon | undefined, text: string): Promise<number> => {
    const asked = icons.find(icon, 'icon-180');
    await end([toDrawn(text)]);
    assert.equal(String(await asked), `${text}a`);
    return orders.length;
  };
  assert.equal(await ask(camera, 'cc'), 1);
  assert.equal(await ask(door, 'dd'), 2);
  assert.equal(await ask(camera, 'cc'), 2);
  assert.equal(await ask(bulb, 'bb'), 3);
  assert.equal(await ask(camera, 'cc'), 3, 'the camera was asked for after the door');
  assert.equal(await ask(door, 'dd'), 4);
});

test('an icon that cannot be drawn is no icon this time, is told, and is drawn the next time', async () => {
  const { icons, orders, log, end } = createSetting();
  const asked = icons.find(camera, 'icon-180');
  await end({ problem: 'exit status 1' });
  assert.equal(await asked, undefined);
  assert.deepEqual(
    log.map(({ event, problem }) => [event, problem]),
    [['icon-undrawn', 'exit status 1']],
  );
  const again = icons.find(camera, 'icon-180');
  await end([toDrawn('cc')]);
  assert.equal(String(await again), 'cca');
  assert.equal(orders.length, 2);
});

test('the plain icon in the place of a picture is told once; in the place of an emoji the config has told it', async () => {
  const { icons, log, end } = createSetting();
  const asked = icons.find(picture, 'icon-180');
  await end([toDrawn('--', false)]);
  assert.equal(String(await asked), '--a');
  const other = icons.find(camera, 'icon-180');
  await end([toDrawn('--', false)]);
  assert.equal(String(await other), '--a');
  await icons.find(picture, 'icon-180');
  assert.deepEqual(
    log.map(({ event }) => event),
    ['icon-undrawn'],
  );
});

test('a close ends what is being drawn, and nothing is drawn after it', async () => {
  const { icons, orders, log } = createSetting();
  const asked = [icons.find(camera, 'icon-180'), icons.find(door, 'icon-180')];
  icons.close();
  assert.deepEqual(await Promise.all(asked), [undefined, undefined]);
  assert.equal(await icons.find(bulb, 'icon-180'), undefined);
  assert.deepEqual([orders.length, log], [1, []]);
});
