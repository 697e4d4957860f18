// The package for npm: the bundle, and nothing that npm would have to fetch.
import * as z from 'zod';
import type { Artefact, Release } from './parts.ts';
import { packTar } from './tar.ts';

const PackageJson = z.looseObject({ files: z.array(z.string()) });

/** Only for a checkout. */
const leftOut = new Set([
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'scripts',
  'private',
  'knip',
  'allowScripts',
]);

export function packNpmPackage(release: Release): Artefact {
  const { version, timeS, completions } = release;
  const packageJson = PackageJson.parse(JSON.parse(release.load('package.json').toString()));
  const places = ['README.md', 'LICENSE', ...packageJson.files];
  const files = places.filter((place) => !place.startsWith('dist/')).flatMap((place) => release.list(place));
  const built = places.flatMap((place) => /^dist\/(.+)/.exec(place)?.[1] ?? []);
  const shipped = Object.entries(packageJson).filter(([name]) => !leftOut.has(name));
  const entries = [
    ...files.map((name) => ({ name, content: release.load(name), isProgram: name.startsWith('bin/') })),
    ...built.map((name) => ({ name: `dist/${name}`, content: release.loadBuilt(name) })),
    ...Object.entries(completions).map(([shell, content]) => ({
      name: `completions/remotetask.${shell}`,
      content,
    })),
    { name: 'package.json', content: `${JSON.stringify(Object.fromEntries(shipped), null, 2)}\n` },
  ].map((entry) => ({ ...entry, name: `package/${entry.name}` }));
  return { name: `remotetask-${version}.tgz`, content: packTar(entries, timeS) };
}
