// Icons as they are drawn, by the real process: iconSizes, grounds, and what stands in for what cannot be drawn.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { toPicture, type Icon } from '../../src/icon.ts';
import { drawIcons, type Drawn, type Problem, type Wanted } from '../../src/icons/drawing.ts';
import { iconSizes, type IconSize } from '../../src/icons/tile.ts';
import { createFolder } from '../support/daemon.ts';
import { parsePng, type Pixels } from '../support/png.ts';

const green = [0, 128, 0, 255];
const ground = [0xea, 0xf1, 0xfb, 255];
const nothing = [0, 0, 0, 0];
const svg = (content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">${content}</svg>`;
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
    svg(
      '<image href="https://nas.example/x.png" width="10" height="10"/><image href="/etc/hostname" width="9" height="9"/>',
    ),
  ),
  'cut png': picture(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB', 'base64')),
} satisfies Record<string, Icon | undefined>;
type Name = keyof typeof icons;

const allForms = Object.keys(iconSizes) as IconSize[];
const toKey = (name: string, form: IconSize): string => `${name} ${form}`;
const never = new AbortController().signal;

interface Batch {
  readonly drawn: readonly Drawn[];
  readonly problem: Problem | undefined;
}

async function draw(
  wanted: readonly Wanted[],
  options: Parameters<typeof drawIcons>[3] = {},
): Promise<Batch> {
  const done: Drawn[] = [];
  const problem = await drawIcons(wanted, never, (one) => done.push(one), options);
  return { drawn: done, problem };
}

let drawn: Record<string, Drawn> = {};
before(async () => {
  const wanted = Object.entries(icons).flatMap(([name, icon]) =>
    allForms.map((form) => ({ name, icon, form })),
  );
  const batch = await draw(wanted);
  assert.deepEqual([batch.drawn.length, batch.problem], [wanted.length, undefined]);
  drawn = Object.fromEntries(wanted.map(({ name, form }, i) => [toKey(name, form), batch.drawn[i] as Drawn]));
});

const pngOf = (name: Name, form: IconSize): Buffer => drawn[toKey(name, form)]?.png ?? Buffer.alloc(0);
const pixelsOf = (name: Name, form: IconSize): Pixels => parsePng(pngOf(name, form));

test('each form has its size; the one for iOS is opaque to its corners, those that bring their corners leave them free', () => {
  for (const [form, { sizePx, cornerRadius }] of Object.entries(iconSizes) as [
    IconSize,
    (typeof iconSizes)[IconSize],
  ][])
    for (const name of ['plain', 'camera', 'dot'] as const) {
      const { width, height, at } = pixelsOf(name, form);
      assert.deepEqual([width, height], [sizePx, sizePx]);
      const corners = [at(0, 0), at(sizePx - 1, 0), at(0, sizePx - 1), at(sizePx - 1, sizePx - 1)];
      for (const corner of corners)
        assert.deepEqual(corner, cornerRadius === 0 ? ground : nothing, `${name} ${form}`);
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
  const png = picture(pngOf('square', 'icon-180'));
  const [again] = (await draw([{ icon: png, form: 'icon-192' }])).drawn;
  assert.equal(again?.isAsOrdered, true);
  const { at } = parsePng(again.png);
  assert.deepEqual([at(0, 0), at(96, 96)], [nothing, green]);
});

test('emoji and the plain icon stay within the circle that Android leaves', () => {
  for (const name of ['plain', 'camera', 'heart'] as const) {
    const { at } = pixelsOf(name, 'icon-512-maskable');
    for (let y = 0; y < 512; y++)
      for (let x = 0; x < 512; x++)
        if (Math.hypot(x - 255.5, y - 255.5) > 0.4 * 512)
          assert.deepEqual(at(x, y), ground, `${name} ${x} ${y}`);
  }
});

test('what can be drawn is drawn as ordered, each unlike the others', () => {
  const shown = ['plain', 'camera', 'heart', 'square', 'dot'] as const;
  for (const name of shown)
    for (const form of allForms) assert.equal(drawn[toKey(name, form)]?.isAsOrdered, true, name);
  assert.equal(new Set(shown.map((name) => pngOf(name, 'icon-192').toString('base64'))).size, shown.length);
});

test('an emoji without a drawing, and a picture that is broken, empty or elsewhere, become the plain icon', () => {
  for (const name of ['flag', 'empty', 'broken', 'foreign', 'cut png'] as const)
    for (const form of allForms)
      assert.deepEqual(drawn[toKey(name, form)], { png: pngOf('plain', form), isAsOrdered: false }, name);
});

test('an icon is there as soon as it is drawn, also while the program is busy with the next', async (t) => {
  const program = path.join(createFolder(t), 'program.mjs');
  const line = JSON.stringify({ isAsOrdered: true, png: 'AAAA' });
  fs.writeFileSync(program, `console.log('ready\\n' + ${JSON.stringify(line)}); setInterval(() => {}, 1000)`);
  const stop = new AbortController();
  const wanted = allForms.map((form) => ({ icon: undefined, form }));
  let count = 0;
  const onDrawn = (): void => {
    count++;
    stop.abort();
  };
  const problem = await drawIcons(wanted, stop.signal, onDrawn, { program: [program] });
  assert.deepEqual([count, problem?.of], [1, 'icon']);
});

test('drawing that is stopped ends at once, with that as the reason', async () => {
  const problem = await drawIcons([{ icon: undefined, form: 'icon-180' }], AbortSignal.abort(), () =>
    assert.fail(),
  );
  assert.equal(problem?.of, 'program');
  // KILL follows TERM at once, and may come first on a busy machine.
  assert.match(problem.reason, /^SIG(?:TERM|KILL)$/);
});

test('what was drawn before the program failed is not lost, and the icon that it failed at is named', async (t) => {
  const program = path.join(createFolder(t), 'program.mjs');
  const line = JSON.stringify({ isAsOrdered: true, png: 'AAAA' });
  const wanted = allForms.map((form) => ({ icon: undefined, form }));
  const endings: [ending: string, of: 'icon' | 'program', reason: string, silenceMs?: number][] = [
    ['process.kill(process.pid, "SIGKILL")', 'icon', 'SIGKILL'],
    ['process.exitCode = 3', 'icon', 'exit status 3'],
    ['', 'icon', 'it printed too little'],
    ['console.log("{}")', 'icon', 'it printed something else'],
    ['console.log("{}\\n" + line)', 'icon', 'it printed something else'],
    ['process.stdout.write("{")', 'icon', 'it printed too little'],
    ['setInterval(() => {}, 1000)', 'icon', 'it took longer than 10 s', 10_000],
  ];
  for (const [ending, of, reason, silenceMs = 60_000] of endings) {
    fs.writeFileSync(
      program,
      `const line = ${JSON.stringify(line)}; console.log('ready\\n' + line + '\\n' + line); ${ending}`,
    );
    const { drawn: done, problem } = await draw(wanted, { program: [program], silenceMs });
    assert.deepEqual([done.length, problem], [2, { of, reason }], ending);
  }
  fs.writeFileSync(program, 'process.exitCode = 4');
  assert.deepEqual(await draw(wanted, { program: [program] }), {
    drawn: [],
    problem: { of: 'program', reason: 'exit status 4' },
  });
});
