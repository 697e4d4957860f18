// A guest link, and the lines of the file that links are kept in.
import * as z from 'zod';
import { toIso, type Clock } from '../clock.ts';
import { isKeyDigest, toKeyDigest, type KeyDigest } from '../keys.ts';

/** How long a link is remembered after it has ended. */
const rememberedMs = 30 * 86_400_000;

const Key = z.custom<KeyDigest>((value) => typeof value === 'string' && isKeyDigest(value));
export const LinkLine = z.discriminatedUnion('event', [
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
export type LinkLine = z.infer<typeof LinkLine>;

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

/** Stands for the link of a key that is no link's. */
export const noLink: Link = {
  key: toKeyDigest(''),
  task: '',
  label: '',
  createdAt: '',
  endsAtMs: Infinity,
  uses: 0,
  used: 0,
  endedAt: '',
};

/** Changes the links by a line. */
export function apply(links: Map<KeyDigest, Link>, line: LinkLine): void {
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

/** Whether a link has starts left at this time. */
export function isOpen({ endsAtMs, endedAt, used, uses }: Link, wallMs: number): boolean {
  const isInTime = wallMs < endsAtMs;
  return isInTime && endedAt === undefined && used < uses;
}

/** A link as lines. */
export function toLines({ key, task, label, createdAt, endsAtMs, uses, used, endedAt }: Link): LinkLine[] {
  return [
    { event: 'link', key, task, label, at: createdAt, ends: toIso(endsAtMs), uses, used },
    ...(endedAt === undefined ? [] : [{ event: 'end' as const, key, at: endedAt }]),
  ];
}

/** Whether a link has ended so long ago that it is remembered no more. */
export function isForgotten({ endsAtMs, endedAt }: Link, clock: Clock): boolean {
  const endMs = endedAt === undefined ? endsAtMs : Date.parse(endedAt);
  return clock.wallMs() - endMs >= rememberedMs;
}
