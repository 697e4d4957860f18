// `npm run build`: the whole program as one CommonJS file, dist/remotetask.cjs, and beside it what icons are drawn with, and the
// licences of the packages in both. `--executable` after the folder adds what a single executable holds.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { build, transform, type Metafile, type Plugin } from 'esbuild';
import { listEmoji, packDrawings } from '../src/icons/emoji.ts';
import { loadRasteriser, packedFiles } from '../src/icons/places.ts';

const root = path.join(import.meta.dirname, '..');
/** Tests that run beside others build into a folder of their own. */
const outFolder = process.argv[2] ?? path.join(root, 'dist');
/** A release also wants the program that its executables hold. */
const wantsExecutable = process.argv[3] === '--executable';
const emojiPackage = 'node_modules/@iconify-json/fluent-emoji-flat';

/** Parts of Node that libraries and commands ask for at once and that the daemon seldom or never uses: 10 MB and 20 ms, if they are loaded. */
const lateBuiltins = /^(?:node:)?(?:dns|https|http2|readline|readline\/promises|tls|v8|worker_threads)$/;

/**
 * Packages that our libraries name and that no way of ours leads to, each with what stands in its place: 4 MB
 * and 20 ms. There are no schemas to compile, and nobody injects requests; the limiter gets the networks from us; pino
 * writes to our stream, not to files and workers, and hides no fields; which Fastify a plugin fits is settled by
 * package-lock.json; no route has a regular expression; the metrics of tracing are not ours, and none is a summary; JSON
 * schemas are made by scripts only (zod's files for that).
 */
const leftOut: Readonly<Record<string, string>> = {
  '@fastify/ajv-compiler': 'module.exports = () => () => () => true',
  '@fastify/fast-json-stringify-compiler': 'module.exports = () => () => JSON.stringify',
  '@opentelemetry/api': '',
  '@pinojs/redact': '',
  '../core/json-schema-processors.js': '',
  '../core/to-json-schema.js': '',
  './json-schema-processors.js': '',
  './json-schema-generator.js': '',
  './to-json-schema.js': '',
  'light-my-request': '',
  'ip-address': '',
  'safe-regex2': 'module.exports = () => true',
  'sonic-boom': 'module.exports = class {}',
  'thread-stream': '',
  tdigest: 'exports.TDigest = class {}',
  semver: 'exports.satisfies = () => true',
};

const slim: Plugin = {
  name: 'slim',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: lateBuiltins }, ({ path: name }) => ({
      path: `node:${name.replace(/^node:/, '')}`,
      namespace: 'late',
    }));
    onLoad({ filter: /./, namespace: 'late' }, ({ path: name }) => ({ contents: renderLate(name) }));
    onResolve({ filter: /./ }, ({ path: name }) =>
      name in leftOut ? { path: name, namespace: 'left-out' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'left-out' }, ({ path: name }) => ({ contents: leftOut[name] ?? '' }));
    onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, async ({ path: file }) => ({
      contents: await shortenNames(file),
    }));
  },
};

/** A file of a package with short names for what nothing outside of it sees, which saves a tenth of the bundle. Our own names stay, and so do those that packages export: they stand in the stacks of bugs. */
async function shortenNames(file: string): Promise<string> {
  const { code } = await transform(fs.readFileSync(file, 'utf8'), { loader: 'js', minifyIdentifiers: true });
  return code;
}

/** A module that loads a part of Node when the first of its exports is used. */
function renderLate(name: string): string {
  const names = JSON.stringify(Object.keys(process.getBuiltinModule(name) ?? {}));
  const load = `process.getBuiltinModule('${name}')`;
  return `for (const name of ${names}) Object.defineProperty(exports, name, { enumerable: true, get: () => ${load}[name] })`;
}

if (wantsExecutable) await bundle('src/executable.ts', 'executable.cjs');
const packages = [
  ...(await bundle('src/main.ts', 'remotetask.cjs')),
  ...(await bundle('src/icons/draw.ts', packedFiles.program)),
  emojiPackage,
];
write('licences.txt', renderLicences([...new Set(packages)].toSorted()));
write(packedFiles.rasteriser, loadRasteriser());
write(packedFiles.emojiList, listEmoji(path.join(root, emojiPackage)));
write(packedFiles.emoji, compress(packDrawings(path.join(root, emojiPackage))));

/** Bundles a program. Returns the folders of the packages in it. */
async function bundle(entryPoint: string, name: string): Promise<string[]> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entryPoint],
    outfile: path.join(outFolder, name),
    write: false,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22.13',
    mainFields: ['module', 'main'],
    // Only the sources have it; a bundle knows where it is by __dirname.
    define: { 'import.meta': '{}' },
    // Names stay, for the stacks of bugs; without them the file is a third smaller, and starts no faster from the compile cache.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    metafile: true,
    plugins: [slim],
  });
  for (const { text } of outputFiles) write(name, toAscii(text));
  return findPackages(metafile);
}

/** A program in ASCII: a single other character would make V8 keep all of it with two bytes a character, 2 MB and 10 ms more at each start. */
function toAscii(program: string): string {
  // esbuild leaves them only in templates and regular expressions, where this stands for the same.
  return program.replace(/[^\0-\x7F]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function write(name: string, content: string | Uint8Array): void {
  fs.mkdirSync(outFolder, { recursive: true });
  fs.writeFileSync(path.join(outFolder, name), content);
  console.log(`dist/${name}: ${Math.round(content.length / 1000)} kB`);
}

/** Small, as the drawings are alike over long distances; the best quality would save a tenth more, and take ten seconds. */
function compress(text: string): Buffer {
  const { BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
  const params = {
    [BROTLI_PARAM_LGWIN]: 24,
    [BROTLI_PARAM_QUALITY]: 9,
    [BROTLI_PARAM_SIZE_HINT]: text.length,
  };
  return zlib.brotliCompressSync(text, { params });
}

/** The licences of packages that bring no file with theirs. */
function toMissingLicence(name: string): string | undefined {
  if (name === '@resvg/resvg-wasm')
    return `Copyright (c) 2021-present, yisibl. Mozilla Public License 2.0, https://mozilla.org/MPL/2.0/. The source code, of this file's part
and of ${packedFiles.rasteriser}, is at https://github.com/thx/resvg-js.`;
  if (name === 'abstract-logging') return toMitLicence('James Sumners (http://jsumners.mit-license.org/)');
  if (name !== '@iconify-json/fluent-emoji-flat') return undefined;
  return `The drawings in ${packedFiles.emoji} are Fluent Emoji, https://github.com/microsoft/fluentui-emoji.

${toMitLicence('Microsoft Corporation.')}`;
}

function toMitLicence(holder: string): string {
  return `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;
}

/** The folders of the packages that a bundle has something of. */
function findPackages({ inputs }: Metafile): string[] {
  const folders = Object.keys(inputs).flatMap(
    (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
  );
  return folders;
}

/** What the licences of these packages want to be kept with every copy. */
function renderLicences(folders: readonly string[]): string {
  const texts = folders.map((folder) => {
    const {
      name = '',
      version,
      license,
    } = JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as Record<
      string,
      string
    >;
    // Apache's licence asks for the notices, too.
    const files = fs
      .readdirSync(path.join(root, folder))
      .filter((entry) => /^(?:licen[cs]e|copying|notice)/i.test(entry));
    const text =
      files.length === 0
        ? toMissingLicence(name)
        : files.map((file) => fs.readFileSync(path.join(root, folder, file), 'utf8').trim()).join('\n\n');
    if (text === undefined)
      throw new Error(`${name} has no file with its licence (${license}): add the text to toMissingLicence`);
    return `${name} ${version}\n\n${text}`;
  });
  return `The programs in this folder contain parts of these packages:\n\n${texts.join('\n\n----\n\n')}\n`;
}
