// The last lines of the log, read back from its file.
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import * as z from 'zod';
import { toErrorCode } from '../errors.ts';

/** How much is read from the end of a file: more lines than anybody reads. */
const maxBytes = 524_288;

const LogLine = z.object({
  /** ISO 8601, UTC. */
  time: z.string(),
  /** As in pino: 30 is information, 40 a warning, 50 an error. */
  level: z.number(),
  event: z.string().optional(),
  msg: z.string(),
});
/** A line of the log, as far as people read it. */
export type LogLine = z.infer<typeof LogLine>;

/** The last lines that fit, the newest first, from a log's file and if that has too few from the one before it. A file that cannot be read counts as empty. */
export async function readLogTail(
  path: string,
  { limit, fits }: { readonly limit: number; readonly fits: (line: LogLine) => boolean },
): Promise<readonly LogLine[]> {
  const found: LogLine[] = [];
  for (const file of [path, `${path}.1`]) {
    const lines = (await readEnd(file)).split('\n').toReversed();
    for (const text of lines) {
      if (found.length === limit) return found;
      const line = parseLogLine(text);
      if (line !== undefined && fits(line)) found.push(line);
    }
  }
  return found;
}

function parseLogLine(text: string): LogLine | undefined {
  try {
    return LogLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function readEnd(file: string): Promise<string> {
  try {
    await using handle = await open(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (!stat.isFile()) return '';
    const bytes = Buffer.alloc(Math.min(maxBytes, stat.size));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, stat.size - bytes.length);
    return bytes.toString('utf8', 0, bytesRead);
  } catch (error) {
    if (toErrorCode(error) === 'unknown') throw error;
    return '';
  }
}
