// The rules for keys: long enough, unique, and not published.
import { toTyped } from '../called.ts';
import { toKeyDigest, type KeyDigest } from '../keys.ts';
import { renderPath, type Finding, type Path } from './finding.ts';
import type { PlacedKey } from './key-setting.ts';

/** Published keys: the seed program's, its README's, and those of config.example.json. */
export const sampleKeys: ReadonlySet<string> = new Set([
  'abcdefghijklmnopqrstuvwxyz',
  'abcde12345',
  '76sdf7678fds687',
  'hjhass665s',
  'example-magic-key-make-your-own',
  'example-photos-key-make-your-own',
  'example-lights-key-make-your-own',
]);

const sampleDigests: ReadonlySet<KeyDigest> = new Set([...sampleKeys].map((sample) => toKeyDigest(sample)));
const emptyDigest = toKeyDigest('');

const makesOne = `(${toTyped('key')} makes one)`;

const shortestKey = 8;
const longestKeyBytes = 1024;
/** 22 characters of base64url hold 128 bits. */
const strongKey = 22;

/** A text that is shown or logged, with its place in the config. */
export interface PlacedName {
  readonly text: string;
  readonly path: Path;
}

/** Checks all keys of a config at a wall time. Sample keys pass with a warning if only this machine can call. */
export function judgeKeys(
  keys: readonly PlacedKey[],
  { isLoopbackOnly, wallMs }: { readonly isLoopbackOnly: boolean; readonly wallMs: number },
): { errors: Finding[]; warnings: Finding[] } {
  const errors: Finding[] = [];
  const warnings: Finding[] = [];
  for (const key of keys) {
    const { path } = key;
    const error = findError(key);
    if (error !== undefined) errors.push({ path, message: error });
    else if (sampleDigests.has(key.digest))
      (isLoopbackOnly ? warnings : errors).push({
        path,
        message: `Use a key of your own: this one is published in a document ${makesOne}`,
      });
    else addWeaknesses(warnings, key, wallMs);
  }
  return { errors: [...errors, ...findTwins(keys)], warnings };
}

function findError({
  text,
  digest,
  notBeforeMs = -Infinity,
  expiresAtMs = Infinity,
}: PlacedKey): string | undefined {
  if (notBeforeMs >= expiresAtMs)
    return 'Give a "notBefore" that is earlier than "expires": this key never opens anything';
  if (digest === emptyDigest) return `Give a key: it is empty ${makesOne}`;
  if (text === undefined) return undefined;
  const length = countCharacters(text);
  if (!isPlain(text) && (/\p{Cc}/u.test(text) || !text.isWellFormed()))
    return `Use a key without line breaks and other control characters ${makesOne}`;
  if (length < shortestKey)
    return `Make the key longer: at least ${shortestKey} characters, better ${strongKey}, and it has ${length} ${makesOne}`;
  if (Buffer.byteLength(text) > longestKeyBytes)
    return `Make the key shorter: at most ${longestKeyBytes} bytes are accepted`;
  if (/^(.)\1*$/su.test(text)) return `Use a real key: this is one character repeated ${makesOne}`;
  return undefined;
}

function addWeaknesses(
  warnings: Finding[],
  { path, text, expiresAtMs = Infinity }: PlacedKey,
  wallMs: number,
): void {
  const length = text === undefined ? strongKey : countCharacters(text);
  if (length < strongKey)
    warnings.push({
      path,
      message: `Use a longer key: this one has ${length} characters, and one of ${strongKey} or more cannot be guessed`,
      kind: 'short key',
    });
  if (text !== undefined && text !== text.trim())
    warnings.push({
      path,
      message: 'Remove the space at the beginning or end of the key, or it has to be sent, too',
    });
  const message = warnOfStraySigns(text);
  if (message !== undefined) warnings.push({ path, message });
  if (expiresAtMs <= wallMs)
    warnings.push({
      path,
      message: 'Remove this key, or set a new "expires": it has expired and opens nothing',
    });
}

/** Signs that a web page, a chat or a word processor added when the key was copied: an address without them opens nothing. */
function warnOfStraySigns(text: string | undefined): string | undefined {
  // Spaces at the ends have their own warning; a byte order mark counts as one of them.
  const inner = text?.trim() ?? '';
  if (isPlain(inner)) return undefined;
  if (/[\p{Cf}\p{Zl}\p{Zp}\u00a0\u115f\u1160\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0]/u.test(inner))
    return 'Type or copy the key again: it contains an invisible character, which has to be sent, too';
  return /[\u2018-\u201f\u00ab\u00bb\u2039\u203a]/.test(inner)
    ? 'Remove the typographic quotes from the key, or they have to be sent, too'
    : undefined;
}

function countCharacters(text: string): number {
  return isPlain(text) ? text.length : Array.from(text).length;
}

/** Whether a text is of visible ASCII characters and spaces only, as nearly all keys are. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** Keys that are given twice, and keys that are the beginning of another key. */
function findTwins(keys: readonly PlacedKey[]): Finding[] {
  const findings: Finding[] = [];
  const byDigest = new Map<KeyDigest, PlacedKey>();
  const byText = new Map<string, PlacedKey>();
  for (const key of keys) {
    const twin = byDigest.get(key.digest);
    if (twin === undefined) {
      byDigest.set(key.digest, key);
      if (key.text !== undefined && key.text !== '') byText.set(key.text, key);
    } else if (key.digest !== emptyDigest)
      findings.push({
        path: key.path,
        message: `Give each its own key: this one is the same as that of ${renderPath(twin.path)}`,
      });
  }
  // After sorting, all keys that begin with a key directly follow it.
  let base: string | undefined;
  for (const text of [...byText.keys()].sort()) {
    if (base !== undefined && text.startsWith(base))
      findings.push({
        path: byText.get(text)?.path,
        message: `Use keys that do not begin alike: this one begins with the whole key of ${renderPath(byText.get(base)?.path ?? [])}`,
      });
    else base = text;
  }
  return findings;
}

/** Names that are keys; this is a problem because ids, names and labels appear in the log, the history and on pages. */
export function findNamesThatAreKeys(names: readonly PlacedName[], keys: readonly PlacedKey[]): Finding[] {
  // Where all keys are in clear, no name has to be hashed.
  const texts = new Set<string>();
  const digests = new Set<KeyDigest>();
  for (const { text, digest } of keys) {
    if (text === undefined) digests.add(digest);
    else texts.add(text.toWellFormed());
  }
  const isKey = (name: string): boolean =>
    texts.has(name.toWellFormed()) || (digests.size > 0 && digests.has(toKeyDigest(name)));
  return names
    .filter(({ text }) => isKey(text))
    .map(({ path }) => ({
      path,
      message: 'Choose a name that is not a key: names are shown and logged',
      subject: 'untold-name',
    }));
}
