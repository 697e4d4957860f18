// Guest links: addresses that open one task, for a time and a number of starts. They are kept beside the history, as digests.
import { toIso, type Clock } from '../clock.ts';
import { toErrorCode } from '../errors.ts';
import { openJournal } from '../history/journal.ts';
import type { KeyDigest } from '../keys.ts';
import type { Logger } from '../log/log.ts';
import { apply, isForgotten, LinkLine, noLink, toLines, type Link } from './link-lines.ts';

export type { Link } from './link-lines.ts';

/** The first part of a link's address; no magic key is that short. */
export const guestWord = 'guest';
/** How many links may be remembered. */
const maxLinks = 10_000;

/** What became of a new link. */
type NewLinkResult = 'done' | 'label-taken' | 'full' | 'unwritten';

export interface Links {
  list(): readonly Link[];
  find(key: KeyDigest): Link | undefined;
  /** Whether a link may still start its task; `isPaid` if the use that is asked about has been counted. */
  isOpen(key: KeyDigest, isPaid: boolean): boolean;
  /** Makes a link; `by` is for the log. */
  create(wish: Pick<Link, 'key' | 'task' | 'label' | 'endsAtMs' | 'uses'>, by: string): NewLinkResult;
  /** Ends the link with a label. If that cannot be recorded, it has ended until the daemon ends. */
  end(label: string, by: string): 'done' | 'unknown' | 'unwritten';
  /** Ends the links of all tasks but these for good: a later task of the same name is another one. */
  endOthers(tasks: readonly { readonly id: string }[]): void;
  /** Counts a use, which is on disk afterwards. */
  use(key: KeyDigest): 'done' | 'spent' | 'unwritten';
  /** A use has led to no start of its own. */
  refund(key: KeyDigest): void;
  /** Calls back for each new link. */
  onNew(add: (link: Link) => void): void;
  close(): void;
}

/** The path of the links of a history. */
export function toLinksPath(historyPath: string): string {
  return `${historyPath}.links`;
}

/** Opens the links of a history. Throws AppError `history-unusable`. */
export function openLinks({
  historyPath,
  logger,
  clock,
}: {
  readonly historyPath: string;
  readonly logger: Logger;
  readonly clock: Clock;
}): Links {
  const path = toLinksPath(historyPath);
  const links = new Map<KeyDigest, Link>();
  /** Ended until the daemon ends, because that could not be recorded. */
  const unrecorded = new Set<KeyDigest>();
  const journal = openJournal({
    path,
    schema: LinkLine,
    take: (line) => apply(links, line),
    render() {
      for (const link of links.values()) if (isForgotten(link, clock)) links.delete(link.key);
      return [...links.values()].flatMap(toLines);
    },
  });
  for (const warning of journal.warnings) logger.warn({ event: 'file-warning' }, warning);
  let onNew: (link: Link) => void = () => {};
  const isLive = (link: Link): boolean => link.endedAt === undefined && clock.wallMs() < link.endsAtMs;
  const isOpen = (key: KeyDigest, isPaid: boolean): boolean => {
    // The same steps for a key that is no link's, so that the time shows nothing.
    const link = links.get(key) ?? noLink;
    const isInTime = clock.wallMs() < link.endsAtMs;
    return isInTime && link.endedAt === undefined && (isPaid || link.used < link.uses);
  };
  const write = (line: LinkLine): boolean => {
    try {
      journal.append(line);
    } catch (error) {
      const code = toErrorCode(error);
      logger.error({ event: 'links-unwritable', code }, `Cannot write ${path} (${code})`);
      return false;
    }
    apply(links, line);
    return true;
  };
  const now = (): string => toIso(clock.wallMs());
  /** Ends links; false if that could not be recorded for all of them. */
  const endAll = (found: readonly Link[]): boolean => {
    for (const { key } of found) {
      const line: LinkLine = { event: 'end', key, at: now() };
      apply(links, line);
      unrecorded.add(key);
      if (write(line)) unrecorded.delete(key);
    }
    return !found.some(({ key }) => unrecorded.has(key));
  };
  const isToEnd = (link: Link): boolean => isLive(link) || unrecorded.has(link.key);
  return {
    list: () => [...links.values()],
    find: (key) => links.get(key),
    isOpen,
    create({ key, task, label, endsAtMs, uses }, by) {
      if ([...links.values()].some((link) => link.label === label && isLive(link) && link.used < link.uses))
        return 'label-taken';
      for (const link of links.values()) if (isForgotten(link, clock)) links.delete(link.key);
      if (links.size >= maxLinks) return 'full';
      const ends = toIso(endsAtMs);
      if (!write({ event: 'link', key, task, label, at: now(), ends, uses })) return 'unwritten';
      const link = links.get(key);
      if (link !== undefined) onNew(link);
      logger.info(
        { event: 'link-made', task, label, ends, uses },
        `Made the guest link "${label}" for ${by}`,
      );
      return 'done';
    },
    end(label, by) {
      const found = [...links.values()].filter((link) => link.label === label && isToEnd(link));
      if (found.length === 0) return 'unknown';
      const isRecorded = endAll(found);
      logger.info({ event: 'link-ended', label }, `Ended the guest link "${label}" for ${by}`);
      return isRecorded ? 'done' : 'unwritten';
    },
    endOthers(tasks) {
      const known = new Set(tasks.map(({ id }) => id));
      const found = [...links.values()].filter((link) => !known.has(link.task) && isToEnd(link));
      endAll(found);
      for (const { label, task } of found)
        logger.info(
          { event: 'link-ended', label, task },
          `Ended the guest link "${label}": the config no longer has its task`,
        );
    },
    use(key) {
      if (!isOpen(key, false)) return 'spent';
      return write({ event: 'use', key, at: now() }) ? 'done' : 'unwritten';
    },
    refund: (key) => void write({ event: 'refund', key, at: now() }),
    onNew: (add) => void (onNew = add),
    close: journal.close,
  };
}
