// The policies of a task in the config: what they become, their borders, and what is said of mistakes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Task } from '../../src/tasks.ts';
import { createJudge, server, withTask } from '../support/config.ts';
import { keyOf } from '../support/daemon.ts';

const hours = 'Write hours such as "07:00-22:00"; "22:00-06:00" goes past midnight';
const hoursOrList = 'Write hours such as "07:00-22:00" ("22:00-06:00" goes past midnight), or a list of them';
const network = 'Give an address or a network, such as "192.168.0.0/16" or "fd00::/8"';
const duration = 'Write a duration such as "30s", "10m" or "2h", of at most 24 days';
const icon = 'Give one emoji, such as "📷", or the file of a picture, such as "camera.png"';
const noTime = 'Give a duration longer than 0, or leave this out';

const accepted: readonly [options: object, parts: Partial<Task>][] = [
  [{ enabled: false }, { isEnabled: false }],
  [{ confirm: true }, { asksFirst: true }],
  [{ question: 'All lights off?' }, { question: 'All lights off?' }],
  [{ icon: '📷' }, { icon: { kind: 'emoji', emoji: '📷' } }],
  [{ allow: ['192.168.0.0/16', '::1'] }, { allow: ['192.168.0.0/16', '::1'] }],
  [{ hours: '07:00-22:00' }, { hours: [{ from: 420, until: 1320 }] }],
  [
    { hours: ['7:00-8:30', '22:00-06:00'] },
    {
      hours: [
        { from: 420, until: 510 },
        { from: 1320, until: 360 },
      ],
    },
  ],
  [{ maxPerDay: 1 }, { maxPerDay: 1 }],
  [{ maxPerDay: 10_000 }, { maxPerDay: 10_000 }],
  [{ cooldown: '0s' }, { cooldownMs: 0 }],
  [{ cooldown: '24d' }, { cooldownMs: 24 * 86_400_000 }],
  [{ whenBusy: 'queue' }, { whenBusy: 'queue', queueMax: 5, queueExpiresMs: 600_000 }],
  [{ queue: { max: 1 } }, { queueMax: 1, queueExpiresMs: 600_000 }],
  [{ queue: { max: 1000, expires: '1ms' } }, { queueMax: 1000, queueExpiresMs: 1 }],
  [
    { timeout: '1ms', grace: '0s' },
    { timeoutMs: 1, graceMs: 0 },
  ],
  ...(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const).map(
    (stopSignal): [object, Partial<Task>] => [{ stopSignal }, { stopSignal }],
  ),
  [
    { stoppable: true, atShutdown: 'stop' },
    { isStoppable: true, atShutdown: 'stop' },
  ],
];

test('each policy of a task is taken as it is written, up to its borders', (t) => {
  const { judge } = createJudge(t);
  for (const [options, parts] of accepted) {
    const task = judge(withTask(options)).loaded?.tasks[0];
    assert.deepEqual({ ...task, ...parts }, task, JSON.stringify(options));
  }
});

const refused: readonly [options: object, ...messages: string[]][] = [
  [{ enabled: 'no' }, 'enabled: Give true or false here, without quotes'],
  [{ confirm: 1 }, 'confirm: Give true or false here'],
  [{ question: '' }, 'question: Give some text here: this is empty'],
  [{ question: 'a\tb' }, 'question: Remove the control character'],
  [{ icon: 'camera' }, `icon: ${icon}`],
  [{ icon: '📷📷' }, `icon: ${icon}`],
  [{ allow: '192.168.0.0/16' }, 'allow: Give a list here'],
  [{ allow: [] }, 'allow: Give at least one here: this is empty'],
  [{ allow: ['::1', 'home', '10.0.0.0/33'] }, `allow.1: ${network}`, `allow.2: ${network}`],
  ...['7-22', '', 7, null].map((odd): [object, string] => [{ hours: odd }, `hours: ${hoursOrList}`]),
  [{ hours: [] }, 'hours: Give at least one here: this is empty'],
  [{ hours: ['07:00-22:00', '22:00'] }, `hours.1: ${hours}`],
  ...[0, -1].map((maxPerDay): [object, string] => [{ maxPerDay }, 'maxPerDay: Give a number of at least 1']),
  [{ maxPerDay: 10_001 }, 'maxPerDay: Give a number of at most 10000'],
  [{ maxPerDay: 1.5 }, 'maxPerDay: Give a whole number here'],
  [{ cooldown: '25d' }, `cooldown: ${duration}`],
  [{ queue: 5 }, 'queue: Give an object in braces here'],
  [
    { queue: { max: 0, expires: '0s' } },
    'queue.max: Give a number of at least 1',
    `queue.expires: ${noTime}`,
  ],
  [{ queue: { max: 1001 } }, 'queue.max: Give a number of at most 1000'],
  [{ queue: { maximum: 3 } }, 'queue.maximum: Unknown name; did you mean "max"?'],
  [{ grace: '-1s' }, `grace: ${duration}`],
  ...['TERM', 'SIGKILL', 'SIGSTOP', 15].map((stopSignal): [object, string] => [
    { stopSignal },
    'stopSignal: Choose one of "SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2"',
  ]),
  [{ atShutdown: 'kill' }, 'atShutdown: Choose one of "leave", "stop"'],
  [{ maxperday: 3 }, 'maxperday: Unknown name; did you mean "maxPerDay"?'],
  [{ confirmed: true }, 'confirmed: Unknown name; did you mean "confirm"?'],
];

for (const [options, ...messages] of refused) {
  test(`a task that says ${JSON.stringify(options)} is told: ${messages[0]}`, (t) => {
    assert.deepEqual(
      createJudge(t)
        .judge(withTask(options))
        .problems.map((problem) => problem.replace(/^config\.json:\d+:\d+ tasks\.7\./, '')),
      messages,
    );
  });
}

test('a labelled key may ask first, the others do not', (t) => {
  const identifier = [
    { label: 'Ann', key: keyOf('ann'), confirm: true },
    { label: 'Bob', key: keyOf('bob') },
  ];
  const { judge } = createJudge(t);
  const { loaded } = judge({
    server: { ...server, magickey: [{ label: 'door', key: keyOf('door'), confirm: true }] },
    tasks: { '7': { identifier } },
  });
  assert.deepEqual(
    [loaded?.keys.magic, loaded?.keys.tasks.get('7')].map((keys) => keys?.map(({ asksFirst }) => asksFirst)),
    [[true], [true, false]],
  );
  const { problems } = judge(withTask({ identifier: [{ label: 'Ann', key: keyOf('ann'), confirm: 'yes' }] }));
  assert.match(
    problems[0] ?? '',
    /tasks\.7\.identifier\.0\.confirm: Give true or false here, without quotes$/,
  );
});

test('each of 300 tasks with options of its own gets those, and the defaults of all others', (t) => {
  const options: readonly [name: string, value: unknown, part: Partial<Task>][] = [
    ['name', 'Lights', { name: 'Lights', isNamed: true }],
    ['confirm', true, { asksFirst: true }],
    ['maxPerDay', 3, { maxPerDay: 3 }],
    ['cooldown', '5s', { cooldownMs: 5000 }],
    ['whenBusy', 'queue', { whenBusy: 'queue' }],
    ['queue', { max: 2 }, { queueMax: 2 }],
    ['grace', '1s', { graceMs: 1000 }],
    ['stoppable', true, { isStoppable: true }],
    ['atShutdown', 'leave', { atShutdown: 'leave' }],
  ];
  const chosen = Array.from({ length: 300 }, (_, i) => options.filter((__, bit) => (i & (1 << bit)) !== 0));
  const tasks = chosen.map((some, i) => [
    `t${i}`,
    {
      identifier: keyOf(String(i)),
      command: ['true'],
      ...Object.fromEntries(some.map(([name, value]) => [name, value])),
    },
  ]);
  const { loaded, problems } = createJudge(t).judge({ server, tasks: Object.fromEntries(tasks) });
  assert.deepEqual(problems, []);
  const plain = loaded?.tasks[0];
  for (const [i, some] of chosen.entries())
    assert.deepEqual(
      loaded?.tasks[i],
      Object.assign({}, plain, { id: `t${i}` }, ...some.map(([, , part]) => part)),
      JSON.stringify(some),
    );
});
