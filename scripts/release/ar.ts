// The outer archive of a Debian package: a few files, one after the other.

/** An ar archive of files with these names (at most 16 characters), in the given order. */
export function createAr(
  files: readonly (readonly [name: string, content: Uint8Array])[],
  timeS: number,
): Buffer {
  const parts = files.flatMap(([name, content]) => [
    Buffer.from(
      [
        name.padEnd(16),
        String(timeS).padEnd(12),
        '0'.padEnd(6),
        '0'.padEnd(6),
        '100644'.padEnd(8),
        String(content.length).padEnd(10),
        '`\n',
      ].join(''),
    ),
    content,
    Buffer.from(content.length % 2 === 0 ? '' : '\n'),
  ]);
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}
