// Places for admitted calls: the oldest leaves when there are too many, and is destroyed when it does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPlaces } from '../../src/listener/places.ts';

test('the one held longest is asked to leave for a newcomer, and destroyed once too many are leaving', () => {
  const told: string[] = [];
  const places = createPlaces(2);
  const holders = Array.from({ length: 12 }, (_, i) => ({
    leave: () => void told.push(`leave ${i}`),
    destroy: () => void told.push(`destroy ${i}`),
  }));
  for (const holder of holders.slice(0, 3)) places.take(holder);
  assert.deepEqual(told, ['leave 0']);
  for (const holder of holders.slice(1, 3)) places.giveBack(holder);
  for (const holder of holders.slice(3, 5)) places.take(holder);
  assert.deepEqual(told, ['leave 0'], 'a place that was given back is free');
  for (const holder of holders.slice(5)) places.take(holder);
  assert.deepEqual(
    told.filter((word) => word.startsWith('destroy')),
    [],
    '8 may be leaving',
  );
  places.take({ leave: () => void told.push('leave'), destroy: () => {} });
  assert.deepEqual(
    told.filter((word) => word.startsWith('destroy')),
    ['destroy 0'],
  );
});
