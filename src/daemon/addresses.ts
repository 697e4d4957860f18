// The addresses that start the tasks: built from the keys that the config holds in clear, and shown in a terminal only.
import { isIPv6 } from 'node:net';
import type { LoadedConfig } from '../config/load.ts';
import { listLanAddresses } from './lan-addresses.ts';

/** The parts of the config that an address is made of. */
type Listened = Pick<LoadedConfig, 'tls'> & {
  readonly server: Pick<LoadedConfig['server'], 'listen' | 'port'>;
};

/** The URL under which the daemon can most likely be called from the same network. */
export function toBaseUrl(listened: Listened): string {
  const [first = ''] = toBaseUrls(listened);
  return first;
}

/** All such URLs, the likeliest first: several if it listens on all addresses of this machine. */
export function toBaseUrls({ server, tls }: Listened): readonly string[] {
  return listHosts(server.listen).map(
    (host) => `${tls === undefined ? 'http' : 'https'}://${isIPv6(host) ? `[${host}]` : host}:${server.port}`,
  );
}

/** A task's URL, with its keys escaped. */
export function toTaskUrl(baseUrl: string, magicKey: string, taskKey: string): string {
  return `${toOverviewUrl(baseUrl, magicKey)}${encodeURIComponent(taskKey)}`;
}

/** The URL of the overview. */
export function toOverviewUrl(baseUrl: string, magicKey: string): string {
  return `${baseUrl.replace(/\/+$/, '')}/${encodeURIComponent(magicKey)}/`;
}

/** The address of the page that puts a task on a home screen, and starts nothing. */
export function toHomeUrl(taskUrl: string): string {
  return `${taskUrl}/home`;
}

function listHosts(listen: string): readonly string[] {
  if (listen !== '0.0.0.0' && listen !== '::') return [listen];
  const found = listLanAddresses(listen === '::' ? ['IPv4', 'IPv6'] : ['IPv4']);
  return found.length === 0 ? ['127.0.0.1'] : found;
}
