// Tells two ways of running a task apart without showing them.
import { hash } from 'node:crypto';
import type { Runner } from '../runners/execute.ts';

/** The same text for a runner with the same options, and another one for any other. */
export function toRunnerDigest(runner: Runner): string {
  return hash('sha256', JSON.stringify(runner), 'hex');
}
