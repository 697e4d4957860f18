// Part of `npm run check:code`: looks the packages of package-lock.json up in a file of advisories, if OSV_FILE names one: in the format of
// OSV (osv.dev), as a JSON array or one object a line. Without it, nothing is asked over the network, and that is said loudly.
import fs from 'node:fs';
import path from 'node:path';
import { findAdvisories, parseAdvisories } from './advisories/osv.ts';
import { readLockFile } from './lock-file.ts';

const file = process.env['OSV_FILE'] ?? '';
const packages = readLockFile(path.join(import.meta.dirname, '../package-lock.json'));

if (file === '') {
  console.error(`
*** NO ADVISORIES WERE CHECKED: ${packages.length - 1} packages of package-lock.json may have known holes.
*** Set OSV_FILE to a file of advisories for npm in OSV's format, such as the content of the "npm" archive of osv.dev.
`);
} else {
  process.exitCode = check(fs.readFileSync(file, 'utf8'));
}

function check(text: string): number {
  const advisories = parseAdvisories(text);
  if (advisories.length === 0) {
    console.error(`*** NO ADVISORIES WERE CHECKED: ${file} contains none for npm`);
    return 1;
  }
  const found = findAdvisories(packages, advisories);
  for (const { id, name, version, scope, summary } of found)
    console.error(`${name} ${version} (${scope}): ${id}${summary === '' ? '' : `, ${summary}`}`);
  console.log(`${packages.length - 1} packages, ${advisories.length} advisories: ${found.length} apply`);
  return found.length === 0 ? 0 : 1;
}
