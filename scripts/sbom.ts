// `npm run sbom [FILE]`: writes what the program is made of as CycloneDX 1.6, from package-lock.json alone: the same lock file gives the same bytes.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { readLockFile, rootId, type LockedPackage } from './lock-file.ts';

const root = path.join(import.meta.dirname, '..');
const lockFile = path.join(root, 'package-lock.json');
const outFile = process.argv[2] ?? path.join(root, 'dist/sbom.cdx.json');

/** A UUID (version 8: of our own making) from what it stands for, so that it changes with the content only. */
function toUuid(content: Uint8Array): string {
  const bytes = createHash('sha256').update(content).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function toPurl({ name, version }: Pick<LockedPackage, 'name' | 'version'>): string {
  return `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;
}

function toHashes(integrity = ''): object {
  const hashes = integrity.split(' ').flatMap((one) => {
    const [, size, base64 = ''] = /^sha(256|384|512)-(.+)$/.exec(one) ?? [];
    return size === undefined
      ? []
      : [{ alg: `SHA-${size}`, content: Buffer.from(base64, 'base64').toString('hex') }];
  });
  return hashes.length === 0 ? {} : { hashes };
}

function toLicenses(license: string | undefined): object {
  if (license === undefined) return {};
  return { licenses: [/[ ()]/.test(license) ? { expression: license } : { license: { id: license } }] };
}

function toComponent(locked: LockedPackage): object {
  const { id, name, version, license, integrity, scope } = locked;
  const [, group, own = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  return {
    type: 'library',
    'bom-ref': id,
    ...(group === undefined ? {} : { group }),
    name: own,
    version,
    scope,
    ...toHashes(integrity),
    ...toLicenses(license),
    purl: toPurl(locked),
  };
}

const packages = readLockFile(lockFile);
const { name, version, license } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
  license: string;
};
const rootRef = `${name}@${version}`;
const bom = {
  $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  serialNumber: `urn:uuid:${toUuid(fs.readFileSync(lockFile))}`,
  version: 1,
  metadata: {
    component: {
      type: 'application',
      'bom-ref': rootRef,
      name,
      version,
      ...toLicenses(license),
      purl: toPurl({ name, version }),
    },
  },
  components: packages.filter(({ id }) => id !== rootId).map(toComponent),
  dependencies: packages.map(({ id, needs }) => ({ ref: id === rootId ? rootRef : id, dependsOn: needs })),
};
fs.mkdirSync(path.dirname(outFile), { recursive: true });
fs.writeFileSync(outFile, `${JSON.stringify(bom, null, 2)}\n`);
console.log(`${path.relative(process.cwd(), outFile)}: ${bom.components.length} packages`);
