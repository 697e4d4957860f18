// Output as HTML: harmless whatever was printed, and in colours that can be read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { outputStyle, renderOutput } from '../../src/listener/output-html.ts';
import { phoneStyle } from '../../src/http/pages/phone-page.ts';
import { adminStyle } from '../../src/admin/pages/style.ts';

test('output without control sequences is the same text, escaped', () => {
  assert.equal(renderOutput('a <b> & "c"\n\nd\n'), 'a &lt;b&gt; &amp; &quot;c&quot;\n\nd\n');
  assert.equal(renderOutput(''), '');
  const text = fc.string({ unit: fc.constantFrom('a', '1', ' ', '\n', 'ä', '漢', '📷'), maxLength: 200 });
  fc.assert(
    fc.property(text, (printed) => assert.equal(renderOutput(printed), printed.replaceAll(/ +$/gm, ''))),
  );
});

test('colours are classes, and a title or a link leaves nothing', () => {
  assert.equal(
    renderOutput(
      '\u001b]0;<i>\u0007\u001b[1;31m<b>\u001b[0m\u001b]8;;javascript:1\u001b\\x\u001b]8;;\u001b\\',
    ),
    '<span class="c1 bold">&lt;b&gt;</span>x',
  );
});

test('whatever is printed, there is no tag but ours, and no more HTML than a few times its size', () => {
  const sign = fc.oneof(
    fc.constantFrom(
      '<script>',
      '</samp>',
      '"',
      "'",
      '&',
      '\u001b',
      '\u001b[7m',
      '\u001b[31;1;3;4;9m',
      '\u001b[9C',
      '\r',
      '\n',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 100 }), (signs) => {
      const printed = signs.join('');
      const html = renderOutput(printed);
      const text = html.replaceAll(/<span class="[a-z\d ]+">([^<]*)<\/span>/g, '$1');
      assert.doesNotMatch(text, /[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
      assert.doesNotMatch(text, /(?!\n)\p{Cc}/u);
      assert.ok(html.length <= 60 * printed.length);
    }),
  );
});

test('each colour has the contrast of WCAG AA to the page and to its cards, light and dark, in front and behind', () => {
  const [light = '', dark = ''] = outputStyle.split('@media(prefers-color-scheme:dark)');
  for (const [mode, style, index] of [
    ['light', light, 0],
    ['dark', dark, 1],
  ] as const) {
    const colors = [...style.matchAll(/\.c(\d+)\{--hue:(#[\da-f]{6})\}/g)];
    assert.equal(colors.length, 12, mode);
    for (const pages of [phoneStyle, adminStyle]) {
      const root = [...pages.matchAll(/:root\{(.*?)\}/g)][index]?.[1] ?? '';
      const grounds = ['bg', 'card'].map(
        (name) => new RegExp(`--${name}:(#[\\da-f]+)`).exec(root)?.[1] ?? '',
      );
      const soft = /--soft:(#[\da-f]+)/.exec(root)?.[1] ?? '';
      for (const [, number, color = ''] of [...colors, ['', '8', soft]])
        for (const ground of grounds) {
          const contrast = toContrast(color, ground);
          assert.ok(contrast >= 4.5, `${mode} c${number} ${color} on ${ground}: ${contrast}`);
        }
    }
  }
});

/** The contrast ratio of WCAG 2.2. */
function toContrast(a: string, b: string): number {
  const [most = 0, least = 0] = [toLuminance(a), toLuminance(b)].toSorted((x, y) => y - x);
  return (most + 0.05) / (least + 0.05);
}

function toLuminance(color: string): number {
  const digits = color.length === 4 ? color.replaceAll(/[\da-f]/g, '$&$&') : color;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(digits.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
