// An outcome as people read it: the sentence, without the code beside it.
import assert from 'node:assert/strict';
import type { Outcome } from '../../src/outcome.ts';
import { renderReason } from '../../src/reasons/english.ts';
import { isReason } from '../../src/reasons/reason.ts';

/** Takes the code out of an outcome, and checks that it says the same as the sentence. */
export function withoutCode<Told extends Outcome>({ why, ...told }: Told): Omit<Told, 'why'> {
  if (why === undefined) assert.equal(told.reason, undefined, 'each reason has its code');
  else {
    assert.ok(isReason(why), JSON.stringify(why));
    assert.equal(renderReason(why), told.reason);
  }
  return told;
}
