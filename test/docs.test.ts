// The documents say what the program does: its names are all there, and no others; links lead somewhere.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as z from 'zod';
import packageJson from '../package.json' with { type: 'json' };
import { commands } from '../src/cli/commands.ts';
import { sampleKeys } from '../src/config/key-rules.ts';
import { loadConfig } from '../src/config/load.ts';
import { Config } from '../src/config/schema.ts';
import { AppError, errorCodes, type ErrorCode } from '../src/errors.ts';
import { newKey } from '../src/keys.ts';
import { Outcome } from '../src/outcome.ts';
import { renderCommandsPage, renderManual } from '../scripts/render-manual.ts';
import { createFolder } from './support/daemon.ts';

const root = path.join(import.meta.dirname, '..');
const load = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');
const documents = [
  ...fs.readdirSync(root).filter((file) => file.endsWith('.md')),
  ...fs
    .readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];
const readme = load('README.md');
const config = load('docs/config.md');
const notices = load('docs/notices.md');
const commandsPage = load('docs/commands.md');

/** The rows of the table whose header begins with a cell, as cells. */
function rowsOf(text: string, firstHeader: string, secondHeader: string): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${firstHeader} | ${secondHeader} |`));
  assert.notEqual(start, -1, `A table "${firstHeader} | ${secondHeader}"`);
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const unquote = (cell = ''): string => cell.replaceAll('`', '');
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].toSorted();

/** Each name that may stand in a config: its path, its default as JSON, and whether it has to be there. */
function walk(
  schema: z.core.$ZodType,
  at = '',
  given: { default?: string; isNeeded: boolean } = { isNeeded: true },
): Named[] {
  if (schema instanceof z.ZodOptional) return walk(schema.def.innerType, at, { isNeeded: false });
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return walk(schema.def.innerType, at, {
      default: JSON.stringify(schema.def.defaultValue),
      isNeeded: false,
    });
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([name, inner]) =>
      walk(inner as z.core.$ZodType, at === '' ? name : `${at}.${name}`),
    );
  if (schema instanceof z.ZodRecord && schema.def.valueType instanceof z.ZodObject)
    // What several NASes have is what the one has.
    return at === 'dsm' ? [] : walk(schema.def.valueType, `${at}.ID`);
  if (schema instanceof z.ZodArray && schema.def.element instanceof z.ZodObject && at === 'notify')
    return [{ at, ...given }, ...walk(schema.def.element, `${at}.N`)];
  const inner =
    schema instanceof z.ZodUnion
      ? schema.def.options
      : schema instanceof z.ZodArray
        ? [schema.def.element]
        : ([] as z.core.$ZodType[]);
  return [
    { at, ...given },
    ...inner.flatMap((option) => walk(option, at)).filter((found) => found.at !== at),
  ];
}
interface Named {
  readonly at: string;
  readonly default?: string;
  readonly isNeeded: boolean;
}
const names = walk(Config);
/** Where else secrets may stand than in the config; the table of keys explains them. */
const secretForm = /^(?:notify\.N|dsm\.webapi|admin)\.\w+\.(?:env|file)$/;
/** Names of the forms that a key can be given in; they stand in a table of their own. */
const keyForm = /^(?:server\.magickey|tasks\.ID\.identifier)\.(?:.*\.)?(\w+)$/;

test('README.md is one page', () => {
  assert.ok(readme.trimEnd().split('\n').length <= 150);
});

test('docs/config.md and docs/notices.md name each config name with its default, and no other', () => {
  const expected = names
    .filter(({ at }) => !keyForm.test(at) && !secretForm.test(at))
    .map((named) => `${named.at} = ${named.default ?? (named.isNeeded ? needed(named.at) : '')}`);
  const rows = [config, notices]
    .flatMap((text) => rowsOf(text, 'Name', 'Default'))
    .map(([name, value]) => `${unquote(name)} = ${unquote(value)}`);
  assert.deepEqual(rows.toSorted(), expected.toSorted());
});

/** What stands in an optional object is needed only where that object is. */
function needed(at: string): string {
  return /^(?:server\.tls|admin\.tls|dsm\.webapi)\./.test(at) ? '' : 'needed';
}

test('docs/config.md names each form that a key can be given in, and no other', () => {
  const forms = names.flatMap(({ at }) => keyForm.exec(at)?.[1] ?? []);
  const rows = rowsOf(config, 'Name', 'Meaning').map(([name]) => unquote(name));
  assert.deepEqual(rows.toSorted(), sorted(forms));
});

test('docs/commands.md and docs/remotetask.1 are made from the table of commands (npm run manual)', () => {
  assert.equal(renderCommandsPage(commandsPage), commandsPage);
  assert.equal(renderManual(), load('docs/remotetask.1'));
});

test('every command named in a document exists', () => {
  const isKnown = (words: string): boolean =>
    commands.some(({ name }) => words === name || words.startsWith(`${name} `));
  const unknown = documents.flatMap((file) =>
    [...load(file).matchAll(/(?:`(?:\S*\/)?|^ *\S*\/)remotetask ([a-z][a-z-]*(?: [a-z][a-z-]*)?)/gm)]
      .map(([, words]) => words ?? '')
      .filter((words) => !isKnown(words))
      .map((words) => `${file}: ${words}`),
  );
  assert.deepEqual(unknown, []);
});

test('docs/commands.md names each error code with its exit status, and no other', () => {
  const expected = errorCodes.map((code) => `${code} ${new AppError(code as ErrorCode, '').exitStatus}`);
  const rows = rowsOf(commandsPage, 'Code', 'Exit status').map(
    ([code, status]) => `${unquote(code)} ${status}`,
  );
  assert.deepEqual(rows.toSorted(), expected.toSorted());
});

test('every error code is raised somewhere in src', () => {
  const sources = fs
    .readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== 'errors.ts')
    .map((file) => load(`src/${file}`))
    .join('\n');
  assert.deepEqual(
    errorCodes.filter((code) => !new RegExp(`AppError\\(\\s*'${code}'`).test(sources)),
    [],
  );
});

test('README.md shows configs that load, with sample keys that are refused', (t) => {
  const folder = createFolder(t);
  const configs = [...readme.matchAll(/```jsonc\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  assert.ok(configs.length > 0);
  for (const text of configs) {
    const file = path.join(folder, 'config.json');
    fs.writeFileSync(file, text, { mode: 0o600 });
    assert.throws(() => loadConfig(file, {}), /problems/);
    fs.writeFileSync(
      file,
      [...sampleKeys].reduce((withKeys, key) => withKeys.replaceAll(key, newKey()), text),
    );
    assert.ok(loadConfig(file, {}).tasks.length > 0);
  }
});

test('docs/http.md names each outcome', () => {
  for (const outcome of Outcome.shape.kind.options)
    assert.match(load('docs/http.md'), new RegExp(`\`${outcome}\``));
});

test('relative links in documents lead to files and headings', () => {
  const broken = documents.flatMap((file) =>
    [...load(file).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link ?? '')
      .filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(file, link))
      .map((link) => `${file}: ${link}`),
  );
  assert.deepEqual(broken, []);
});

function leadsSomewhere(from: string, link: string): boolean {
  const [file = '', heading] = link.split('#');
  const to = file === '' ? from : path.join(path.dirname(from), file);
  if (!fs.existsSync(path.join(root, to))) return false;
  if (heading === undefined) return true;
  return [...load(to).matchAll(/^#+ (.*)$/gm)].some(([, text = '']) => toAnchor(text) === heading);
}

/** The anchor that GitHub gives a heading. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

test('every image in a document has a text for who does not see it', () => {
  for (const file of documents)
    for (const [, text = ''] of load(file).matchAll(/!\[([^\]]*)\]/g)) assert.ok(text.length > 20, file);
});

test('CHANGELOG.md has an entry for the version of package.json', () => {
  assert.match(
    load('CHANGELOG.md'),
    new RegExp(`^## ${packageJson.version.replaceAll('.', '\\.')}(?: |$)`, 'm'),
  );
});

test('decisions are numbered, say all that a decision says, and have at most 30 lines', () => {
  const files = fs.readdirSync(path.join(root, 'docs/decisions'));
  assert.ok(files.length > 0);
  files.forEach((file, i) => {
    const text = load(`docs/decisions/${file}`);
    assert.match(file, new RegExp(`^${String(i + 1).padStart(4, '0')}-[a-z0-9-]+\\.md$`));
    assert.match(text, new RegExp(`^# ${i + 1}\\. `));
    for (const part of ['Status: ', '## Context', '## Decision', '## Consequences'])
      assert.ok(text.includes(`\n${part}`), `${file}: ${part}`);
    assert.ok(text.trimEnd().split('\n').length <= 30, `${file} is too long`);
  });
});
