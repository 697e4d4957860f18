// A config in a temporary folder, loaded, and what the loader reports.
import fs from 'node:fs';
import path from 'node:path';
import { loadConfig, type LoadedConfig } from '../../src/config/load.ts';
import { AppError } from '../../src/errors.ts';
import { createFolder, keyOf, magicKey } from './daemon.ts';

/** A server part that is fit for use; listens on loopback, so that there is nothing to warn of. */
export const server = { listen: '127.0.0.1', magickey: magicKey };

/** A whole config with one task, `7`, of these options. */
export function withTask(options: object): object {
  return { server, tasks: { '7': { identifier: keyOf('7'), ...options } } };
}

/** A whole config with these things in its server part. */
export function withServer(options: object): object {
  return { server: { ...server, ...options }, tasks: { '7': { identifier: keyOf('7') } } };
}

export interface Verdict {
  readonly loaded: LoadedConfig | undefined;
  readonly code: string | undefined;
  readonly message: string;
  /** The details of the error: one line each. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Writes a config (text and bytes as they are, anything else as JSON with an indent of 2) and loads it. */
export function createJudge(t: { after(fn: () => void): void }): {
  readonly folder: string;
  readonly file: string;
  judge(config: unknown, env?: NodeJS.ProcessEnv): Verdict;
} {
  const folder = createFolder(t);
  const file = path.join(folder, 'config.json');
  return {
    folder,
    file,
    judge(config, env = {}) {
      const isRaw = typeof config === 'string' || Buffer.isBuffer(config);
      fs.writeFileSync(file, isRaw ? config : JSON.stringify(config, null, 2), { mode: 0o600 });
      return judgeFile(file, env);
    },
  };
}

/** Loads a file and returns the result. Anything but an AppError is thrown on. */
export function judgeFile(file: string, env: NodeJS.ProcessEnv = {}): Verdict {
  try {
    const loaded = loadConfig(file, env);
    return { loaded, code: undefined, message: '', problems: [], warnings: loaded.warnings };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      loaded: undefined,
      code: error.code,
      message: error.message,
      problems: error.details,
      warnings: [],
    };
  }
}
