// The packages of package-lock.json, each once, with what each of them depends on.
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

const Names = z.record(z.string(), z.unknown()).default({});
const LockFile = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().default(false),
      optional: z.boolean().default(false),
      devOptional: z.boolean().default(false),
      dependencies: Names,
      devDependencies: Names,
      optionalDependencies: Names,
      peerDependencies: Names,
    }),
  ),
});

/** A package in the one version that a folder has. */
export interface LockedPackage {
  /** `NAME@VERSION`. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly license: string | undefined;
  /** Subresource integrity, as in `sha512-…`. */
  readonly integrity: string | undefined;
  /** Whether what is shipped needs it: for development only, only where it fits the machine, or always. */
  readonly scope: 'excluded' | 'optional' | 'required';
  /** The ids of the packages that it depends on. */
  readonly needs: readonly string[];
}

/** Reads a lock file; the packages come in the order of their ids. Throws an error that names what is wrong. */
export function readLockFile(file: string): readonly LockedPackage[] {
  const { packages } = LockFile.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  const toName = (folder: string): string => folder.slice(folder.lastIndexOf('node_modules/') + 13);
  const toId = (folder: string): string => `${toName(folder)}@${packages[folder]?.version ?? ''}`;
  /** The folder that Node would find a package in, from another one. */
  const find = (from: string, name: string): string | undefined => {
    for (let above = from; ; above = path.posix.dirname(above)) {
      const base = above === '.' || above === '' ? '' : `${above}/`;
      const folder = `${base}node_modules/${name}`;
      if (packages[folder] !== undefined) return folder;
      if (base === '') return undefined;
    }
  };
  const byId = new Map<string, LockedPackage>();
  for (const [folder, locked] of Object.entries(packages)) {
    const isRoot = folder === '';
    const { version = '', license, integrity, dev, optional, devOptional } = locked;
    const { dependencies, devDependencies, optionalDependencies, peerDependencies } = locked;
    const names = {
      ...dependencies,
      ...optionalDependencies,
      ...peerDependencies,
      ...(isRoot ? devDependencies : {}),
    };
    const found = Object.keys(names).flatMap((name) => find(folder, name) ?? []);
    const id = isRoot ? rootId : toId(folder);
    const before = byId.get(id);
    const scope = dev || devOptional ? 'excluded' : optional ? 'optional' : 'required';
    byId.set(id, {
      id,
      name: toName(folder),
      version,
      license,
      integrity,
      scope: scopes.find((one) => one === before?.scope || one === scope) ?? scope,
      needs: [...new Set([...(before?.needs ?? []), ...found.map(toId)])].toSorted(),
    });
  }
  return [...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The id of the project itself. */
export const rootId = '';
/** The one that counts comes first, if a package is in several folders. */
const scopes = ['required', 'optional', 'excluded'] as const;
