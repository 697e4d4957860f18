// The recorder: each attempt is in the log, in the attempts and in the tally, with its task.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attempt } from '../../src/attempts/attempt.ts';
import { createRecorder } from '../../src/attempts/recorder.ts';
import { createTally } from '../../src/attempts/tally.ts';
import { createTestClock } from '../support/clock.ts';
import { createTestLogger } from '../support/logger.ts';

test('a start, a stop and a refused call are each recorded in all three places', () => {
  const { logger, lines } = createTestLogger();
  const notes: Attempt[] = [];
  const tally = createTally(createTestClock());
  const recorder = createRecorder({
    logger,
    attempts: { note: (attempt) => void notes.push(attempt) },
    tally,
  });
  const made = { intent: 'start', task: 'gate', name: 'Gate', label: 'Anna', address: '192.0.2.1' } as const;
  const call = { address: '192.0.2.9', network: '192.0.2.9', why: 'task-key' } as const;
  recorder.attempted({ kind: 'started', run: { id: 'a-run' } }, made);
  recorder.stopped({ run: 'a-run', task: 'gate', name: 'Gate' }, { label: 'command line' });
  recorder.counted(call);
  recorder.refused(call);
  recorder.flooded(3, { '192.0.2.9': 3 }, '3 from 192.0.2.9');
  assert.deepEqual(
    lines.map(({ event, task, msg }) => [event, task, msg]),
    [
      ['attempt', 'gate', 'Started Gate for Anna, 192.0.2.1'],
      ['stop', 'gate', 'Stops Gate for command line'],
      ['refused', undefined, 'Refused a call from 192.0.2.9 (task-key)'],
      ['flood', undefined, '3 more calls were refused: 3 from 192.0.2.9'],
    ],
  );
  assert.deepEqual(
    notes.map(({ result, task, run }) => [result, task, run]),
    [
      ['started', 'gate', 'a-run'],
      ['stopped', 'gate', 'a-run'],
      ['task-key', undefined, undefined],
      ['flood', undefined, undefined],
    ],
  );
  assert.deepEqual(
    [...tally.results],
    [
      ['started', 1],
      ['stopped', 1],
      ['task-key', 1],
    ],
  );
});
