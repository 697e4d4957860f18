// The history page: a search that makes no sense shows nothing and says so, never everything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHistoryPage } from '../../../src/admin/pages/history-page.ts';
import { parseHistoryQuery } from '../../../src/admin/pages/history-query.ts';
import { en } from '../../../src/languages/en.ts';
import type { AttemptQuery } from '../../../src/attempts/read.ts';
import { createStart } from '../../support/history.ts';
import { createPast } from '../../support/past.ts';

const attempt = {
  n: 1,
  at: '2026-11-21T00:00:00.000Z',
  result: 'started',
  address: '99.9.1.1',
  task: '8',
} as const;

async function search(
  query: Record<string, string>,
): Promise<{ readonly html: string; readonly rows: number; readonly reads: number }> {
  let reads = 0;
  const find = (
    _query: AttemptQuery,
  ): Promise<{ attempts: [typeof attempt]; older: undefined; readBytes: number }> => {
    reads++;
    return Promise.resolve({ attempts: [attempt], older: undefined, readBytes: 0 });
  };
  const page = await toHistoryPage(
    parseHistoryQuery(new URLSearchParams(query)),
    {
      tasks: () => [],
      history: { runs: createPast([{ start: createStart('a') }]) },
      attempts: { find },
    },
    { user: 'anna', csrfToken: '', canSignOut: false, language: en, root: './' },
  );
  const { html } = page.main;
  return { html, rows: html.split('<li>').length - 1, reads };
}

const kinds = ['runs', 'attempts'] as const;

test('a search for what is not an address or a network shows nothing, says so, and keeps what was typed', async () => {
  const nonsense = [
    '999.1',
    '999.1.1.1',
    '192.168',
    '192.168.',
    '192.168.1.1/33',
    '::1/129',
    '1.2.3.4/8/8',
    '1.2.3.4/',
    '/',
    '1.2.3.4,5.6.7.8',
    '0x7f.1',
    '010.0.0.1',
    '*',
    'nas',
  ];
  for (const kind of kinds)
    for (const network of nonsense) {
      const { html, rows, reads } = await search({ kind, network });
      assert.deepEqual([rows, reads], [0, 0], `${kind} ${network}`);
      assert.match(html, /This is neither, so nothing is shown/);
      assert.ok(html.includes(`value="${network}"`), network);
    }
});

test('a search for a result that does not exist, or belongs to the other kind, shows nothing and says so', async () => {
  for (const [kind, result] of [
    ['runs', 'nonsense'],
    ['runs', 'both-keys'],
    ['attempts', 'nonsense'],
    ['attempts', 'succeeded'],
  ] as const) {
    const { html, rows, reads } = await search({ kind, result });
    assert.deepEqual([rows, reads], [0, 0], `${kind} ${result}`);
    assert.match(html, /There is no such result/);
  }
});

test('a search for what is not a day shows nothing and says so; the calls of other days are not shown', async () => {
  for (const kind of kinds)
    for (const day of ['2026-02-30', '30.11.2026', 'today', '2026-11-21T00:00']) {
      const { html, rows, reads } = await search({ kind, from: day });
      assert.deepEqual([rows, reads], [0, 0], `${kind} ${day}`);
      assert.match(html, /There is no such day, so nothing is shown/);
      assert.ok(html.includes(`value="${day}"`), day);
      assert.equal((await search({ kind, to: day })).rows, 0);
    }
  const { html } = await search({ kind: 'attempts', from: '2026-11-01', to: '2026-11-30' });
  assert.match(html, /<input name="from" type="date" value="2026-11-01"/);
  assert.match(html, /<input name="to" type="date" value="2026-11-30"/);
  assert.match(
    html,
    /href="history\/export\?kind=attempts&amp;from=2026-11-01&amp;to=2026-11-30&amp;format=csv"/,
  );
  assert.match(html, /1 call: started 1/);
});

test('an empty search shows everything, and a sensible one is passed on', async () => {
  for (const kind of kinds) {
    const { html, rows } = await search({ kind, network: ' ', result: '', task: '' });
    assert.equal(rows, 1);
    assert.doesNotMatch(html, /role="status"/);
  }
  assert.deepEqual((await search({ kind: 'attempts', network: '99.9.1.1/32', result: 'started' })).reads, 1);
});
