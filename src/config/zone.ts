// Warns of times of day in a time zone that was not chosen, as in a container.
import fs from 'node:fs';
import type { Finding, Path } from './finding.ts';
import { toPath } from './finding.ts';
import type { KeySetting } from './key-setting.ts';
import type { Valid } from './validate.ts';

/** What this machine says of its zone. */
export interface ZoneFacts {
  /** The zone that times are read in, as Node calls it; undefined if it has none. */
  readonly zone: string | undefined;
  /** The last line of /etc/localtime, such as `UTC0` or `CET-1CEST,M3.5.0,M10.5.0/3` (RFC 9636); undefined if there is no such file. */
  readonly localtime: string | undefined;
  readonly isContainer: boolean;
  /** How far the clock is ahead of UTC now. */
  readonly aheadMinutes: number;
}

/** Warnings about `hours` of tasks, and about keys that expire on a day or at a time without a zone. */
export function findUnchosenZone(
  valid: Pick<Valid, 'config' | 'tasks' | 'shape'>,
  env: NodeJS.ProcessEnv,
  loadFacts: () => ZoneFacts = loadZoneFacts,
): Finding[] {
  const places = listLocalTimes(valid);
  if (places.length === 0) return [];
  const facts = loadFacts();
  const reason = explainZone(env['TZ'], facts);
  if (reason === undefined) return [];
  const message = `Set the environment variable TZ, as in TZ=Europe/Berlin: this goes by the clock of ${nameClock(facts)}, because ${reason}`;
  return places.map((path) => ({ path, message }));
}

/** Why the zone is one that the owner did not choose; undefined if it was chosen. */
export function explainZone(
  tz: string | undefined,
  { zone, localtime, isContainer }: ZoneFacts,
): string | undefined {
  if (zone !== undefined && !isUtc(zone)) return undefined;
  if (tz !== undefined && tz !== '') return isUtc(tz) ? undefined : 'TZ names no zone that is known here';
  if (localtime === undefined) return 'this machine has no time zone (no TZ, no /etc/localtime)';
  if (!/^(?:<?UTC>?|GMT)-?0$/.test(localtime))
    return 'the name of the zone in /etc/localtime cannot be found out';
  return isContainer ? 'a container is in UTC unless TZ is set' : undefined;
}

/** The clock of a zone without a name, such as TZ=UTC+2 or TZ=:/etc/localtime: Node takes one offset for the whole year. */
export function nameClock({ aheadMinutes }: Pick<ZoneFacts, 'aheadMinutes'>): string {
  if (aheadMinutes === 0) return 'UTC';
  const minutes = Math.abs(aheadMinutes);
  const [hour = '', minute = ''] = [Math.trunc(minutes / 60), minutes % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `UTC${aheadMinutes < 0 ? '-' : '+'}${hour}:${minute}, in summer and in winter`;
}

function isUtc(name: string): boolean {
  return /^:?(?:Etc\/)?(?:UTC|UCT|GMT|Universal|Zulu|Greenwich|Unknown)[+-]?0?$/i.test(name);
}

function listLocalTimes({ config, tasks, shape }: Pick<Valid, 'config' | 'tasks' | 'shape'>): Path[] {
  const places: Path[] = [];
  const addDays = (setting: KeySetting, at: Path): void => {
    if (!Array.isArray(setting)) return;
    for (const [i, { expires }] of setting.entries())
      if (expires !== undefined && !/(?:Z|[+-]\d\d:\d\d)$/.test(expires)) places.push([...at, i, 'expires']);
  };
  addDays(config.server.magickey, toPath(shape.toPlace(['server', 'magickey'])));
  for (const [id, { hours, identifier }] of tasks) {
    if (hours !== undefined) places.push(['tasks', id, 'hours']);
    addDays(identifier, ['tasks', id, 'identifier']);
  }
  return places;
}

function loadZoneFacts(): ZoneFacts {
  return {
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    localtime: loadLocaltime(),
    aheadMinutes: -new Date().getTimezoneOffset(),
    isContainer: ['/.dockerenv', '/run/.containerenv'].some((file) => fs.existsSync(file)),
  };
}

function loadLocaltime(): string | undefined {
  try {
    return fs.readFileSync('/etc/localtime', 'latin1').trimEnd().split('\n').at(-1);
  } catch {
    return undefined;
  }
}
