// How somebody came to a run's page: read from its query, and written into it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseVisit, renderVisit } from '../../../src/http/pages/visit.ts';

const nonce = 'Abcdefghij-klmnopqr_12';

test('a visit is read back as it was written', () => {
  const visit = fc.record(
    {
      isJoined: fc.boolean(),
      isSpent: fc.boolean(),
      isHeld: fc.boolean(),
      again: fc.constantFrom(nonce, undefined),
    },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(visit, (visit) => assert.deepEqual(parseVisit(renderVisit(visit).slice(1)), visit)));
  assert.equal(renderVisit({ isJoined: true, again: nonce }), `?joined&again=${nonce}`);
  assert.equal(renderVisit({}), '');
});

test('what is no nonce is none, and nothing of a query comes back that is not ours', () => {
  for (const query of [
    'again=',
    'again=x',
    `again=${nonce}x`,
    `again="><script>${nonce}`,
    'AGAIN=1',
    '',
    '%',
  ])
    assert.deepEqual(
      parseVisit(query),
      { isJoined: false, isSpent: false, isHeld: false, again: undefined },
      query,
    );
  fc.assert(
    fc.property(fc.string(), fc.webQueryParameters(), (junk, query) => {
      for (const text of [junk, query, `again=${junk}`, `joined&again=${query}`])
        assert.match(
          renderVisit(parseVisit(text)),
          /^(?:\?(?:(?:joined|spent|hold|again=[\w-]{22})(?:&|$))+)?$/,
        );
    }),
  );
});
