// docs/examples.md: its files are written, its commands are run, and they print what the page shows.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, suite, test } from 'node:test';
import { createFolder, keyOf, magicKey, startDaemon, type TestDaemon } from './support/daemon.ts';
import { needsProgram } from './support/needs.ts';

const page = fs.readFileSync(path.join(import.meta.dirname, '../docs/examples.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w+) ?(\S*)\n([\s\S]*?)^```$/gm)].map(
  ([, kind = '', file = '', content = '']) => ({ kind, file, content }),
);
const files = new Map(blocks.flatMap(({ file, content }) => (file === '' ? [] : [[file, content]])));
const sessions = blocks.filter(({ kind }) => kind === 'console').map(({ content }) => content);

/** Why a command cannot be run here. */
function findHindrance(command: string): string | false {
  const words = command
    .split(/[\s|]+/)
    .filter((word) => /^(?:curl|wget2?|busybox|python3|node|perl)$/.test(word));
  const programs = command === 'sh nightly.sh' ? ['curl'] : words;
  const missing = programs.map(needsProgram).find((why) => why !== false);
  if (missing !== undefined) return missing;
  const hasRequests = (): boolean => spawnSync('python3', ['-c', 'import requests']).status === 0;
  return command.includes('requests') && !hasRequests()
    ? 'needs python3-requests (apt-get install python3-requests)'
    : false;
}

/** What differs from run to run, as one text. */
function toSteady(printed: string): string {
  return printed
    .replaceAll(/\/runs\/[\w-]{22}/g, '/runs/RUN')
    .replaceAll(/"run":"[\w-]{22}"/g, '"run":"RUN"')
    .replaceAll(/after [\d.]+ m?s\b/g, 'after SOME TIME')
    .replaceAll(/At":"[^"]+"/g, 'At":"THEN"')
    .replaceAll(/Ms":(?:\d+|null)/g, 'Ms":0')
    .replaceAll(
      /(?:running already, not started again|started earlier, not started again, succeeded)/g,
      'joined',
    );
}

suite('the examples', () => {
  const cleanups: (() => Promise<void> | void)[] = [];
  const t = { after: (fn: () => Promise<void> | void): void => void cleanups.unshift(fn) };
  let daemon: TestDaemon;
  let folder: string;
  const toReal = (example: string): string =>
    example
      .replaceAll('https://nas.example.org:8443', daemon.base)
      .replaceAll('192.168.1.20 10765', `127.0.0.1 ${daemon.port}`)
      .replaceAll('MAGIC-KEY', magicKey)
      .replaceAll('TASK-KEY', keyOf('gate'));
  before(async () => {
    folder = createFolder(t);
    daemon = await startDaemon(t, {
      tasks: { gate: { name: 'Open the gate', command: ['/bin/true'], cooldown: '0s' } },
      server: { rateLimit: { runs: 1000 } },
    });
    for (const [file, content] of files)
      fs.writeFileSync(path.join(folder, file), toReal(content), { mode: 0o600 });
  });
  after(async () => {
    for (const cleanup of cleanups) await cleanup();
  });

  for (const session of sessions) {
    const steps = session
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const end = step.indexOf('\n');
        return { command: step.slice(0, end), shown: step.slice(end + 1) };
      });
    const [first] = steps;
    assert.ok(first !== undefined);
    test(first.command, { skip: findHindrance(first.command) }, async () => {
      for (const { command, shown } of steps) {
        const child = spawn('/bin/sh', ['-c', toReal(command)], {
          cwd: folder,
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        const [printed, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
        assert.equal(toSteady(printed), toSteady(shown), complaint);
      }
    });
  }

  test('the keys are in no argument of a command, except where the page warns', () => {
    for (const session of sessions) assert.doesNotMatch(session, /-KEY/);
    for (const [file, content] of files)
      if (/-KEY/.test(content)) assert.doesNotMatch(content, /(?:ExecStart|exec curl).*-KEY/, file);
    assert.match(
      page,
      /others on the same machine can see the keys while it runs:\n\n```console\n\$ busybox wget/,
    );
  });

  test('what the files for other programs describe starts the task', async () => {
    const load = (file: string): unknown => JSON.parse(toReal(files.get(file) ?? ''));
    const { categories } = load('http-shortcuts.json') as {
      categories: {
        shortcuts: { method: string; url: string; headers: { key: string; value: string }[] }[];
      }[];
    };
    const flow = load('node-red.json') as {
      id: string;
      type: string;
      url?: string;
      method?: string;
      headers?: { keyValue: string; valueValue: string }[];
      wires?: string[][];
    }[];
    const { nodes, connections } = load('n8n.json') as {
      nodes: {
        name: string;
        parameters: {
          method?: string;
          url?: string;
          headerParameters?: { parameters: { name: string; value: string }[] };
        };
      }[];
      connections: Record<string, { main: { node: string }[][] }>;
    };
    for (const to of flow.flatMap(({ wires = [] }) => wires.flat()))
      assert.ok(
        flow.some(({ id }) => id === to),
        to,
      );
    for (const [from, { main }] of Object.entries(connections))
      for (const name of [from, ...main.flat().map(({ node }) => node)])
        assert.ok(
          nodes.some((node) => node.name === name),
          name,
        );
    const requests = [
      ...categories.flatMap(({ shortcuts }) =>
        shortcuts.map(({ method, url, headers }) => ({
          method,
          url,
          headers: headers.map(({ key, value }) => [key, value]),
        })),
      ),
      ...flow
        .filter(({ type }) => type === 'http request')
        .map(({ method = '', url = '', headers = [] }) => ({
          method,
          url: url.replace('${GATE_URL}', toReal(files.get('gate.url') ?? '').trim()),
          headers: headers.map(({ keyValue, valueValue }) => [keyValue, valueValue]),
        })),
      ...nodes
        .filter(({ parameters }) => parameters.url !== undefined)
        .map(({ parameters: { method = '', url = '', headerParameters } }) => ({
          method,
          url,
          headers: headerParameters?.parameters.map(({ name, value }) => [name, value]) ?? [],
        })),
    ];
    assert.equal(requests.length, 3);
    for (const { method, url, headers } of requests) {
      const answer = await fetch(url, {
        method,
        headers: Object.fromEntries(headers) as Record<string, string>,
      });
      assert.equal(answer.status, 200);
      assert.match(await answer.text(), /succeeded/);
    }
  });

  test('systemd understands the units', { skip: needsProgram('systemd-analyze') }, () => {
    const units = ['gate.service', 'gate.timer'].map((file) => path.join(folder, file));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.deepEqual(
      stderr.split('\n').filter((line) => line.includes(folder)),
      [],
    );
  });
});
