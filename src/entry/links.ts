// Guest links: addresses that open one task, for a time and a number of starts. They are kept beside the history, as digests.
import * as z from 'zod';
import { toIso, type Clock } from '../clock.ts';
import { toErrorCode } from '../errors.ts';
import { openJournal } from '../history/journal.ts';
import { isKeyDigest, type KeyDigest } from '../keys.ts';
import type { Logger } from '../log/log.ts';

/** The first part of a link's address; no magic key is that short. */
export const guestWord = 'guest';
/** How many links may be remembered. */
const maxLinks = 10_000;
/** How long a link is remembered after it has ended. */
const rememberedMs = 30 * 86_400_000;

const Key = z.custom<KeyDigest>((value) => typeof value === 'string' && isKeyDigest(value));
const LinkLine = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('link'),
    key: Key,
    task: z.string(),
    label: z.string(),
    at: z.iso.datetime(),
    ends: z.iso.datetime(),
    uses: z.number().int().positive(),
    /** In a file that was rewritten: how many starts there were before. */
    used: z.number().int().optional(),
  }),
  /** `refund`: a use that led to no start of its own. */
  z.object({ event: z.enum(['use', 'refund', 'end']), key: Key, at: z.iso.datetime() }),
]);
type LinkLine = z.infer<typeof LinkLine>;

/** A link as it is now. */
export interface Link {
  readonly key: KeyDigest;
  readonly task: string;
  readonly label: string;
  readonly createdAt: string;
  readonly endsAtMs: number;
  readonly uses: number;
  readonly used: number;
  /** When its owner ended it. */
  readonly endedAt: string | undefined;
}

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
    const link = links.get(key);
    return link !== undefined && isLive(link) && (isPaid || link.used < link.uses);
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
      const found = [...links.values()].filter(
        (link) => link.label === label && (isLive(link) || unrecorded.has(link.key)),
      );
      if (found.length === 0) return 'unknown';
      const lines = found.map(({ key }): LinkLine => ({ event: 'end', key, at: now() }));
      for (const line of lines) {
        apply(links, line);
        unrecorded.add(line.key);
        if (write(line)) unrecorded.delete(line.key);
      }
      logger.info({ event: 'link-ended', label }, `Ended the guest link "${label}" for ${by}`);
      return lines.some(({ key }) => unrecorded.has(key)) ? 'unwritten' : 'done';
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

function apply(links: Map<KeyDigest, Link>, line: LinkLine): void {
  if (line.event === 'link') {
    const { key, task, label, at, ends, uses, used = 0 } = line;
    links.set(key, {
      key,
      task,
      label,
      createdAt: at,
      endsAtMs: Date.parse(ends),
      uses,
      used,
      endedAt: undefined,
    });
    return;
  }
  const link = links.get(line.key);
  if (link === undefined) return;
  const by = { use: 1, refund: -1, end: 0 }[line.event];
  links.set(line.key, {
    ...link,
    used: link.used + by,
    ...(line.event === 'end' ? { endedAt: line.at } : {}),
  });
}

function toLines({ key, task, label, createdAt, endsAtMs, uses, used, endedAt }: Link): LinkLine[] {
  return [
    { event: 'link', key, task, label, at: createdAt, ends: toIso(endsAtMs), uses, used },
    ...(endedAt === undefined ? [] : [{ event: 'end' as const, key, at: endedAt }]),
  ];
}

function isForgotten({ endsAtMs, endedAt }: Link, clock: Clock): boolean {
  const endMs = endedAt === undefined ? endsAtMs : Date.parse(endedAt);
  return clock.wallMs() - endMs >= rememberedMs;
}
