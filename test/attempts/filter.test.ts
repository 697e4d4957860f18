// Which attempts fit a search, and that the quick look at their text passes over none of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { attemptResults, type Attempt } from '../../src/attempts/attempt.ts';
import { createAttemptTest, type AttemptFilter } from '../../src/attempts/filter.ts';

const octet = fc.constantFrom(0, 1, 10, 99, 192, 255);
const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
const group = fc.constantFrom('0', '1', '0db8', 'db8', 'DB8', 'ffff', '2001', '00a0');
const ipv6 = fc.oneof(
  fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':')),
  fc
    .tuple(fc.array(group, { maxLength: 3 }), fc.array(group, { maxLength: 3 }))
    .map(([head, tail]) => `${head.join(':')}::${tail.join(':')}`),
  fc
    .tuple(fc.constantFrom('::ffff:', '::FFFF:', '0:0:0:0:0:ffff:'), ipv4)
    .map(([head, tail]) => `${head}${tail}`),
  fc.constantFrom('::ffff:102:304', 'fe80::1%eth0', '::', '::1'),
);
const address = fc.oneof(ipv4, ipv6);
const network = fc.oneof(
  address,
  fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })).map(([text, bits]) => `${text}/${bits}`),
  fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })).map(([text, bits]) => `${text}/${bits}`),
);
const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.constantFrom('Büro "links"', '"address":"1.2.3.4"', 'ΑΣ', '\n\\'),
);
const attempt = fc.record(
  { result: fc.constantFrom(...attemptResults), address, label: words, task: words, run: words },
  { requiredKeys: ['result'] },
);
const filter = fc.record(
  { result: fc.constantFrom(...attemptResults), task: words, network, label: words, text: words },
  { requiredKeys: [] },
);

function fits(wanted: AttemptFilter, found: Attempt): boolean {
  return createAttemptTest(wanted).fits(found);
}

test('the quick look at text passes over no attempt that fits, whatever is looked for and however addresses are spelled', () => {
  let found = 0;
  const holds = (wanted: AttemptFilter, one: Attempt): void => {
    if (!fits(wanted, one)) return;
    found++;
    const line = JSON.stringify({ n: 1, at: '2026-11-21T00:00:00.000Z', ...one });
    assert.equal(createAttemptTest(wanted).mayHold(line), true);
    assert.equal(createAttemptTest(wanted).mayHold(`{"n":0,"address":"203.0.113.1"}\n${line}\n`), true);
  };
  fc.assert(fc.property(filter, attempt, holds), { numRuns: 800 });
  fc.assert(
    fc.property(network, address, (net, one) => holds({ network: net }, { result: 'started', address: one })),
    { numRuns: 1500 },
  );
  // The same address on both sides, so that narrow networks find something too.
  fc.assert(
    fc.property(address, fc.integer({ min: 0, max: 128 }), (one, bits) => {
      const size = one.includes(':') ? 128 : 32;
      holds({ network: `${one}/${Math.min(bits, size)}` }, { result: 'started', address: one });
    }),
    { numRuns: 800 },
  );
  assert.ok(found > 600, `${found} attempts fitted`);
});

test('an address is found by each of its spellings, alone and as the network of its full length', () => {
  const spellings = [
    ['192.168.1.1', '::ffff:192.168.1.1', '::FFFF:c0a8:101', '0:0:0:0:0:ffff:192.168.1.1'],
    ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', '2001:db8:0::0:1', '2001:db8::0.0.0.1'],
    ['::1', '0:0:0:0:0:0:0:1', '::0001'],
    ['fe80::1%eth0', 'fe80::1'],
  ];
  for (const same of spellings)
    for (const looked of same)
      for (const written of same)
        for (const end of ['', `/${looked.includes(':') ? 128 : 32}`]) {
          const { fits: isWanted, mayHold } = createAttemptTest({ network: `${looked}${end}` });
          const one: Attempt = { result: 'started', address: written };
          assert.deepEqual(
            [isWanted(one), mayHold(JSON.stringify(one))],
            [true, true],
            `${looked}${end} ${written}`,
          );
        }
});

test('a neighbour of an address, and what is no address, do not fit', () => {
  for (const [looked, written] of [
    ['192.168.1.1/32', '192.168.1.10'],
    ['192.168.1.1', '192.168.1.11'],
    ['192.168.0.0/23', '192.168.2.1'],
    ['2001:db8::1/128', '2001:db8::10'],
    ['2001:db8::/127', '2001:db8::2'],
    ['999.1', '99.9.1.1'],
    ['999.1.1.1', '9.9.1.1'],
    ['192.168.', '192.168.1.1'],
    ['192.168.1.1/33', '192.168.1.1'],
    ['192.168.1.1/', '192.168.1.1'],
    ['/0', '192.168.1.1'],
    ['', '192.168.1.1'],
    ['0.0.0.0/0', ''],
  ] as const)
    assert.equal(
      fits({ network: looked }, { result: 'started', address: written }),
      false,
      `${looked} ${written}`,
    );
});

test('the name of a task finds its attempts, though they contain its id only', () => {
  const wanted = { text: 'Gate', textTasks: ['7', 'a"b'] };
  for (const [task, isFound] of [
    ['7', true],
    ['a"b', true],
    ['8', false],
    [undefined, false],
  ] as const) {
    const one: Attempt = { result: 'started', ...(task === undefined ? {} : { task }) };
    assert.equal(fits(wanted, one), isFound);
    if (isFound) assert.ok(createAttemptTest(wanted).mayHold(JSON.stringify(one)));
  }
});
