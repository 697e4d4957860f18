// What keys have to be: long enough, their own, and not published.
import type { ResolvedKey } from './key-setting.ts';

/** Keys that stand in documents: the seed program's, its README's, and those of config.example.json. */
export const sampleKeys: ReadonlySet<string> = new Set([
  'abcdefghijklmnopqrstuvwxyz',
  'abcde12345',
  '76sdf7678fds687',
  'hjhass665s',
  'example-magic-key-make-your-own',
  'example-photos-key-make-your-own',
  'example-lights-key-make-your-own',
]);

const shortestKey = 8;
const longestKey = 1024;
/** 22 characters of base64url hold 128 bits. */
const strongKey = 22;

/** A key with the place where it stands in the config, as a JSON path. */
export interface PlacedKey extends ResolvedKey {
  readonly path: readonly (string | number)[];
}

export interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Judges all keys of a config. Sample keys pass, with a warning, where only this machine can call. */
export function judgeKeys(
  keys: readonly PlacedKey[],
  { isLoopbackOnly }: { readonly isLoopbackOnly: boolean },
): { errors: Finding[]; warnings: Finding[] } {
  const errors: Finding[] = [];
  const warnings: Finding[] = [];
  for (const { path, text } of keys) {
    if (text === undefined) continue;
    const length = Buffer.byteLength(text);
    if (text === '') errors.push({ path, message: 'Give a key: it is empty' });
    else if (length < shortestKey)
      errors.push({
        path,
        message: `Make the key longer: it has ${length} characters, and at least ${shortestKey} are wanted, better ${strongKey} (\`remotetask key\` makes one)`,
      });
    else if (length > longestKey)
      errors.push({ path, message: `Make the key shorter: it has ${length} characters, and at most ${longestKey} are accepted` });
    else if (new Set(text).size === 1)
      errors.push({ path, message: 'Use a real key: this is one character repeated (`remotetask key` makes one)' });
    else if (sampleKeys.has(text))
      (isLoopbackOnly ? warnings : errors).push({
        path,
        message: 'Use a key of your own: this one is published in a document (`remotetask key` makes one)',
      });
    else if (length < strongKey)
      warnings.push({ path, message: `A longer key is safer: it has ${length} characters, ${strongKey} or more cannot be guessed` });
  }
  return { errors: [...errors, ...findTwins(keys)], warnings };
}

/** Keys given twice, and keys that another key begins with. */
function findTwins(keys: readonly PlacedKey[]): Finding[] {
  const findings: Finding[] = [];
  const byDigest = new Map<string, PlacedKey>();
  for (const key of keys) {
    const twin = byDigest.get(key.digest);
    if (twin === undefined) byDigest.set(key.digest, key);
    else findings.push({ path: key.path, message: `Give each its own key: this one is the same as that of ${renderPath(twin.path)}` });
  }
  const sorted = [...byDigest.values()]
    .flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }]))
    .sort((a, b) => (a.text < b.text ? -1 : 1));
  sorted.forEach(({ path, text }, i) => {
    const next = sorted[i + 1];
    if (next?.text.startsWith(text) === true && text !== '')
      findings.push({
        path: next.path,
        message: `Use keys that do not begin alike: this one begins with the whole key of ${renderPath(path)}`,
      });
  });
  return findings;
}

/** A JSON path as people read it: `tasks.7.identifier`. */
export function renderPath(path: readonly (string | number)[]): string {
  return path.join('.');
}
