// Icons on demand: each drawn once in the form that is asked for, by one process at a time, kept within bounds; failures are remembered for a while.
import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test } from 'node:test';
import { toPicture, type Icon } from '../../src/icon.ts';
import { drawIcons, type Drawn, type Problem, type Wanted } from '../../src/icons/drawing.ts';
import { createIcons, type Icons } from '../../src/icons/icons.ts';
import type { IconSize } from '../../src/icons/tile.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { createTestLogger } from '../support/logger.ts';
import { createNoise } from '../support/png.ts';

const emoji = (text: string): Icon => ({ kind: 'emoji', emoji: text });
const [camera, door, bulb] = ['📷', '🚪', '💡'].map(emoji);
const picture = toPicture(Buffer.from('<svg/>'));
assert.ok(typeof picture === 'object');

interface Setting {
  readonly icons: Icons;
  /** What each drawing was ordered, as `📷 180`. */
  readonly orders: string[][];
  readonly log: Record<string, unknown>[];
  readonly clock: TestClock;
  /** Lets the drawing under way end: each icon is its order, and so is the plain one in its place. */
  end(parts?: {
    readonly count?: number;
    readonly isAsOrdered?: boolean;
    readonly problem?: Problem;
  }): Promise<void>;
}

const toOrder = ({ icon, form }: Wanted): string =>
  `${icon === undefined ? 'plain' : icon.kind === 'emoji' ? icon.emoji : 'picture'} ${form.replace('icon-', '')}`;

function createSetting(maxBytes = 1000): Setting {
  const { logger, lines } = createTestLogger();
  const clock = createTestClock();
  const orders: string[][] = [];
  let resolve: (drawn: readonly Drawn[], problem: Problem | undefined) => void = () => {};
  const icons = createIcons({
    logger,
    clock,
    maxBytes,
    draw: async (wanted, stop, onDrawn) => {
      orders.push(wanted.map(toOrder));
      const { promise, resolve: settle } = Promise.withResolvers<Problem | undefined>();
      resolve = (drawn, problem) => {
        drawn.forEach(onDrawn);
        settle(problem);
      };
      stop.addEventListener('abort', () => settle({ of: 'program', reason: 'SIGTERM' }));
      return await promise;
    },
  });
  return {
    icons,
    orders,
    log: lines,
    clock,
    async end({ count, isAsOrdered = true, problem } = {}) {
      const drawn = (orders.at(-1) ?? [])
        .slice(0, count)
        .map((order) => ({ isAsOrdered, png: Buffer.from(order) }));
      resolve(drawn, problem);
      await nextTurn();
    },
  };
}

const small: IconSize = 'icon-180';

test('all that is asked of one icon in one form at once is drawn once, in that form alone, and kept', async () => {
  const { icons, orders, end } = createSetting();
  const asked = [icons.find(camera, small), icons.find(camera, small)];
  await end();
  assert.deepEqual((await Promise.all(asked)).map(String), ['📷 180', '📷 180']);
  assert.equal(String(await icons.find(emoji('📷'), small)), '📷 180');
  const other = icons.find(camera, 'icon-512');
  await end();
  assert.equal(String(await other), '📷 512');
  assert.deepEqual(orders, [['📷 180'], ['📷 512']]);
});

test('what is asked for while something is drawn is drawn together, after that', async () => {
  const { icons, orders, end } = createSetting();
  const asked = [camera, door, undefined, picture as Icon, door].map((icon) => icons.find(icon, small));
  await end();
  assert.deepEqual(orders, [['📷 180'], ['🚪 180', 'plain 180', 'picture 180']]);
  await end();
  assert.deepEqual((await Promise.all(asked)).map(String), [
    '📷 180',
    '🚪 180',
    'plain 180',
    'picture 180',
    '🚪 180',
  ]);
});

test('no more are kept than there is room for; those asked for longest ago give way', async () => {
  // An emoji and its form are eight bytes.
  const { icons, orders, end } = createSetting(16);
  const ask = async (icon: Icon | undefined): Promise<number> => {
    const asked = icons.find(icon, small);
    await end();
    assert.equal(String(await asked), toOrder({ icon, form: small }));
    return orders.length;
  };
  assert.equal(await ask(camera), 1);
  assert.equal(await ask(door), 2);
  assert.equal(await ask(camera), 2);
  assert.equal(await ask(bulb), 3);
  assert.equal(await ask(camera), 3, 'the camera was asked for after the door');
  assert.equal(await ask(door), 4);
});

test('an icon at which the program fails does not fail the others of its batch, is repeated once, and then only after ten minutes', async () => {
  const { icons, orders, log, clock, end } = createSetting();
  const first = icons.find(bulb, small);
  const asked = [camera, door, undefined].map((icon) => icons.find(icon, small));
  const sameInAnotherForm = icons.find(door, 'icon-512');
  await end();
  await end({ count: 1, problem: { of: 'icon', reason: 'SIGKILL' } });
  assert.deepEqual([await asked[1], await sameInAnotherForm], [undefined, undefined]);
  await end();
  assert.deepEqual((await Promise.all([first, asked[0], asked[2]])).map(String), [
    '💡 180',
    '📷 180',
    'plain 180',
  ]);
  assert.deepEqual(orders, [['💡 180'], ['📷 180', '🚪 180', 'plain 180', '🚪 512'], ['plain 180']]);
  assert.deepEqual(
    log.map(({ event, problem }) => [event, problem]),
    [['icon-undrawn', 'SIGKILL']],
  );
  const onceMore = icons.find(door, small);
  await end({ count: 0, problem: { of: 'icon', reason: 'SIGKILL' } });
  assert.equal(await onceMore, undefined);
  assert.deepEqual([orders.length, log.length], [4, 2]);
  clock.tick(599_999);
  for (const form of [small, 'icon-192', 'icon-512'] as const)
    assert.equal(await icons.find(door, form), undefined);
  assert.equal(orders.length, 4, 'the failure is remembered');
  clock.tick(1);
  const again = icons.find(door, small);
  await end();
  assert.equal(String(await again), '🚪 180');
});

test('a program that fails by itself is started once more, and then once a minute', async () => {
  const { icons, orders, log, clock, end } = createSetting();
  const fail = async (): Promise<void> => {
    const asked = icons.find(camera, small);
    await end({ count: 0, problem: { of: 'program', reason: 'exit status 1' } });
    assert.equal(await asked, undefined);
  };
  await fail();
  for (let n = 2; n <= 4; n++, clock.tick(60_000)) {
    await fail();
    for (const form of [small, 'icon-512'] as const) assert.equal(await icons.find(camera, form), undefined);
    assert.deepEqual([orders.length, log.length], [n, n]);
  }
  const again = icons.find(camera, small);
  await end();
  assert.equal(String(await again), '📷 180');
});

test('each icon at which the program fails is found out, however many there are', async () => {
  const { icons, orders, end } = createSetting();
  const asked = Array.from({ length: 20 }, (_, n) => icons.find(emoji(`e${n}`), small));
  await end({ count: 0, problem: { of: 'icon', reason: 'SIGKILL' } });
  while (orders.at(-1)?.length !== 1) await end({ count: 1, problem: { of: 'icon', reason: 'SIGKILL' } });
  await end();
  const drawn = (await Promise.all(asked)).filter((png) => png !== undefined);
  assert.ok(drawn.length >= 9 && orders.length <= 12, `${drawn.length} of 20 in ${orders.length} drawings`);
});

test('the plain icon in the place of a picture is logged once, whatever its sizes; for an emoji the check of the config has reported it', async () => {
  const { icons, log, end } = createSetting();
  for (const form of [small, 'icon-192', small] as const)
    for (const icon of [picture as Icon, camera]) {
      const asked = icons.find(icon, form);
      await end({ isAsOrdered: false });
      assert.equal(String(await asked), toOrder({ icon, form }));
    }
  assert.deepEqual(
    log.map(({ event }) => event),
    ['icon-undrawn'],
  );
});

test('an overview with 16 pictures of the largest kind, drawn by the real program, is drawn once', async (t) => {
  const { logger, lines } = createTestLogger();
  let drawings = 0;
  const icons = createIcons({
    logger,
    draw: async (wanted, stop, onDrawn) => {
      drawings += wanted.length;
      return await drawIcons(wanted, stop, onDrawn);
    },
  });
  t.after(() => icons.close());
  const pictures = Array.from({ length: 16 }, () => toPicture(createNoise(250)));
  const load = async (): Promise<Set<number>> =>
    new Set(
      (
        await Promise.all(
          pictures.map((one) => icons.find(typeof one === 'string' ? undefined : one, 'icon-192')),
        )
      ).map((png) => png?.length ?? 0),
    );
  const first = await load();
  assert.ok(Math.min(...first) > 100_000, 'noise cannot be packed');
  for (let n = 0; n < 3; n++) await load();
  assert.deepEqual([drawings, lines], [16, []]);
});

test('a close ends what is being drawn, and nothing is drawn after it', async () => {
  const { icons, orders, log } = createSetting();
  const asked = [icons.find(camera, small), icons.find(door, small)];
  icons.close();
  assert.deepEqual(await Promise.all(asked), [undefined, undefined]);
  assert.equal(await icons.find(bulb, small), undefined);
  assert.deepEqual([orders.length, log], [1, []]);
});
