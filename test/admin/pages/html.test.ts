// Templates for HTML: what is put in stays text, whatever it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { html, trustHtml } from '../../../src/admin/pages/html.ts';

test('texts and numbers are escaped, pieces of HTML are not, undefined is nothing', () => {
  const inner = html`<b>${'<i>'}</b>`;
  assert.equal(
    html`<p class="${'"x'}">${inner}${[inner, inner]}${undefined}${3}</p>`.html,
    '<p class="&quot;x"><b>&lt;i&gt;</b><b>&lt;i&gt;</b><b>&lt;i&gt;</b>3</p>',
  );
  assert.equal(html`${trustHtml('<hr>')}`.html, '<hr>');
});

test('no text can leave an element or an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const inside = /^<p title="([^"<>]*)">([^<>]*)<\/p>$/s.exec(html`<p title="${text}">${text}</p>`.html);
      assert.ok(inside);
      assert.equal(inside[1], inside[2]);
    }),
  );
});
