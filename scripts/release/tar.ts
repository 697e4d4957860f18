// Archives with the same bytes each time: sorted, owned by root, with one time for all.
import zlib from 'node:zlib';

/** A file, a folder or a symbolic link; its name is relative, and a folder's ends with "/". */
export interface Entry {
  readonly name: string;
  readonly content?: Uint8Array | string;
  /** The target of a symbolic link. */
  readonly link?: string;
  /** Whether everybody may run the file. */
  readonly isProgram?: boolean;
}

const block = 512;

/** A tar archive (ustar), packed by gzip without a name and a time. The order of the entries does not matter. */
export function packTar(entries: readonly Entry[], timeS: number): Buffer {
  return zlib.gzipSync(createTar(entries, timeS), { level: 9 });
}

/** A tar archive (ustar) whose entries are sorted by name, so that each folder comes before what is in it. */
export function createTar(entries: readonly Entry[], timeS: number): Buffer {
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const parts = sorted.flatMap((entry) => {
    const content = Buffer.from(entry.content ?? '');
    return [toHeader(entry, content.length, timeS), content, Buffer.alloc(-content.length & (block - 1))];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

/** These entries with the folders that they are in, each once. */
export function withFolders(entries: readonly Entry[]): Entry[] {
  const folders = entries.flatMap(({ name }) =>
    [...name.slice(0, -1).matchAll(/\//g)].map(({ index }) => name.slice(0, index + 1)),
  );
  const given = new Set(entries.map(({ name }) => name));
  return [...entries, ...[...new Set(folders)].filter((name) => !given.has(name)).map((name) => ({ name }))];
}

function toHeader(entry: Entry, size: number, timeS: number): Buffer {
  const { name, link = '' } = entry;
  const header = Buffer.alloc(block);
  const [prefix, last] = splitName(name);
  const write = (at: number, length: number, text: string): void => {
    if (Buffer.byteLength(text) > length) throw new Error(`Too long for an archive: ${name}`);
    header.write(text, at);
  };
  const octal = (at: number, length: number, value: number): void =>
    write(at, length, `${value.toString(8).padStart(length - 1, '0')}\0`);
  write(0, 100, last);
  octal(
    100,
    8,
    isFolder(entry) || entry.isProgram === true ? 0o755 : entry.link === undefined ? 0o644 : 0o777,
  );
  octal(108, 8, 0);
  octal(116, 8, 0);
  octal(124, 12, size);
  octal(136, 12, timeS);
  write(156, 1, isFolder(entry) ? '5' : entry.link === undefined ? '0' : '2');
  write(157, 100, link);
  write(257, 8, 'ustar\x0000');
  write(265, 32, 'root');
  write(297, 32, 'root');
  write(345, 155, prefix);
  // The sum counts its own field as spaces.
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  write(148, 8, `${sum.toString(8).padStart(6, '0')}\0 `);
  return header;
}

function isFolder({ name }: Entry): boolean {
  return name.endsWith('/');
}

/** A name of more than 100 bytes is divided at a "/". */
function splitName(name: string): [prefix: string, last: string] {
  if (Buffer.byteLength(name) <= 100) return ['', name];
  const at = name.indexOf('/', name.length - 101);
  return at === -1 ? ['', name] : [name.slice(0, at), name.slice(at + 1)];
}
