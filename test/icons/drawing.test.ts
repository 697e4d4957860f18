// Icons as they are drawn, by the real process: forms, grounds, and what stands in for what cannot be drawn.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { toPicture, type Icon } from '../../src/icon.ts';
import { drawIcons, type Drawn } from '../../src/icons/drawing.ts';
import { forms, type Form } from '../../src/icons/tile.ts';
import { parsePng, type Pixels } from '../support/png.ts';

const green = [0, 128, 0, 255];
const ground = [0xea, 0xf1, 0xfb, 255];
const nothing = [0, 0, 0, 0];
const svg = (content: string): string => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">${content}</svg>`;
const square = '<rect width="10" height="10" fill="green"/>';

function picture(content: string | Buffer): Icon {
  const icon = toPicture(Buffer.from(content));
  assert.ok(typeof icon === 'object');
  return icon;
}

const icons = {
  plain: undefined,
  camera: { kind: 'emoji', emoji: '📷' },
  heart: { kind: 'emoji', emoji: '❤\ufe0f' },
  flag: { kind: 'emoji', emoji: '🇩🇪' },
  square: picture(svg(square)),
  dot: picture(svg('<circle cx="5" cy="5" r="2" fill="green"/>')),
  empty: picture(svg('')),
  broken: picture('<svg><broken'),
  foreign: picture(
    svg('<image href="https://nas.example/x.png" width="10" height="10"/><image href="/etc/hostname" width="9" height="9"/>'),
  ),
  'cut png': picture(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB', 'base64')),
} satisfies Record<string, Icon | undefined>;
type Name = keyof typeof icons;

let drawn: Record<string, Drawn> = {};
before(async () => {
  const all = await drawIcons(Object.values(icons), new AbortController().signal);
  assert.ok(!('problem' in all), JSON.stringify(all).slice(0, 200));
  drawn = Object.fromEntries(Object.keys(icons).map((name, i) => [name, all[i] as Drawn]));
});

const pixelsOf = (name: Name, form: Form): Pixels => parsePng(Buffer.from(drawn[name]?.[form] ?? '', 'base64'));

test('each form has its size; the one for iOS is opaque to its corners, those that bring their corners leave them free', () => {
  for (const [form, { sizePx, cornerRadius }] of Object.entries(forms) as [Form, (typeof forms)[Form]][])
    for (const name of ['plain', 'camera', 'dot'] as const) {
      const { width, height, at } = pixelsOf(name, form);
      assert.deepEqual([width, height], [sizePx, sizePx]);
      const corners = [at(0, 0), at(sizePx - 1, 0), at(0, sizePx - 1), at(sizePx - 1, sizePx - 1)];
      for (const corner of corners) assert.deepEqual(corner, cornerRadius === 0 ? ground : nothing, `${name} ${form}`);
      assert.deepEqual(at(sizePx / 2, 2), ground);
    }
  const { at } = pixelsOf('camera', 'icon-180');
  for (let y = 0; y < 180; y++) for (let x = 0; x < 180; x++) assert.equal(at(x, y)[3], 255);
});

test('a picture fills its tile, in the rounding of the corners too, but for the edge that Android may cut off', () => {
  assert.deepEqual(pixelsOf('square', 'icon-180').at(0, 0), green);
  assert.deepEqual(pixelsOf('square', 'icon-512').at(0, 256), green);
  assert.deepEqual(pixelsOf('square', 'icon-512').at(0, 0), nothing);
  const maskable = pixelsOf('square', 'icon-512-maskable');
  assert.deepEqual([maskable.at(30, 256), maskable.at(50, 256)], [ground, green]);
});

test('a PNG is a picture like an SVG', async () => {
  const png = picture(Buffer.from(drawn['square']?.['icon-180'] ?? '', 'base64'));
  const [again] = await drawIcons([png], new AbortController().signal).then((all) => ('problem' in all ? [] : all));
  assert.equal(again?.isAsOrdered, true);
  const { at } = parsePng(Buffer.from(again['icon-192'], 'base64'));
  assert.deepEqual([at(0, 0), at(96, 96)], [nothing, green]);
});

test('emoji and the plain icon stay within the circle that Android leaves', () => {
  for (const name of ['plain', 'camera', 'heart'] as const) {
    const { at } = pixelsOf(name, 'icon-512-maskable');
    for (let y = 0; y < 512; y++)
      for (let x = 0; x < 512; x++)
        if (Math.hypot(x - 255.5, y - 255.5) > 0.4 * 512) assert.deepEqual(at(x, y), ground, `${name} ${x} ${y}`);
  }
});

test('what can be drawn is drawn as ordered, each unlike the others', () => {
  const shown = ['plain', 'camera', 'heart', 'square', 'dot'] as const;
  for (const name of shown) assert.equal(drawn[name]?.isAsOrdered, true, name);
  assert.equal(new Set(shown.map((name) => drawn[name]?.['icon-192'])).size, shown.length);
});

test('for what nobody has drawn, what is broken, empty or elsewhere, the plain icon stands', () => {
  for (const name of ['flag', 'empty', 'broken', 'foreign', 'cut png'] as const)
    assert.deepEqual(drawn[name], { ...drawn['plain'], isAsOrdered: false }, name);
});

test('drawing that is stopped ends at once, and says so', async () => {
  const result = await drawIcons([undefined], AbortSignal.abort());
  assert.deepEqual(result, { problem: 'SIGTERM' });
});
