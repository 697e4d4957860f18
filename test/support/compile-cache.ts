// Compiled code that outlives a process: it halves the time that a start of the program takes.
import path from 'node:path';

/** For the environment of whatever runs from its sources. `npm test` sets the same folder for the tests themselves. */
export const compileCacheEnv = {
  NODE_COMPILE_CACHE: path.join(import.meta.dirname, '../../node_modules/.cache/remotetask-tests'),
} as const;
