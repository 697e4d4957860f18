// Advisories in the format of OSV (https://ossf.github.io/osv-schema/), and which of them apply to a package.
import * as z from 'zod';
import type { LockedPackage } from '../lock-file.ts';
import { compareVersions } from './versions.ts';

const Event = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last_affected: z.string().optional(),
});
const Advisory = z.object({
  id: z.string(),
  summary: z.string().default(''),
  withdrawn: z.string().optional(),
  affected: z
    .array(
      z.object({
        package: z.object({ ecosystem: z.string(), name: z.string() }).optional(),
        versions: z.array(z.string()).default([]),
        ranges: z.array(z.object({ type: z.string(), events: z.array(Event) })).default([]),
      }),
    )
    .default([]),
});
export type Advisory = z.infer<typeof Advisory>;

/** An advisory that applies to a package. */
export interface FoundAdvisory extends Pick<LockedPackage, 'name' | 'version' | 'scope'> {
  readonly id: string;
  readonly summary: string;
}

/** Reads a JSON array, or one object a line; keeps what is about npm and not withdrawn. Throws for anything else. */
export function parseAdvisories(text: string): Advisory[] {
  const values: unknown = text.trimStart().startsWith('[')
    ? JSON.parse(text)
    : text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line): unknown => JSON.parse(line));
  return z
    .array(Advisory)
    .parse(values)
    .filter(({ withdrawn, affected }) => withdrawn === undefined && affected.some(isOfNpm));
}

/** The advisories that apply to these packages. */
export function findAdvisories(
  packages: readonly Pick<LockedPackage, 'name' | 'version' | 'scope'>[],
  advisories: readonly Advisory[],
): FoundAdvisory[] {
  const byName = new Map<string, Advisory[]>();
  for (const advisory of advisories)
    for (const { package: its } of advisory.affected.filter(isOfNpm))
      if (its !== undefined) byName.set(its.name, [...(byName.get(its.name) ?? []), advisory]);
  return packages.flatMap(({ name, version, scope }) =>
    [...new Set(byName.get(name))]
      .filter(({ affected }) =>
        affected.some((one) => isOfNpm(one) && one.package?.name === name && isAffected(version, one)),
      )
      .map(({ id, summary }) => ({ name, version, scope, id, summary })),
  );
}

function isOfNpm({ package: its }: Advisory['affected'][number]): boolean {
  return its?.ecosystem === 'npm';
}

/** Whether a version is listed, or lies in one of the ranges. A range without any version or event covers all. */
function isAffected(version: string, { versions, ranges }: Advisory['affected'][number]): boolean {
  if (versions.includes(version) || (versions.length === 0 && ranges.length === 0)) return true;
  return ranges
    .filter(({ type }) => type === 'SEMVER' || type === 'ECOSYSTEM')
    .some(({ events }) => isInRange(version, events));
}

/** The events in the order of their versions: the last one that is not later than the version decides. */
function isInRange(version: string, events: readonly z.infer<typeof Event>[]): boolean {
  const isAtLeast = (other: string): boolean => other === '0' || compareVersions(version, other) >= 0;
  const introduced = events.flatMap((event) => event.introduced ?? []).filter(isAtLeast);
  return introduced.some(
    (from) =>
      !events.some(({ fixed, last_affected: last }) => {
        const isBehind = (end: string): boolean => from === '0' || compareVersions(end, from) >= 0;
        if (fixed !== undefined) return isBehind(fixed) && isAtLeast(fixed);
        return last !== undefined && isBehind(last) && compareVersions(version, last) > 0;
      }),
  );
}
