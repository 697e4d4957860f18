// `remotetask keys`: lists the keys of the config, with their last uses.
import { createKeyUses, findUse, type KeyUses } from '../admin/pages/key-uses.ts';
import { isRefused } from '../attempts/attempt.ts';
import { toAttemptFiles } from '../attempts/attempts.ts';
import { streamAttempts } from '../attempts/read.ts';
import { dayMs, systemClock, toIso } from '../clock.ts';
import { toTyped } from '../called.ts';
import { loadBlocked } from '../entry/blocks.ts';
import { inspectConfig, type PlacedKeys } from '../config/load.ts';
import { countOpenLinks } from '../entry/load-links.ts';
import { loadRemembered } from '../history/load.ts';
import { renderJson, toOneLine } from '../untrusted-text.ts';
import type { KeyDigest } from '../keys.ts';
import { listLocks, type Lock } from './chosen-keys.ts';
import type { Command } from './command.ts';
import { renderTable, type Column } from './table.ts';
import { renderTime } from './time.ts';

export const keys: Command = {
  name: 'keys',
  options: ['json'],
  summary: 'Lists the keys: their labels, what they are for, their age, their last use and their end',
  details: [
    'No key is shown. The last use comes from the history and the attempts beside it, as far as they reach back. The age is known for keys that were made by `keys new` or `keys rotate`.',
  ],
  async run({ configFile, env, width, options: { json: isJson = false } }) {
    const found = inspectConfig(configFile, env);
    if (found.kind === 'unusable') throw found.error;
    const uses = await loadUses(found.loaded.history);
    const blocked = loadBlocked(found.loaded.history.path);
    const nowMs = Date.now();
    const rows = listLocks(found.placedKeys).flatMap((lock) =>
      toRows(lock, found.placedKeys, { uses, blocked, nowMs }),
    );
    if (isJson) console.log(renderJson({ keys: rows }));
    else
      for (const line of await renderTable(
        columns,
        rows.map((row) => toCells(row, nowMs)),
        width,
      ))
        console.log(line);
    const open = isJson ? 0 : countOpenLinks(found.loaded.history.path);
    if (open > 0)
      console.log(
        `\n${open === 1 ? 'A guest link is' : `${open} guest links are`} open, too: ${toTyped('links')}`,
      );
    return 0;
  },
};

const columns: readonly Column[] = [
  { title: 'Label', maxWidth: 30 },
  { title: 'For', givesWay: true },
  { title: 'Age', isRight: true },
  { title: 'Last used' },
  { title: 'From' },
  { title: 'Ends' },
];

/** docs/commands.md promises these names. */
interface Row {
  readonly label: string | null;
  /** The id of a task; null for a magic key. */
  readonly task: string | null;
  readonly state: 'valid' | 'early' | 'expired' | 'blocked';
  readonly created: string | null;
  readonly lastUsed: string | null;
  readonly from: string | null;
  readonly notBefore: string | null;
  readonly expires: string | null;
  readonly confirm: boolean;
}

/** What is remembered of the uses of keys. */
interface AllUses {
  of(task: string | undefined): KeyUses;
}

/** Throws the system's error if the history cannot be read. */
async function loadUses({ path, keep }: { readonly path: string; readonly keep: number }): Promise<AllUses> {
  const uses = createKeyUses();
  for (const { start } of loadRemembered(path, keep, systemClock).remembered.oldestFirst()) uses.note(start);
  for await (const attempt of streamAttempts(toAttemptFiles(path), {}))
    if (!isRefused(attempt)) uses.note(attempt);
  return uses;
}

function toRows(
  { task, keys: own }: Lock,
  { magic, tasks }: PlacedKeys,
  {
    uses,
    blocked,
    nowMs,
  }: { readonly uses: AllUses; readonly blocked: ReadonlySet<KeyDigest>; readonly nowMs: number },
): readonly Row[] {
  const partners = task === undefined ? tasks.flatMap((other) => other.keys) : magic;
  return own.map((key) => {
    const { label = null, notBeforeMs = -Infinity, expiresAtMs = Infinity, createdAtMs, asksFirst } = key;
    const use = findUse(uses.of(task?.id), key, partners, task === undefined);
    return {
      label,
      task: task?.id ?? null,
      state: blocked.has(key.digest)
        ? 'blocked'
        : expiresAtMs <= nowMs
          ? 'expired'
          : notBeforeMs > nowMs
            ? 'early'
            : 'valid',
      created: toIsoOrNull(createdAtMs),
      lastUsed: use?.at ?? null,
      from: use?.address ?? null,
      notBefore: toIsoOrNull(key.notBeforeMs),
      expires: toIsoOrNull(key.expiresAtMs),
      confirm: asksFirst,
    };
  });
}

function toCells(
  { label, task, state, created, lastUsed, from, notBefore, expires }: Row,
  nowMs: number,
): string[] {
  const ends = expires === null ? 'never' : state === 'expired' ? 'has expired' : toMinute(expires);
  const begins = state === 'early' && notBefore !== null ? `begins ${toMinute(notBefore)}` : ends;
  return [
    label === null ? '-' : toOneLine(label),
    task === null ? 'magic key' : toOneLine(task),
    created === null ? '?' : renderAge(nowMs - Date.parse(created)),
    lastUsed === null ? '-' : toMinute(lastUsed),
    from === null ? '-' : toOneLine(from),
    state === 'blocked' ? 'blocked' : begins,
  ];
}

function renderAge(ms: number): string {
  const days = Math.max(0, Math.floor(ms / dayMs));
  return days === 1 ? '1 day' : `${days} days`;
}

function toMinute(iso: string): string {
  return renderTime(iso).slice(0, 16);
}

function toIsoOrNull(wallMs: number | undefined): string | null {
  return wallMs === undefined ? null : toIso(wallMs);
}
