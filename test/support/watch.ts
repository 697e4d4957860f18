// A watch of files in a temporary folder, and ways to change them.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { watchFiles, type Watch } from '../../src/config/watch.ts';
import { createFolder, until } from './daemon.ts';

/** Longer than any test: what is noticed in spite of it was reported. */
export const never = 3_600_000;

export interface Watched {
  readonly watch: Watch;
  /** The text of the first file at each reported change. */
  readonly seen: string[];
  /** Resolves once a change was reported with this text in the first file. */
  awaits(text: string): Promise<void>;
}

/** Watches files, and reads the first at each reported change. */
export function startWatch(t: TestContext, files: readonly string[], { pollMs = never } = {}): Watched {
  const seen: string[] = [];
  const watch = watchFiles(files, { pollMs });
  t.after(() => watch.close());
  watch.begin(() => {
    watch.see();
    seen.push(loadText(files[0] ?? ''));
  });
  return {
    watch,
    seen,
    async awaits(text) {
      await until(
        () => (seen.at(-1) === text ? true : undefined),
        `a change to "${text}"; seen were ${JSON.stringify(seen)}`,
      );
    },
  };
}

/** The text of a file; `gone` if it does not exist. */
export function loadText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return 'gone';
  }
}

/** A folder with one file, `config.json`, with the text `first`. */
export function createFile(t: TestContext): { folder: string; file: string } {
  const folder = createFolder(t);
  const file = path.join(folder, 'config.json');
  fs.writeFileSync(file, 'first');
  return { folder, file };
}

/** Runs a program to its end. */
export const run = (...argv: [string, ...string[]]): void =>
  void execFileSync(argv[0], argv.slice(1), { stdio: 'ignore' });
/** Writes a file by renaming another over it. */
export const replace = (file: string, text: string): void => {
  fs.writeFileSync(`${file}~`, text);
  fs.renameSync(`${file}~`, file);
};
