// Blocked keys: taken out of use at once by their label, without a change of the config, and kept beside the history.
import * as z from 'zod';
import { toIso, type Clock } from '../clock.ts';
import { toErrorCode } from '../errors.ts';
import { openJournal, readJournal } from '../history/journal.ts';
import { isKeyDigest, type KeyDigest } from '../keys.ts';
import type { Logger } from '../log/log.ts';
import type { LockedTasks } from './gate.ts';

/** A key by its digest, so that a new key with the same label is not blocked. */
const BlockLine = z.object({
  event: z.enum(['block', 'unblock']),
  key: z.custom<KeyDigest>((value) => typeof value === 'string' && isKeyDigest(value)),
  label: z.string(),
  at: z.iso.datetime(),
});
type BlockLine = z.infer<typeof BlockLine>;

/** What became of a wish: `unknown` if no key has the label, `unwritten` if it could not be recorded. */
type BlockResult = 'done' | 'unknown' | 'unwritten';

export interface Blocks {
  has(key: KeyDigest): boolean;
  /** Blocks all keys with a label. If that cannot be recorded, they are blocked until the daemon ends. `by` is for the log. */
  block(label: string, by: string): BlockResult;
  /** Undoes it. If that cannot be recorded, they stay blocked. */
  unblock(label: string, by: string): BlockResult;
  close(): void;
}

/** The path of the blocked keys of a history. */
export function toBlocksPath(historyPath: string): string {
  return `${historyPath}.blocked`;
}

/** The keys that are blocked. Throws AppError `history-unusable`. */
export function loadBlocked(historyPath: string): ReadonlySet<KeyDigest> {
  const blocked = new Map<KeyDigest, BlockLine>();
  readJournal(toBlocksPath(historyPath), BlockLine, (line) => apply(blocked, line));
  return new Set(blocked.keys());
}

/** Opens the blocked keys; `keys` are those in use. Throws AppError `history-unusable`. */
export function openBlocks({
  historyPath,
  keys,
  logger,
  clock,
}: {
  readonly historyPath: string;
  readonly keys: () => LockedTasks['keys'];
  readonly logger: Logger;
  readonly clock: Clock;
}): Blocks {
  const blocked = new Map<KeyDigest, BlockLine>();
  /** Blocked until the daemon ends, because that could not be recorded. */
  const unrecorded = new Set<KeyDigest>();
  const journal = openJournal({
    path: toBlocksPath(historyPath),
    schema: BlockLine,
    take: (line) => apply(blocked, line),
    render: () => [...blocked.values()],
  });
  for (const warning of journal.warnings) logger.warn({ event: 'file-warning' }, warning);
  const change = (event: BlockLine['event'], label: string, by: string): BlockResult => {
    const found = new Set(listKeys(keys(), label));
    if (event === 'unblock') for (const [key, line] of blocked) if (line.label === label) found.add(key);
    if (found.size === 0) return 'unknown';
    const at = toIso(clock.wallMs());
    let problem: string | undefined;
    for (const key of found) {
      if (blocked.has(key) === (event === 'block') && !unrecorded.has(key)) continue;
      const line = { event, key, label, at };
      try {
        if (event === 'block') {
          apply(blocked, line);
          unrecorded.add(key);
        }
        journal.append(line);
        apply(blocked, line);
        unrecorded.delete(key);
      } catch (error) {
        problem = toErrorCode(error);
      }
    }
    const done = event === 'block' ? 'Blocked' : 'Unblocked';
    if (problem === undefined)
      logger.info({ event: `key-${event}ed`, label }, `${done} the keys with the label "${label}" for ${by}`);
    else
      logger.error(
        { event: 'blocks-unwritable', code: problem, label },
        `Cannot record in ${toBlocksPath(historyPath)} (${problem}): ${event} the keys with the label "${label}", for ${by}`,
      );
    return problem === undefined ? 'done' : 'unwritten';
  };
  return {
    has: (key) => blocked.has(key),
    block: (label, by) => change('block', label, by),
    unblock: (label, by) => change('unblock', label, by),
    close: journal.close,
  };
}

function apply(blocked: Map<KeyDigest, BlockLine>, line: BlockLine): void {
  if (line.event === 'block') blocked.set(line.key, line);
  else blocked.delete(line.key);
}

function listKeys({ magic, tasks }: LockedTasks['keys'], label: string): readonly KeyDigest[] {
  return [...magic, ...[...tasks.values()].flat()].flatMap((key) =>
    key.label === label ? [key.digest] : [],
  );
}
