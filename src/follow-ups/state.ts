// What is to be started later, in a small file beside the history. Each change replaces the whole file, so it is never half a change.
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { openAppendFile } from '../append-file.ts';
import { toErrorCode } from '../errors.ts';
import { syncFolder } from '../history/whole-file.ts';
import type { Logger } from '../log/log.ts';

const FollowUp = z.object({
  /** The run that is followed, and its task. */
  run: z.string(),
  from: z.string(),
  fromName: z.string(),
  /** The task to start. */
  task: z.string(),
  afterMs: z.number(),
  withinMs: z.number(),
  /** When it is to be started (UTC); missing while the run has not ended. */
  dueAt: z.iso.datetime().optional(),
  /** Who started the run that is followed. */
  address: z.string(),
  label: z.string().optional(),
});
export type FollowUp = z.infer<typeof FollowUp>;

/** The path of the file that belongs to a history. */
export function toFollowUpsPath(historyPath: string): string {
  return `${historyPath}.follow-ups`;
}

export interface FollowUpsFile {
  /** Reads the file. A damaged one is reported, and counts as empty. */
  load(): readonly FollowUp[];
  /** Replaces the file; true once it is on disk. One write follows the other. */
  save(followUps: readonly FollowUp[]): Promise<boolean>;
}

export function createFollowUpsFile(file: string, logger: Logger): FollowUpsFile {
  let problem: string | undefined;
  let last: Promise<boolean> = Promise.resolve(true);
  const write = async (text: string): Promise<boolean> => {
    try {
      await replaceFile(file, text);
      if (problem !== undefined)
        logger.info({ event: 'follow-ups-writable' }, `${file} can be written again`);
      problem = undefined;
      return true;
    } catch (error) {
      const code = toErrorCode(error);
      if (code !== problem)
        logger.error(
          { event: 'follow-ups-unwritable', code },
          `Cannot write ${file} (${code}); runs that another task follows do not end until it can be written`,
        );
      problem = code;
      return false;
    }
  };
  return {
    load() {
      if (!fs.existsSync(file)) return [];
      try {
        // A link, or a file of another user, is refused as for the other files of the history.
        openAppendFile(file).close();
        return z.array(FollowUp).parse(JSON.parse(fs.readFileSync(file, 'utf8')));
      } catch (error) {
        const code = toErrorCode(error);
        logger.error(
          { event: 'follow-ups-damaged', code },
          `Cannot read ${file} (${code}): what was to be started later is forgotten`,
        );
        return [];
      }
    },
    async save(followUps) {
      const text = `${JSON.stringify(followUps)}\n`;
      last = last.then(async () => await write(text));
      return await last;
    },
  };
}

/** Replaces a file as a whole; it is on disk afterwards. Throws the system's error. */
async function replaceFile(file: string, text: string): Promise<void> {
  const fresh = `${file}.new`;
  await fs.promises.rm(fresh, { force: true });
  await fs.promises.writeFile(fresh, text, { flag: 'wx', mode: 0o600, flush: true });
  await fs.promises.rename(fresh, file);
  syncFolder(path.dirname(file));
}
