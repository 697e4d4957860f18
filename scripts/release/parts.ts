// What a release is made from, and what it is made of.
import type { Cpu } from './node.ts';

/** A file for the folder `out`. */
export interface Artefact {
  readonly name: string;
  readonly content: Uint8Array | string;
}

export interface Release {
  readonly version: string;
  /** The time of everything in it, in seconds: that of the last commit. */
  readonly timeS: number;
  /** What CHANGELOG.md says about it. */
  readonly notes: string;
  readonly executables: Readonly<Record<Cpu, { readonly executable: Buffer; readonly licence: Buffer }>>;
  /** The script that completes commands in a shell. */
  readonly completions: Readonly<Record<'bash' | 'zsh' | 'fish', string>>;
  /** A file of the repository. */
  load(file: string): Buffer;
  /** The files below a file or a folder of the repository. */
  list(place: string): string[];
  /** A file that `npm run build` makes. */
  loadBuilt(file: string): Buffer;
}
