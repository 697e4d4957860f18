// Which version is released: the same in the command, in package.json and in CHANGELOG.md, or nothing is built.

export interface ReleaseSources {
  readonly packageVersion: string;
  readonly changelog: string;
}

/** What CHANGELOG.md says about a version. Throws an Error that explains what does not fit. */
export function toNotes(version: string, { packageVersion, changelog }: ReleaseSources): string {
  if (!/^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}$/.test(version))
    throw new Error(
      `Write the version as three numbers, as in \`npm run release -- 1.2.3\`, not "${version}"`,
    );
  if (version !== packageVersion)
    throw new Error(
      `package.json has version ${packageVersion}: run \`npm version --no-git-tag-version ${version}\`, and commit it`,
    );
  const sections = changelog.split(/^(?=## )/m);
  const section = sections.find((text) => /^## (\S+)/.exec(text)?.[1] === version);
  if (section === undefined)
    throw new Error(`CHANGELOG.md has no "## ${version}": write down what a user can notice`);
  const notes = section.replace(/^.*\n/, '').trim();
  if (notes === '') throw new Error(`CHANGELOG.md has nothing below "## ${version}"`);
  return `${notes}\n`;
}
