// Edits the keys of a config: what is one key becomes a list of labelled keys.
import { addItem, readValue, removeItem, replaceValue, setProperty, wrapInList, type Json } from './edit.ts';
import { firstLabel } from '../keys.ts';
import type { PlacedKey } from './key-setting.ts';

/** No label of a config is longer. */
const longestLabel = 60;

/** A key of a setting, by its number. */
interface KeyPlace {
  readonly setting: (string | number)[];
  readonly index: number;
}

/** What a new key has beside its text or digest. */
export interface KeyFacts {
  readonly label: string;
  readonly key: string;
  /** ISO 8601. */
  readonly created: string;
  readonly expires: string | undefined;
}

/**
 * The label of a key: its own, or the one that it gets when another key comes beside it. It names the task, because a
 * command changes all keys with one label.
 */
export function toLabel({ label, path }: Pick<PlacedKey, 'label' | 'path'>): string {
  return label ?? nameKey(firstLabel, path);
}

/** A label for a key at a place: `key 2 of lights`. */
export function nameKey(word: string, [room, id]: PlacedKey['path']): string {
  if (room !== 'tasks') return word;
  return cut(`${word} of ${String(id)}`, longestLabel);
}

/** The text with one more key beside those of a setting. */
export function addKey(text: string, keys: readonly PlacedKey[], facts: KeyFacts): string {
  const [first] = keys;
  if (first === undefined) throw new Error('A setting has at least one key');
  const { setting } = toPlace(first);
  return addItem(toList(text, first), setting, toEntry(facts));
}

/** The text with a new key in place of another one, which keeps everything else that its owner wrote about it. */
export function replaceKey(text: string, old: PlacedKey, { key, created, expires }: KeyFacts): string {
  const { setting, index } = toPlace(old);
  const at = [...setting, index];
  const replaced = replaceValue(toList(text, old), [...at, 'key'], key);
  const dated = setProperty(replaced, at, 'created', created);
  return expires === undefined ? dated : setProperty(dated, at, 'expires', expires);
}

/**
 * The text with a new key that takes the label of another one. The other one gets the label `oldLabel`, and expires at
 * `oldExpires`.
 */
export function succeedKey(
  text: string,
  old: PlacedKey,
  {
    facts,
    oldLabel,
    oldExpires,
  }: { readonly facts: KeyFacts; readonly oldLabel: string; readonly oldExpires: string },
): string {
  const { setting, index } = toPlace(old);
  const at = [...setting, index];
  const list = toList(text, old);
  const kept = readValue(list, [...at, 'expires']);
  const expires = facts.expires ?? (typeof kept === 'string' ? kept : undefined);
  const asksFirst = readValue(list, [...at, 'confirm']) === true;
  const entry = { ...toEntry({ ...facts, expires }), ...(asksFirst ? { confirm: true } : {}) };
  const renamed = replaceValue(addItem(list, setting, entry), [...at, 'label'], oldLabel);
  return setProperty(renamed, at, 'expires', oldExpires);
}

/** The text without a key of a list. */
export function removeKey(text: string, { path }: PlacedKey): string {
  return removeItem(text, path.slice(0, -1));
}

/** The label of a key that another one succeeds; none of these labels. */
export function toOldLabel(label: string, taken: ReadonlySet<string | undefined>): string {
  for (let n = 1; ; n++) {
    const ending = n === 1 ? ' (old)' : ` (old ${n})`;
    const old = cut(label, longestLabel - ending.length) + ending;
    if (!taken.has(old)) return old;
  }
}

function toEntry({ label, key, created, expires }: KeyFacts): Record<string, Json> {
  return { label, key, created, ...(expires === undefined ? {} : { expires }) };
}

/** The text in which the setting of a key is a list. */
function toList(text: string, key: PlacedKey): string {
  if (key.label !== undefined) return text;
  return wrapInList(text, [...key.path], { label: toLabel(key) }, 'key');
}

/** The beginning of a text, at most so many UTF-16 units, and no half letter. */
function cut(text: string, most: number): string {
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
}

function toPlace({ label, path }: PlacedKey): KeyPlace {
  if (label === undefined) return { setting: [...path], index: 0 };
  return { setting: path.slice(0, -2), index: Number(path.at(-2)) };
}
