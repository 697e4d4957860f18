// The addresses of this machine at which the others on its network reach it, the likeliest first.
import fs from 'node:fs';
import os from 'node:os';

export type Interfaces = Readonly<ReturnType<typeof os.networkInterfaces>>;

/** The contents of /proc/net/route and /proc/net/ipv6_route; empty if they cannot be read. */
export interface RouteTables {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** Interfaces of VPNs and dial-up connections, at which phones at home do not reach this machine. */
const tunnel = /^(?:tun|tap|wg|tailscale|zt|ppp|utun|ipsec|nordlynx|proton)/;
/** Interfaces of containers and virtual machines. */
const internalBridge = /^(?:docker|br-|virbr|veth|lxc|lxd|cni|flannel|cali|podman|vmnet|vboxnet|kube|cilium)/;
/** Flags in both tables: the route is in use, and the route only refuses. */
const isUp = 0x1;
const refuses = 0x200;

/** The addresses of these families, the one of the default route first; those of tunnels and bridges come last. */
export function listLanAddresses(families: readonly ('IPv4' | 'IPv6')[]): readonly string[] {
  return orderAddresses(families, loadInterfaces(), {
    ipv4: loadTable('/proc/net/route'),
    ipv6: loadTable('/proc/net/ipv6_route'),
  });
}

/** The same for given interfaces and routes. IPv6 addresses of a link are left out, because no browser opens them. */
export function orderAddresses(
  families: readonly ('IPv4' | 'IPv6')[],
  interfaces: Interfaces,
  tables: RouteTables,
): readonly string[] {
  const defaults = { IPv4: findDefault4(tables.ipv4), IPv6: findDefault6(tables.ipv6) };
  return Object.entries(interfaces)
    .flatMap(([name, addresses]) =>
      (addresses ?? []).map((one) => ({ name: name.replace(/:.*/, ''), ...one })),
    )
    .filter(
      ({ family, internal, address }) => families.includes(family) && !internal && !/^fe80:/i.test(address),
    )
    .map(({ name, family, address }) => {
      const doubts = [
        address.startsWith('169.254.'),
        tunnel.test(name),
        name !== defaults[family],
        internalBridge.test(name),
        family === 'IPv6',
      ];
      return { address, rank: doubts.map(Number).join('') };
    })
    .toSorted((a, b) => a.rank.localeCompare(b.rank))
    .map(({ address }) => address);
}

/** The interface of the default route: destination and mask 0, and the smallest metric. */
function findDefault4(table: string): string | undefined {
  return findBest(
    toRows(table).map(([name, destination, , flags, , , metric, mask]) => ({
      name,
      isDefault: destination === '00000000' && mask === '00000000',
      flags: Number.parseInt(flags ?? '', 16),
      metric: Number(metric),
    })),
  );
}

function findDefault6(table: string): string | undefined {
  return findBest(
    toRows(table).map(([destination = '', length, , , , metric = '', , , flags = '', name]) => ({
      name,
      isDefault: /^0+$/.test(destination) && length === '00',
      flags: Number.parseInt(flags, 16),
      metric: Number.parseInt(metric, 16),
    })),
  );
}

function findBest(
  routes: readonly {
    readonly name: string | undefined;
    readonly isDefault: boolean;
    readonly flags: number;
    readonly metric: number;
  }[],
): string | undefined {
  return routes
    .filter(({ isDefault, flags }) => isDefault && (flags & isUp) !== 0 && (flags & refuses) === 0)
    .toSorted((a, b) => a.metric - b.metric)[0]?.name;
}

function toRows(table: string): string[][] {
  return table.split('\n').map((line) => line.trim().split(/\s+/));
}

/** Some sandboxes do not let a process look. */
function loadInterfaces(): Interfaces {
  try {
    return os.networkInterfaces();
  } catch {
    return {};
  }
}

function loadTable(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
