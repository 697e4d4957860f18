// Sources and documents are in plain English: the grammar that readers stumbled over does not come back.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
/** For each odd phrase, what to write instead. */
const oddPhrases: readonly [phrase: RegExp, instead: string][] = [
  [/\b(for|to|of|by) who\b/i, 'name the person: the caller, the owner, anyone who'],
  [/\b(is|are) none\b/i, 'is invalid, is not a …, does not exist'],
  [/\banew\b/i, 'again'],
  [/\bmend/i, 'fix, correct'],
];

function listFiles(path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|md)$/.test(name))
    .map((name) => join(path, name));
}

for (const place of ['src', 'docs', 'README.md', 'SECURITY.md'])
  test(`${place} holds no phrase that readers stumble over`, () => {
    const found = listFiles(place).flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, i) =>
          oddPhrases
            .filter(([phrase]) => phrase.test(line))
            .map(([, instead]) => `${file}:${i + 1} ${line.trim()} (instead: ${instead})`),
        ),
    );
    assert.deepEqual(found, []);
  });
