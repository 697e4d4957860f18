// Whose `X-Forwarded-For` may be believed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import proxyAddr from '@fastify/proxy-addr';
import * as fc from 'fast-check';
import { TrustedProxies } from '../../src/listener/trusted-proxy.ts';

const accepts = (...proxies: string[]): boolean => TrustedProxies.safeParse(proxies).success;

test('addresses and networks of a site or a provider are accepted', () => {
  for (const proxy of [
    '127.0.0.1',
    '10.0.0.0/8',
    '10.1.2.3/255.0.0.0',
    '172.16.0.0/12',
    '192.168.0.0/255.255.0.0',
    '104.16.0.0/13',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::1/128',
    'fd00::/8',
    'fc00::/7',
    'fe80::/10',
    'fe80::1%eth0',
    '2001:db8::/32',
    '2606:4700::/32',
    '2400:cb00::1',
  ])
    assert.ok(accepts(proxy), proxy);
  assert.ok(
    accepts(
      '173.245.48.0/20',
      '103.21.244.0/22',
      '162.158.0.0/15',
      '104.16.0.0/13',
      '104.24.0.0/14',
      '172.64.0.0/13',
    ),
  );
});

test('everybody, or nearly so, is refused in any spelling', () => {
  for (const proxy of [
    '0.0.0.0/0',
    '0.0.0.0/1',
    '128.0.0.0/1',
    '8.8.8.8/7',
    '0.0.0.0/128.0.0.0',
    '1.0.0.0/254.0.0.0',
    '0.0.0.0/0.0.0.0',
    '0.0.0.0/01',
    '0x0.0/1',
    '0/1',
    '1',
    '127.1',
    '010.0.0.1',
    '0:0::ffff:0:0/96',
    '0:0:0:0:0:ffff:0.0.0.0/96',
    '::FFFF:0:0/97',
    '::ffff:10.0.0.0/8',
    '::ffff:10.0.0.0/104',
    '::ffff:127.0.0.1',
    '::0.0.0.0/97',
    '::127.0.0.1',
    '::/0',
    '::/1',
    '::/80',
    '::1/64',
    '0::/128',
    '2000::/3',
    '2001::/16',
    '2002::/16',
    '64:ff9b::/96',
    '64:ff9b::/64',
    '8000::/1',
    'fc00::/6',
    '',
    'loopback',
    'true',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/33',
    '10.0.0.0/255.0.255.0',
  ])
    assert.ok(!accepts(proxy), proxy);
  assert.ok(!accepts(...Array.from({ length: 224 }, (_, i) => `${i}.0.0.0/8`)), 'all networks one by one');
  assert.ok(
    !accepts(...Array.from({ length: 64 }, (_, i) => `${64 + Math.floor(i / 8)}.${(i % 8) * 32}.0.0/11`)),
    'in smaller pieces',
  );
});

test('whatever is accepted is understood by what asks it, and does not trust strangers of four continents', () => {
  const strangers = [
    '8.8.8.8',
    '41.0.0.9',
    '133.1.2.3',
    '200.7.8.9',
    '2a01:4f8::9',
    '2400::9',
    '2c0f::1',
    '2800::5',
  ];
  const part = fc.oneof(
    fc.nat(255).map(String),
    fc.nat(0xffff).map((n) => n.toString(16)),
    fc.constantFrom('', '0', 'ffff', '10.0.0.0', '0x1'),
  );
  const text = fc.oneof(
    fc.tuple(fc.ipV4(), fc.nat(34)).map(([address, prefix]) => `${address}/${prefix}`),
    fc.tuple(fc.ipV6(), fc.nat(130)).map(([address, prefix]) => `${address}/${prefix}`),
    fc
      .tuple(fc.array(part, { maxLength: 8 }), fc.nat(130))
      .map(([parts, prefix]) => `${parts.join(':')}/${prefix}`),
    fc.tuple(fc.ipV4(), fc.ipV4()).map((pair) => pair.join('/')),
  );
  fc.assert(
    fc.property(text, (proxy) => {
      if (!accepts(proxy)) return;
      const trusts = proxyAddr.compile([proxy]);
      assert.ok(strangers.filter((stranger, i) => trusts(stranger, i)).length <= 1, proxy);
    }),
    { numRuns: 800 },
  );
});
