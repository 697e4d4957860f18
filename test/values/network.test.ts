// Networks: what may be written, and which addresses lie in them.
import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createNetworkTest, Network } from '../../src/values/network.ts';

test('a network is an address, or one with the number of its bits', () => {
  const accepted = [
    '10.0.0.1',
    '10.0.0.0/8',
    '10.1.2.3/8',
    '0.0.0.0/0',
    '10.0.0.1/32',
    '::1',
    '::/0',
    'fd00::/8',
    '2001:db8::1/128',
    '::ffff:10.0.0.0/104',
  ];
  const refused = [
    '',
    'home',
    'localhost',
    '10.0.0',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/8.0',
    '10.0.0.0/0x8',
    '10.0.0.0/255.0.0.0',
    ' 10.0.0.1',
    '[::1]',
    '*',
  ];
  for (const text of accepted) assert.equal(Network.safeParse(text).success, true, text);
  for (const text of refused) assert.equal(Network.safeParse(text).success, false, text);
});

test('an address lies in a network by its first bits; what is no address lies in none', () => {
  const table: readonly [networks: string[], inside: string[], outside: string[]][] = [
    [['192.168.1.5'], ['192.168.1.5', '::ffff:192.168.1.5'], ['192.168.1.4', '192.168.1.50', '192.168.1.6']],
    [['192.168.0.0/16'], ['192.168.0.0', '192.168.255.255'], ['192.167.255.255', '192.169.0.0', '::1']],
    [['10.0.0.0/9'], ['10.127.255.255'], ['10.128.0.0']],
    [['10.1.2.3/8'], ['10.9.9.9'], ['11.1.2.3']],
    [['0.0.0.0/0'], ['1.2.3.4'], ['2001:db8::1']],
    [['::1'], ['::1', '0:0:0:0:0:0:0:1'], ['::2', '127.0.0.1']],
    [['fd00::/8'], ['fd00::', 'fdff:ffff::1'], ['fc00::1', 'fe00::']],
    [['2001:db8::/33'], ['2001:db8:7fff::1'], ['2001:db8:8000::1']],
    [['fe80::/10'], ['fe80::1', 'fe80::1%eth0', 'febf::1'], ['fec0::1']],
    [['::ffff:10.0.0.0/104'], ['10.9.9.9'], ['192.168.1.5', '11.0.0.0']],
    [
      ['127.0.0.1', '10.0.0.0/8', '::1'],
      ['127.0.0.1', '10.2.3.4', '::1'],
      ['127.0.0.2', '11.0.0.1'],
    ],
  ];
  for (const [networks, inside, outside] of table) {
    const isInside = createNetworkTest(networks);
    for (const address of inside) assert.equal(isInside(address), true, `${address} in ${networks.join()}`);
    for (const address of [...outside, '', 'home', '10', '10.0.0.0/8', '::ffff:'])
      assert.equal(isInside(address), false, `${address} in ${networks.join()}`);
  }
});

test('whatever may be written can be asked about whatever address, and holds itself', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.ipV4(), fc.ipV6()),
      fc.nat(128),
      fc.oneof(fc.ipV4(), fc.ipV6()),
      (address, bits, other) => {
        const text = `${address}/${isIP(address) === 4 ? bits % 33 : bits}`;
        if (!Network.safeParse(text).success) return;
        const isInside = createNetworkTest([text]);
        assert.equal(isInside(address), true, text);
        isInside(other);
      },
    ),
  );
});
