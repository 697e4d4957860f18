// The text of `synoschedtask --get`: samples of each version, and anybody's names and commands.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseScheduledTasks, toLastStatus, type LastStatus } from '../../src/dsm/scheduled-tasks-text.ts';
import { renderRecord, type FakeTask } from '../support/fake-synoschedtask.ts';

const dsm7 = `             User: [root]
               ID: [2]
             Name: [Nightly copy]
            State: [enabled]
            Owner: [root]
             Type: [daily]
       Start date: [0/0/0]
         Run time: [3]:[0]
          Command: [/volume1/scripts/copy.sh --all]
           Status: [Success]

             User: [root]
               ID: [3]
             Name: [Two lines]
            State: [disabled]
            Owner: [root]
             Type: [weekly]
       Start date: [0/0/0]
     Days of week: [Sun Tue Sat]
         Run time: [2]:[30]
          Command: [#!/bin/bash
cd /volume1/x
./go.sh]
           Status: [Error(1)]

`;

const read = (text: string): Record<string, string>[] | undefined =>
  parseScheduledTasks(text)?.map((record) => Object.fromEntries(record));

test('the records of DSM 7 are read with all their values, brackets taken off', () => {
  assert.deepEqual(read(dsm7), [
    {
      User: 'root',
      ID: '2',
      Name: 'Nightly copy',
      State: 'enabled',
      Owner: 'root',
      Type: 'daily',
      'Start date': '0/0/0',
      'Run time': '3]:[0',
      Command: '/volume1/scripts/copy.sh --all',
      Status: 'Success',
    },
    {
      User: 'root',
      ID: '3',
      Name: 'Two lines',
      State: 'disabled',
      Owner: 'root',
      Type: 'weekly',
      'Start date': '0/0/0',
      'Days of week': 'Sun Tue Sat',
      'Run time': '2]:[30',
      Command: '#!/bin/bash\ncd /volume1/x\n./go.sh',
      Status: 'Error(1)',
    },
  ]);
});

test('DSM 5, without `User`, is read as well, also where no empty line parts the records', () => {
  const dsm5 = dsm7.replaceAll(/^ *User: .*\n/gm, '');
  const ids = (text: string): (string | undefined)[] | undefined => read(text)?.map((record) => record['ID']);
  assert.deepEqual(ids(dsm5), ['2', '3']);
  assert.deepEqual(ids(dsm5.replaceAll('\n\n', '\n')), ['2', '3']);
  assert.deepEqual(ids(dsm7.replaceAll('\n\n', '\n')), ['2', '3']);
});

test('keys of later versions, in any order, are kept', () => {
  const record = read(`             User: [root]
             Name: [x]
               ID: [9]
         Run time / until: [4]:[45]
    Last Run Time: [2026/1/2 3:04]
        Brand new: [b]
          AppName: [#common:command_line#]
          Command: [\\/\\u\\s\\r]
           Status: [Not Available]
`)?.[0];
  assert.equal(record?.['ID'], '9');
  assert.equal(record?.['Last Run Time'], '2026/1/2 3:04');
  assert.equal(record?.['AppName'], '#common:command_line#');
  assert.equal(
    record?.['Brand new'],
    'b',
    'a key that is not known, where the colon stands below the others',
  );
  assert.equal(record?.['Command'], '\\/\\u\\s\\r');
});

test('the text of a command is never taken for a record or a key, as long as no line of it ends with a bracket', () => {
  const command = `echo
             User: [evil
               ID: [1

           Status: [Success
`;
  const records = read(dsm7.replace('/volume1/scripts/copy.sh --all', command));
  assert.deepEqual(
    records?.map(({ ID, Status }) => [ID, Status]),
    [
      ['2', 'Success'],
      ['3', 'Error(1)'],
    ],
  );
});

test('text without a record is not understood, and blank text is no task at all', () => {
  for (const text of ['', '\n', '  \n\n '])
    assert.deepEqual(parseScheduledTasks(text), [], JSON.stringify(text));
  for (const text of [
    'Permission denied',
    'Task ID: 7\nTask name: x\n',
    '{"success":true}',
    'ID: 7',
    '[root]',
    '\0',
  ])
    assert.equal(parseScheduledTasks(text), undefined, JSON.stringify(text));
});

test('each status has its meaning', () => {
  const cases: [string | undefined, LastStatus][] = [
    ['Success', { kind: 'success' }],
    ['Error(0)', { kind: 'error', exitCode: 0 }],
    ['Error(255)', { kind: 'error', exitCode: 255 }],
    ['Not Available', { kind: 'other', text: 'Not Available' }],
    ['No last run record', { kind: 'other', text: 'No last run record' }],
    ['Running', { kind: 'other', text: 'Running' }],
    ['Error(x)', { kind: 'other', text: 'Error(x)' }],
    ['Success ', { kind: 'other', text: 'Success ' }],
    [undefined, { kind: 'other', text: '' }],
  ];
  for (const [status, meaning] of cases)
    assert.deepEqual(toLastStatus(new Map(status === undefined ? [] : [['Status', status]])), meaning);
});

const idle = { isRunning: false, isBuiltIn: false };
const flavour = fc.constantFrom('dsm5', 'dsm6', 'dsm7', 'dsm72');
/** Text with what could mislead the parser, but no line that ends with a bracket: that alone closes a value. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom('[', ']', ':', '\n', '\n\n', ' ', 'ID: [4', 'User: [x', '日本', '\u2028'),
    ),
  )
  .map((parts) =>
    parts
      .join('')
      .replaceAll('\r', '')
      .replaceAll(/\]+(?=\n|$)/g, ''),
  );
const oneLine = text.map((some) => some.replaceAll('\n', ' ').replaceAll(/\]+$/g, ''));
const tasks = fc.array(
  fc.record({
    id: fc.nat(),
    name: oneLine,
    command: text,
    state: fc.constantFrom('enabled', 'disabled'),
    status: fc.constantFrom('Success', 'Error(3)'),
  }),
  { minLength: 1, maxLength: 5 },
);

test('names and commands of any kind are read back as they are, and mislead nothing', () => {
  fc.assert(
    fc.property(tasks, flavour, (tasks, flavour) => {
      const full: FakeTask[] = tasks.map((task) => ({ ...task, ...idle, lastRun: '2026/1/2 3:04' }));
      const records = parseScheduledTasks(
        full.map((task) => renderRecord(task, { flavour, hasStatus: true })).join(''),
      );
      assert.deepEqual(
        records?.map((record) => ['ID', 'Name', 'Command', 'State', 'Status'].map((key) => record.get(key))),
        full.map(({ id, name, command, state, status }) => [String(id), name, command, state, status]),
      );
    }),
    { numRuns: 400 },
  );
});

test('records are read in each order of their keys, with unknown keys, and after complaints of the tool', () => {
  const keys = [
    'Name: [x]',
    'State: [disabled]',
    'Owner: [anna]',
    'Run time: [4]:[45]',
    'Command: [a\n\nb]',
    'Status: [Error(3)]',
    'Brand new: [y]',
  ];
  const order = fc.shuffledSubarray(keys, { minLength: keys.length, maxLength: keys.length });
  const noise = fc.constantFrom(
    '',
    'synoschedtask: some warning\n',
    'load config: [1] failed\n\n',
    '[Line 265] Not a json value: x\n',
  );
  const isUserFirst = fc.boolean();
  fc.assert(
    fc.property(
      fc.array(order, { minLength: 1, maxLength: 4 }),
      noise,
      isUserFirst,
      (orders, before, isUserFirst) => {
        const text = orders.map((lines, id) =>
          [...(isUserFirst ? ['User: [root]'] : []), `ID: [${id}]`, ...lines]
            .map((line) => `${' '.repeat(17 - line.indexOf(':'))}${line}\n`)
            .join(''),
        );
        assert.deepEqual(
          parseScheduledTasks(`${before}${text.join('\n')}`)?.map((record) => Object.fromEntries(record)),
          orders.map((_, id) => ({
            ...(isUserFirst ? { User: 'root' } : {}),
            ID: String(id),
            Name: 'x',
            State: 'disabled',
            Owner: 'anna',
            'Run time': '4]:[45',
            Command: 'a\n\nb',
            Status: 'Error(3)',
            'Brand new': 'y',
          })),
        );
      },
    ),
    { numRuns: 400 },
  );
});

test('scripts with tests in brackets and empty lines are read to their end, on every version', () => {
  const line = fc.constantFrom(
    '[ -e /x ]',
    'if [[ -n $a ]]',
    '',
    '  ',
    'then',
    'echo "[$a]"',
    ']',
    '[',
    'Name:',
    'case $a in [a-z]) ;; esac',
  );
  const script = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(
      fc.array(script, { minLength: 1, maxLength: 4 }),
      flavour,
      fc.boolean(),
      (scripts, flavour, hasStatus) => {
        const text = scripts.map((command, id) =>
          renderRecord(
            { id, name: 'x', command, state: 'enabled', status: 'Success', lastRun: '', ...idle },
            { flavour, hasStatus },
          ),
        );
        assert.deepEqual(
          parseScheduledTasks(text.join(''))?.map((record) => [
            record.get('ID'),
            record.get('Command'),
            record.get('Status'),
          ]),
          scripts.map((command, id) => [String(id), command, hasStatus ? 'Success' : undefined]),
        );
      },
    ),
    { numRuns: 400 },
  );
});

test('the parser never throws, in text of any kind and length', () => {
  const bits = fc.constantFrom(
    'User: [',
    'ID: [',
    ']',
    '[',
    ': ',
    '\n',
    '\n\n',
    ' '.repeat(9),
    'Status',
    'x',
    '\0',
    '\u{1F309}',
  );
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(bits, { maxLength: 60 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(anything, (some) => {
      const records = parseScheduledTasks(some);
      assert.equal(records?.length === 0, some.trim() === '');
    }),
    { numRuns: 600 },
  );
  for (const long of [
    `ID: [1]\nCommand: [${'x\n'.repeat(100_000)}]\n`,
    `${' '.repeat(500_000)}: [`,
    `ID: [1]\n${'a '.repeat(200_000)}`,
    `ID: [1]\nCommand: [x]${'\n'.repeat(500_000)}y`,
    dsm7.repeat(2000),
  ])
    assert.ok(parseScheduledTasks(long) === undefined || long.includes('ID'));
});
