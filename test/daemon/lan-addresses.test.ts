// The address in a QR code: the one that a phone in the same network most likely reaches.
import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { test } from 'node:test';
import { orderAddresses, type Interfaces } from '../../src/daemon/lan-addresses.ts';

const none = { ipv4: '', ipv6: '' };
const header = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';

/** Interfaces as Node lists them, in this order. */
function toInterfaces(...given: readonly (readonly [name: string, ...addresses: string[]])[]): Interfaces {
  return Object.fromEntries(
    given.map(([name, ...addresses]) => [
      name,
      addresses.map((address) => {
        const rest = { address, mac: '', internal: name === 'lo', cidr: null, netmask: '' };
        return isIPv6(address)
          ? { ...rest, family: 'IPv6' as const, scopeid: 0 }
          : { ...rest, family: 'IPv4' as const };
      }),
    ]),
  );
}

/** A line of /proc/net/route. */
function toRoute(name: string, { metric = 0, destination = '00000000', flags = '0003' } = {}): string {
  const mask = destination === '00000000' ? '00000000' : '00FFFFFF';
  return `${name}\t${destination}\t0101A8C0\t${flags}\t0\t0\t${metric}\t${mask}\t0\t0\t0`;
}

/** The same for /proc/net/ipv6_route. */
function toRoute6(name: string, { metric = '00000400', flags = '00000003' } = {}): string {
  const nowhere = '0'.repeat(32);
  return `${nowhere} 00 ${nowhere} 00 fe800000000000000000000000000001 ${metric} 00000001 00000000 ${flags} ${name.padStart(8)}`;
}

const cases: readonly {
  readonly name: string;
  readonly interfaces: Interfaces;
  readonly routes?: readonly string[];
  readonly wanted: readonly string[];
}[] = [
  {
    name: 'without a route, link-local addresses and bridges come last',
    interfaces: toInterfaces(
      ['lo', '127.0.0.1'],
      ['eth0', '169.254.7.7'],
      ['docker0', '172.17.0.1'],
      ['eth1', '192.168.1.5'],
    ),
    wanted: ['192.168.1.5', '172.17.0.1', '169.254.7.7'],
  },
  {
    name: 'the default route decides between two networks',
    interfaces: toInterfaces(['eth0', '10.0.0.2'], ['eth1', '192.168.1.5']),
    routes: [toRoute('eth0', { destination: '0000000A', flags: '0001' }), toRoute('eth1')],
    wanted: ['192.168.1.5', '10.0.0.2'],
  },
  {
    name: 'of several default routes, the smallest metric counts; refusing and unused ones do not',
    interfaces: toInterfaces(
      ['eth0', '10.0.0.2'],
      ['wlan0', '10.1.0.2'],
      ['bond0', '10.2.0.2'],
      ['x', '10.3.0.2'],
    ),
    routes: [
      toRoute('x', { flags: '0000' }),
      toRoute('eth0', { metric: 0, flags: '0201' }),
      toRoute('wlan0', { metric: 600 }),
      toRoute('bond0', { metric: 100 }),
    ],
    wanted: ['10.2.0.2', '10.0.0.2', '10.1.0.2', '10.3.0.2'],
  },
  {
    name: 'a VPN comes after the network at home, also if it has the default route',
    interfaces: toInterfaces(
      ['tailscale0', '100.101.102.103'],
      ['tun0', '10.8.0.2'],
      ['veth1a2b', '10.5.0.1'],
      ['ovs_eth0', '192.168.1.5'],
    ),
    routes: [toRoute('tun0')],
    wanted: ['192.168.1.5', '10.5.0.1', '10.8.0.2', '100.101.102.103'],
  },
  {
    name: 'a bridge with the default route is the network at home',
    interfaces: toInterfaces(
      ['br-0123456789ab', '172.18.0.1'],
      ['eth0', '10.9.0.1'],
      ['br-lan', '192.168.1.1'],
    ),
    routes: [toRoute('br-lan')],
    wanted: ['192.168.1.1', '10.9.0.1', '172.18.0.1'],
  },
  {
    name: 'only a VPN, or only a link-local address, is better than nothing',
    interfaces: toInterfaces(['eth0', '169.254.7.7'], ['wg0', '10.6.0.2']),
    wanted: ['10.6.0.2', '169.254.7.7'],
  },
  {
    name: 'a further address of an interface belongs to the same route',
    interfaces: toInterfaces(['eth1', '10.0.0.2'], ['eth0:1', '192.168.1.9'], ['eth0', '192.168.1.5']),
    routes: [toRoute('eth0')],
    wanted: ['192.168.1.9', '192.168.1.5', '10.0.0.2'],
  },
  { name: 'no network at all', interfaces: toInterfaces(['lo', '127.0.0.1', '::1']), wanted: [] },
];

for (const { name, interfaces, routes = [], wanted } of cases)
  test(name, () => {
    const tables = { ...none, ipv4: [header, ...routes, ''].join('\n') };
    assert.deepEqual(orderAddresses(['IPv4'], interfaces, tables), wanted);
  });

test('IPv6 has a default route of its own, comes after IPv4, and its link-local addresses are left out', () => {
  const interfaces = toInterfaces(
    ['eth0', 'fe80::1', '2001:db8:1::5', '192.168.1.5'],
    ['eth1', 'fe80::2', '2001:db8:2::5', '10.0.0.2'],
    ['docker0', 'fd00::1'],
  );
  const ipv6 = [
    toRoute6('lo', { metric: 'ffffffff', flags: '00200200' }),
    toRoute6('eth0', { metric: '00000800' }),
    toRoute6('eth1'),
    '',
  ].join('\n');
  const tables = { ipv4: [header, toRoute('eth0')].join('\n'), ipv6 };
  assert.deepEqual(orderAddresses(['IPv4', 'IPv6'], interfaces, tables), [
    '192.168.1.5',
    '2001:db8:2::5',
    '10.0.0.2',
    '2001:db8:1::5',
    'fd00::1',
  ]);
  assert.deepEqual(orderAddresses(['IPv4'], interfaces, tables), ['192.168.1.5', '10.0.0.2']);
});

test('tables that cannot be read, or that are no tables, change nothing', () => {
  const interfaces = toInterfaces(['eth0', '10.0.0.2', '2001:db8::5']);
  for (const table of ['', '\n\n', 'nonsense', '\0\t\0', header])
    assert.deepEqual(orderAddresses(['IPv4', 'IPv6'], interfaces, { ipv4: table, ipv6: table }), [
      '10.0.0.2',
      '2001:db8::5',
    ]);
});
