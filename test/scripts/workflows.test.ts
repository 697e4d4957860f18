// The workflows of GitHub: what they run is in this repository, what they use is pinned, and no job may do more than it needs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import packageJson from '../../package.json' with { type: 'json' };

const root = path.join(import.meta.dirname, '../..');
const folder = path.join(root, '.github/workflows');
const workflows = fs
  .readdirSync(folder)
  .map((file) => ({ file, text: fs.readFileSync(path.join(folder, file), 'utf8') }));
/** The jobs of a workflow, each with its lines. */
const toJobs = (text: string): string[] => (text.split(/^jobs:\n/m)[1] ?? '').split(/^(?= {2}\w)/m);

for (const { file, text } of workflows) {
  test(`${file} uses actions by their full hashes, with the version beside it, and leaves no credentials to later steps`, () => {
    for (const [, used = ''] of text.matchAll(/uses: (.*)/g))
      assert.match(used, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const checkouts = text.match(/uses: actions\/checkout@.*\n {8}with:\n {10}persist-credentials: false/g);
    assert.equal(checkouts?.length, text.match(/uses: actions\/checkout@/g)?.length);
  });

  test(`${file} gives each job its own rights and an end, and no text from outside gets into a shell`, () => {
    assert.match(text, /^permissions: \{\}$/m);
    const jobs = toJobs(text);
    assert.ok(jobs.length > 0);
    for (const job of jobs) {
      assert.match(job, /^ {4}permissions:\n {6}\w/m);
      assert.match(job, /^ {4}timeout-minutes: \d+$/m);
      const scripts = [...job.matchAll(/run: (?:\|\n((?: {10}.*\n)*)|(.*))/g)].map(
        ([, many, one]) => many ?? one,
      );
      for (const script of scripts) assert.doesNotMatch(script ?? '', /\$\{\{/);
    }
  });

  test(`${file} runs scripts that exist`, () => {
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    for (const name of named) assert.ok(name in packageJson.scripts, name);
    for (const [, script = ''] of text.matchAll(/run: (\.\S+)/g))
      assert.ok((fs.statSync(path.join(root, script)).mode & 0o100) !== 0, script);
  });
}

test('the workflow of a release names a published image in place of the one that compose.yaml builds', () => {
  const release = workflows.find(({ file }) => file === 'release.yml')?.text ?? '';
  const [, line = ''] = /^ +(sed .*) >out\/compose\.yaml$/m.exec(release) ?? [];
  const env = { ...process.env, name: 'ghcr.io/me/remotetask', version: '1.2.3', digest: 'sha256:abc' };
  const written = execFileSync('sh', ['-c', line], { cwd: root, env, encoding: 'utf8' });
  assert.match(written, /^ {4}image: ghcr\.io\/me\/remotetask:1\.2\.3@sha256:abc$/m);
  assert.doesNotMatch(written, /build:/);
});
