// What the messages say: each mistake with its place, its path and its remedy.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJudge, server, withServer, withTask } from '../support/config.ts';
import { keyOf } from '../support/daemon.ts';

const address = 'Give an IP address, such as "0.0.0.0" for all networks or "127.0.0.1" for this machine only';
const duration = 'Write a duration such as "30s", "10m" or "2h", of at most 24 days';
const size = 'Write a size such as "500kB" or "5MB", of at least 10kB';
const list =
  'Write the command as a list: the program, then one text for each argument, as in ["/volume1/control/off.sh", "now"]';
const fullPath = 'Give the program with its full path, as in "/volume1/control/off.sh"';
const proxy =
  'Give an address or network, such as "127.0.0.1" or "172.16.0.0/12"; networks of IPv4 in IPv6 form are not accepted';
const topNames = '$schema, server, dsm, log, history, notify, worker, admin, tasks';
const dsmTask =
  'Add "command", "scheduled" or "triggered", or give the number that the task has in DSM, as in "7"';

/** One mistake (or several), and the messages with their paths, without their places. */
const mistakes: readonly [config: unknown, ...messages: string[]][] = [
  ...[1, 'x', [], null, true].map((top): [unknown, string] => [
    JSON.stringify(top),
    'Give an object in braces here',
  ]),
  [{}, 'server: Add this: it is missing', 'tasks: Add this: it is missing'],
  [
    { server: null, tasks: [] },
    'server: Give an object in braces here',
    'tasks: Give an object in braces here',
  ],
  [{ server, tasks: { '7': 'x' } }, 'tasks.7: Give an object in braces here'],
  [{ server: {}, tasks: {} }, 'server.magickey: Add a key: it is missing (`remotetask key` makes one)'],
  [
    { server, tasks: { '7': {} } },
    'tasks.7.identifier: Add a key: it is missing (`remotetask key` makes one)',
  ],
  [{ port: 1, tasks: {} }, 'magickey: Add a key: it is missing (`remotetask key` makes one)'],
  ...[0, -1].map((port): [unknown, string] => [
    withServer({ port }),
    'server.port: Give a number of at least 1',
  ]),
  [withServer({ port: 65_536 }), 'server.port: Give a number of at most 65535'],
  [withServer({ port: 80.5 }), 'server.port: Give a whole number here'],
  [withServer({ port: '80' }), 'server.port: Give a number here, without quotes'],
  [withServer({ port: null }), 'server.port: Give a number here'],
  [JSON.stringify(withServer({ port: '@' })).replace('"@"', '1e400'), 'server.port: Give a number here'],
  ...['localhost', '', '1.2.3', '0.0.0.0/0', '[::1]', '127.0.0.1:80'].map((listen): [unknown, string] => [
    withServer({ listen }),
    `server.listen: ${address}`,
  ]),
  [withServer({ listen: 7 }), 'server.listen: Give a text in quotes here'],
  [withServer({ debug: 'yes' }), 'server.debug: Give true or false here, without quotes'],
  [withServer({ trustProxy: true }), 'server.trustProxy: Give a list here'],
  ...['1', 'loopback', '::ffff:10.0.0.0/8', '10.0.0.0/33', '0.0.0.0/0'].map((entry): [unknown, string] => [
    withServer({ trustProxy: ['10.0.0.0/8', entry] }),
    `server.trustProxy.1: ${proxy}`,
  ]),
  [
    withServer({ rateLimit: { runs: 0, per: '0s', failures: 1.5, window: 15 } }),
    'server.rateLimit.runs: Give a number of at least 1',
    'server.rateLimit.per: Give a duration longer than 0, or leave this out',
    'server.rateLimit.failures: Give a whole number here',
    `server.rateLimit.window: ${duration}`,
  ],
  ...['5 min', '10', '', '1.5s', '-1s', '25d', 5].map((timeout): [unknown, string] => [
    withTask({ timeout }),
    `tasks.7.timeout: ${duration}`,
  ]),
  [withTask({ timeout: '0s' }), 'tasks.7.timeout: Give a duration longer than 0, or leave this out'],
  ...['5', '1kB', '5mb', 5].map((maxSize): [unknown, string] => [
    { ...withTask({}), log: { maxSize } },
    `log.maxSize: ${size}`,
  ]),
  [
    {
      ...withTask({ whenBusy: 'often', output: true, name: '' }),
      log: { level: 'trace', keep: 101 },
      history: { keep: 5 },
    },
    'tasks.7.whenBusy: Choose one of "join", "parallel", "queue", "reject"',
    'tasks.7.output: Choose one of "none", "tail", "all"',
    'tasks.7.name: Give some text here: this is empty',
    'log.level: Choose one of "debug", "info", "warn", "error"',
    'log.keep: Give a number of at most 100',
    'history.keep: Give a number of at least 10',
  ],
  [withTask({ name: '\u001b[31mred' }), 'tasks.7.name: Remove the control character'],
  [withTask({ name: 'x'.repeat(101) }), 'tasks.7.name: Make this shorter: at most 100 characters'],
  ...['ls -l', ' ', {}, null].map((command): [unknown, string] => [
    withTask({ command }),
    `tasks.7.command: ${list}`,
  ]),
  [withTask({ command: [] }), 'tasks.7.command: Name the program to run'],
  ...[[''], ['./x'], ['a/b']].map((command): [unknown, string] => [
    withTask({ command }),
    `tasks.7.command: ${fullPath}`,
  ]),
  [
    withTask({ command: ['ls', 1, null] }),
    'tasks.7.command.1: Give a text in quotes here',
    'tasks.7.command.2: Give a text in quotes here',
  ],
  [
    withTask({ command: ['ls', 'a\0b'] }),
    'tasks.7.command.1: Remove the NUL character: no argument can hold one',
  ],
  [
    withTask({ command: ['ls'], cwd: 'rel', env: { 'A-B': 'x', OK: 1 } }),
    'tasks.7.cwd: Give the folder with its full path',
    'tasks.7.env: Name the variable with letters, digits and _ only',
    'tasks.7.env.OK: Give a text in quotes here',
  ],
  [
    withTask({ cwd: '/', env: {}, umask: '022' }),
    'tasks.7.cwd: Remove this, or add a "command": a DSM task ignores it',
    'tasks.7.env: Remove this, or add a "command": a DSM task ignores it',
    'tasks.7.umask: Remove this, or add a "command": a DSM task ignores it',
  ],
  ...[22, 0o22, null, true].map((umask): [unknown, string] => [
    withTask({ command: ['ls'], umask }),
    'tasks.7.umask: Write the umask as text in quotation marks, as in "022"',
  ]),
  ...['', '22', '028', '0o22', '-22', '1022', '00022', ' 022', 'u=rwx'].map((umask): [unknown, string] => [
    withTask({ command: ['ls'], umask }),
    'tasks.7.umask: Write the umask as three octal digits, as in "022" or "077"',
  ]),
  [{ server, tasks: { '1.0': { identifier: keyOf('a') } } }, `tasks."1.0": ${dsmTask}`],
  [{ server, tasks: { '\u001b[31m': { identifier: keyOf('a') } } }, `tasks."\\u001b[31m": ${dsmTask}`],
  [
    withServer({ tls: { cert: 'nowhere.pem', key: '.' } }),
    'server.tls.cert: Give a PEM file that the daemon may read. The file does not exist',
    'server.tls.key: Give a PEM file that the daemon may read. Give a regular file: this is something else, such as a folder',
  ],
  [
    withServer({ tls: { certificate: 'a', key: 'b' } }),
    'server.tls.cert: Add this: it is missing',
    'server.tls.certificate: Unknown name; did you mean "cert"?',
  ],
  [withTask({ comand: ['a'] }), 'tasks.7.comand: Unknown name; did you mean "command"?'],
  [withTask({ Timeout: '1s' }), 'tasks.7.Timeout: Unknown name; did you mean "timeout"?'],
  [withTask({ when_busy: 'join' }), 'tasks.7.when_busy: Unknown name; did you mean "whenBusy"?'],
  [withServer({ prot: 1 }), 'server.prot: Unknown name; did you mean "port"?'],
  [withServer({ rateLimit: { run: 1 } }), 'server.rateLimit.run: Unknown name; did you mean "runs"?'],
  [{ ...withTask({}), logs: {} }, 'logs: Unknown name; did you mean "log"?'],
  [
    { ...withTask({}), dsm: { via: 'api' } },
    'dsm.via: Choose one of "auto", "synowebapi", "synoschedtask", "webapi"',
  ],
  [
    { ...withTask({}), $comment: 1 },
    `$comment: Remove this unknown name, or correct it (the closest known one is "$schema"); known here are ${topNames}`,
  ],
  [
    { ...withTask({}), [keyOf('odd')]: 1 },
    `Remove this unknown name, or correct it; known here are ${topNames}`,
  ],
  [{ ...withTask({}), port: 1 }, 'port: Move this into "server"'],
  [
    { listen: '127.0.0.1', ...withTask({}), server: undefined, magickey: keyOf('m'), tls: {} },
    'tls: Move this into "server"',
  ],
  [
    { port: 1, magicKey: 'x', tasks: {} },
    'magickey: Add a key: it is missing (`remotetask key` makes one)',
    'magicKey: Unknown name; did you mean "magickey", inside "server"?',
  ],
];

for (const [config, ...messages] of mistakes) {
  test(`a config that says ${JSON.stringify(config)?.slice(0, 150)} is told: ${messages[0]}`, (t) => {
    const { problems, message, code } = createJudge(t).judge(config);
    assert.deepEqual(
      problems.map((problem) => problem.replace(/^config\.json:\d+:\d+ /, '')),
      messages,
    );
    assert.equal(code, 'config-invalid');
    assert.match(
      message,
      new RegExp(
        `^Cannot use /.*/config.json: ${messages.length === 1 ? '1 problem' : `${messages.length} problems`}$`,
      ),
    );
  });
}

test('all problems are told at once, each with line, column and path, in the order of the file', (t) => {
  const text = `{
  "server": {
    "listen": "localhost", "prot": 1,
    "magickey": "${keyOf('magic')}"
  },
  "tasks": {
    "7": { "identifier": "${keyOf('7')}",
           "timeout": "soon" },
    "off": { "identifier": [{ "label": "Anna", "key": 5, "expires": "someday" }], "command": ["ls", 1] }
  }
}`;
  assert.deepEqual(
    createJudge(t)
      .judge(text)
      .problems.map((problem) => problem.split(': ')[0]),
    [
      'config.json:3:15 server.listen',
      'config.json:3:28 server.prot',
      'config.json:8:23 tasks.7.timeout',
      'config.json:9:55 tasks.off.identifier.0.key',
      'config.json:9:69 tasks.off.identifier.0.expires',
      'config.json:9:101 tasks.off.command.1',
    ],
  );
});
