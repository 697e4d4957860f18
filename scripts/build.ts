// `npm run build`: the whole program as one CommonJS file, dist/remotetask.cjs, with the licences of what is in it.
import fs from 'node:fs';
import path from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

const root = path.join(import.meta.dirname, '..');
const outfile = path.join(root, 'dist/remotetask.cjs');

/** Parts of Node that libraries ask for at once and that we seldom or never use: 10 MB and 15 ms, if they are loaded. */
const lateBuiltins = /^(?:node:)?(?:https|http2|tls|worker_threads)$/;

/**
 * Packages that our libraries name and that no way of ours leads to, each with what stands in its place: 4 MB
 * and 20 ms. There are no schemas to compile, and nobody injects requests; the limiter gets the networks from us; pino
 * writes to streams, not to workers; which Fastify a plugin fits is settled by package-lock.json.
 */
const leftOut: Readonly<Record<string, string>> = {
  '@fastify/ajv-compiler': 'module.exports = () => () => () => true',
  '@fastify/fast-json-stringify-compiler': 'module.exports = () => () => JSON.stringify',
  'light-my-request': '',
  'ip-address': '',
  'thread-stream': '',
  semver: 'exports.satisfies = () => true',
};

const slim: Plugin = {
  name: 'slim',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: lateBuiltins }, ({ path: name }) => ({ path: `node:${name.replace(/^node:/, '')}`, namespace: 'late' }));
    onLoad({ filter: /./, namespace: 'late' }, ({ path: name }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, key) => process.getBuiltinModule('${name}')[key] })`,
    }));
    onResolve({ filter: /./ }, ({ path: name }) => (name in leftOut ? { path: name, namespace: 'left-out' } : undefined));
    onLoad({ filter: /./, namespace: 'left-out' }, ({ path: name }) => ({ contents: leftOut[name] ?? '' }));
  },
};

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22.13',
  mainFields: ['module', 'main'],
  // Names stay, for the stacks of bugs; without them the file is a third smaller, and starts no faster from the compile cache.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  metafile: true,
  plugins: [slim],
});
fs.appendFileSync(outfile, renderLicences(findPackages(metafile)));
console.log(`${path.relative(root, outfile)}: ${Math.round(fs.statSync(outfile).size / 1000)} kB`);

/** The folders of the packages that the bundle has something of. */
function findPackages({ inputs }: Metafile): string[] {
  const folders = Object.keys(inputs).flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].toSorted();
}

/** What the licences of these packages want to be kept with every copy, as one comment. */
function renderLicences(folders: readonly string[]): string {
  const texts = folders.map((folder) => {
    const { name, version, license } = JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as Record<
      string,
      string
    >;
    const file = fs.readdirSync(path.join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? `${license} licence` : fs.readFileSync(path.join(root, folder, file), 'utf8').trim();
    return `${name} ${version}\n\n${text.replaceAll('*/', '* /')}`;
  });
  return `/*\nThis file holds parts of these packages:\n\n${texts.join('\n\n----\n\n')}\n*/\n`;
}
