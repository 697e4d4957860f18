// A daemon whose config is changed while it runs.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { findTraces } from './canary.ts';
import { keyOf, magicKey, startDaemon, until, type DaemonOptions, type TestDaemon } from './daemon.ts';
import { replace } from './watch.ts';

/** A config as it is written. */
export interface WrittenConfig {
  server: Record<string, unknown>;
  tasks: Record<string, Record<string, unknown>>;
  [part: string]: unknown;
}

export interface Reloadable extends TestDaemon {
  readonly configFile: string;
  /** The config as it stands in the file. */
  config(): WrittenConfig;
  /** Changes the config, and resolves once the daemon took it up with the changes that it names. */
  takes(change: (config: WrittenConfig) => void): Promise<unknown>;
  /** Replaces a file (the config, if none is named), and resolves once the daemon has refused it with the problems that it names. */
  refuses(text: string, file?: string): Promise<unknown>;
  /** How many lines of the log are of an event. */
  count(event: string): number;
  /** The status of a call with these keys. */
  call(magic: string, task: string): Promise<number>;
}

/** Starts a daemon as `startDaemon` does; after the test nothing that it printed may hold one of its keys, or of those in `secrets`. */
export async function startReloadable(
  t: { after(fn: () => Promise<void> | void): void },
  { secrets = [], ...options }: DaemonOptions & { readonly secrets?: readonly string[] },
): Promise<Reloadable> {
  const daemon = await startDaemon(t, options);
  const configFile = path.join(daemon.folder, 'config.json');
  // Without the words that all test keys begin with.
  const keys = [magicKey, ...Object.keys(options.tasks).map(keyOf), ...secrets].map((key) => key.slice(-14));
  t.after(() => {
    for (const key of keys) assert.deepEqual(findTraces(key, daemon.printed()), []);
  });
  const config = (): WrittenConfig => JSON.parse(fs.readFileSync(configFile, 'utf8')) as WrittenConfig;
  const linesOf = (event: string): Record<string, unknown>[] =>
    daemon.log().filter((line) => line['event'] === event);
  const awaitNext = async (event: string, change: () => void): Promise<Record<string, unknown>> => {
    const before = linesOf(event).length;
    change();
    return await until(
      () => linesOf(event)[before],
      `a further line "${event}"; printed so far:\n${daemon.printed()}`,
    );
  };
  return {
    ...daemon,
    configFile,
    config,
    async takes(change) {
      const changed = config();
      change(changed);
      return (await awaitNext('config-taken', () => replace(configFile, JSON.stringify(changed))))['changes'];
    },
    refuses: async (text, file = configFile) =>
      (await awaitNext('config-refused', () => replace(file, text)))['problems'],
    count: (event) => linesOf(event).length,
    call: async (magic, task) => (await fetch(`${daemon.base}/${magic}/${task}`)).status,
  };
}
