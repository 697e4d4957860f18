// The launcher `bin/remotetask`, which finds a Node and starts this program with it.
import fs from 'node:fs';
import path from 'node:path';
import { lookAt, toRealPath } from '../look.ts';

/** Where the launcher finds a Node by itself: in the PATH of DSM's tasks, and in the packages of DSM's Package Center. */
const usualPlaces: NodePlaces = {
  folders: ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'],
  packages: '/var/packages',
};

export interface NodePlaces {
  readonly folders: readonly string[];
  readonly packages: string;
}

/** The launcher of this program; undefined if it has none, or if the launcher would start another program. */
export function findLauncher(program: string): string | undefined {
  const home = path.resolve(program, '../..');
  const launcher = path.join(home, 'bin/remotetask');
  const bundle = path.join(home, 'dist/remotetask.cjs');
  const isOurs = path.resolve(program) === bundle || lookAt(bundle).kind === 'missing';
  return isOurs && lookAt(launcher).kind === 'there' ? launcher : undefined;
}

/** Whether the launcher would find this Node by itself after the next boot-up. */
export function isFoundByLauncher(node: string, { folders, packages }: NodePlaces = usualPlaces): boolean {
  const places = [
    ...folders.map((folder) => path.join(folder, 'node')),
    ...listPackages(packages).map((name) => path.join(packages, name, 'target/usr/local/bin/node')),
  ];
  const wanted = toRealPath(node);
  return places.some((place) => toRealPath(place) === wanted);
}

function listPackages(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder).filter((name) => /^Node\.js_v\d+$/.test(name));
  } catch {
    return [];
  }
}
