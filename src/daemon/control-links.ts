// Guest links on the control socket: listed, made and ended.
import { toIso } from '../clock.ts';
import type { Links } from '../entry/links.ts';
import { isKeyDigest } from '../keys.ts';
import type { ListedLink } from './status.ts';

const statusOfNew = { done: 200, 'label-taken': 409, full: 507, unwritten: 503 } as const;
const statusOfEnd = { done: 200, unknown: 404, unwritten: 503 } as const;
const by = 'the command line';

/** The links, the newest last. */
export function listLinks(links: Pick<Links, 'list' | 'isOpen'>): ListedLink[] {
  return links.list().map(({ key, label, task, uses, used, createdAt, endsAtMs, endedAt }) => ({
    label,
    task,
    state: links.isOpen(key, false) ? 'open' : endedAt === undefined && used >= uses ? 'spent' : 'ended',
    used,
    uses,
    created: createdAt,
    ends: endedAt ?? toIso(endsAtMs),
  }));
}

/** Makes or ends a link, and returns the status of the answer. */
export function changeLinks(
  [what, ...rest]: readonly string[],
  {
    links,
    findName,
  }: {
    readonly links: Pick<Links, 'create' | 'end'>;
    readonly findName: (task: string) => string | undefined;
  },
): number {
  if (what === 'end') return statusOfEnd[links.end(rest[0] ?? '', by)];
  const [task = '', key = '', ends, times, label = ''] = rest;
  const [endsAtMs, uses] = [Number(ends), Number(times)];
  const isWhole = Number.isSafeInteger(endsAtMs) && Number.isSafeInteger(uses) && uses > 0;
  if (what !== 'new' || !isKeyDigest(key) || !isWhole || label === '') return 400;
  if (findName(task) === undefined) return 404;
  return statusOfNew[links.create({ key, task, label, endsAtMs, uses }, by)];
}
