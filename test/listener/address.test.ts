// Where a call comes from.
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { createAddressReader, toNetwork, toPlainAddress } from '../../src/listener/address.ts';
import { startGate } from '../support/gate.ts';
import { exchange } from '../support/raw-http.ts';

test('an address is counted with its network', () => {
  const table: Record<string, string> = {
    '192.168.1.5': '192.168.1.5',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1::/48',
    '2001:db8:1:ffff::9': '2001:db8:1::/48',
    '2001:0DB8:0001::': '2001:db8:1::/48',
    '2001:db8::1': '2001:db8:0::/48',
    '2001::1': '2001:0:0::/48',
    '::1': '0:0:0::/48',
    '::': '0:0:0::/48',
    '1::2:3:4:5:6:7': '1:0:2::/48',
    '::2:3:4:5:6:7:8': '0:2:3::/48',
    '1:2:3:4:5:6:7::': '1:2:3::/48',
    'fe80::1%eth0': 'fe80:0:0::/48',
    '64:ff9b::192.0.2.1': '64:ff9b:0::/48',
    '': '',
    nonsense: 'nonsense',
  };
  assert.deepEqual(
    Object.fromEntries(Object.keys(table).map((address) => [address, toNetwork(address)])),
    table,
  );
});

test('an IPv4 address in IPv6 form is the IPv4 address', () => {
  assert.equal(toPlainAddress('::ffff:192.168.1.5'), '192.168.1.5');
  assert.equal(toPlainAddress('2001:db8::1'), '2001:db8::1');
  assert.equal(toPlainAddress('::1'), '::1');
});

test('X-Forwarded-For is believed from trusted proxies only, from the right, up to the first stranger', () => {
  const read = (trust: string[], peer: string, forwarded?: string): string =>
    createAddressReader(trust)({
      socket: { remoteAddress: peer },
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    } as unknown as IncomingMessage);
  const proxies = ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32'];
  const table: readonly (readonly [
    trust: string[],
    peer: string,
    forwarded: string | undefined,
    expected: string,
  ])[] = [
    [[], '127.0.0.1', '1.2.3.4', '127.0.0.1'],
    [[], '::ffff:127.0.0.1', undefined, '127.0.0.1'],
    [proxies, '127.0.0.1', undefined, '127.0.0.1'],
    [proxies, '127.0.0.1', '1.2.3.4', '1.2.3.4'],
    [proxies, '::ffff:127.0.0.1', '1.2.3.4', '1.2.3.4'],
    [proxies, '9.9.9.9', '1.2.3.4', '9.9.9.9'],
    [proxies, '127.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    [proxies, '127.0.0.1', '1.2.3.4, 10.1.1.1', '1.2.3.4'],
    [proxies, '127.0.0.1', '::ffff:1.2.3.4', '1.2.3.4'],
    [proxies, '2001:db8::5', '2001:7f8::1', '2001:7f8::1'],
    [proxies, '127.0.0.1', 'nonsense', '127.0.0.1'],
    [proxies, '127.0.0.1', '1.2.3.4 forged', '127.0.0.1'],
    [proxies, '127.0.0.1', '', '127.0.0.1'],
    [proxies, '127.0.0.1', 'fe80::1%free-text', '127.0.0.1'],
    [proxies, 'fe80::1%eth0', '1.2.3.4', 'fe80::1%eth0'],
    [proxies, '127.0.0.1', ',,,', '127.0.0.1'],
    [proxies, '127.0.0.1', '1.2.3.4:5678', '1.2.3.4'],
    [proxies, '127.0.0.1', '"1.2.3.4:5678"', '1.2.3.4'],
    [proxies, '127.0.0.1', '[::1]:99', '::1'],
    [proxies, '127.0.0.1', '[2001:7f8::1]', '2001:7f8::1'],
    [proxies, '127.0.0.1', '[::ffff:1.2.3.4]:5', '1.2.3.4'],
    [proxies, '127.0.0.1', '6.6.6.6:1, 1.2.3.4:5678,10.1.1.1:443', '1.2.3.4'],
    [proxies, '127.0.0.1', '[::1]:99, 1.2.3.4', '1.2.3.4'],
    [proxies, '9.9.9.9', '1.2.3.4:5678', '9.9.9.9'],
    ...['[1.2.3.4', '1.2.3.4:', '1.2.3:80', '[fe80::1%x]:80', '127.1', '[nonsense]:80', '1.2.3.4:80:90'].map(
      (forged) => [proxies, '127.0.0.1', forged, '127.0.0.1'] as const,
    ),
  ];
  assert.deepEqual(
    table.map(([trust, peer, forwarded]) => read(trust, peer, forwarded)),
    table.map(([, , , expected]) => expected),
  );
});

test('the log names the forwarded address from a trusted proxy, and the peer from anybody else', async (t) => {
  const { daemon } = await startGate(t, { server: { trustProxy: ['127.0.0.2'] } });
  const call =
    'GET /a/b HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.7\r\nX-Real-IP: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n\r\n';
  await exchange(daemon.port, call, { from: '127.0.0.2' });
  await exchange(daemon.port, call, { from: '127.0.0.3' });
  await daemon.logged(({ address }) => address === '127.0.0.3');
  assert.deepEqual(
    daemon
      .log()
      .filter(({ event }) => event === 'refused')
      .map(({ address }) => address),
    ['203.0.113.7', '127.0.0.3'],
  );
});
