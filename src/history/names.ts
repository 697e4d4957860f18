// The last seen names of DSM's tasks, in a small file beside the history.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import * as z from 'zod';

/** Entries, because `z.record` drops a NAS that is called `__proto__`. */
const entriesOf = <T extends z.ZodType>(entry: T): z.ZodPreprocess<z.ZodArray<T>> =>
  z.preprocess(
    (value) => (typeof value === 'object' && value !== null ? Object.entries(value) : value),
    z.array(entry),
  );
const Id = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number);
const Names = entriesOf(z.tuple([z.string(), entriesOf(z.tuple([Id, z.string()]))]));

/** The names of scheduled tasks by number, for each NAS by its name. */
export type TaskNames = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** The path of the names file of a history. */
export function toNamesPath(historyPath: string): string {
  return `${historyPath}.names`;
}

/** Reads the names; a missing or broken file counts as empty. */
export function loadNames(path: string): TaskNames {
  try {
    const names = Names.parse(JSON.parse(fs.readFileSync(path, 'utf8')));
    return new Map(names.map(([nas, byId]) => [nas, new Map(byId)]));
  } catch {
    return new Map();
  }
}

/** Writes the names atomically. Throws the system's error. */
export function saveNames(path: string, names: TaskNames): void {
  const value = Object.fromEntries([...names].map(([nas, byId]) => [nas, Object.fromEntries(byId)]));
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    fs.writeFileSync(aside, `${JSON.stringify(value, null, 2)}\n`, { flag: 'wx', mode: 0o600, flush: true });
    fs.renameSync(aside, path);
  } catch (error) {
    fs.rmSync(aside, { force: true });
    throw error;
  }
}
