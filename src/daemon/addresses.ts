// The addresses that start the tasks: built from the keys that the config holds in clear, and shown in a terminal only.
import os from 'node:os';
import { isIPv6 } from 'node:net';
import { renderUnicodeCompact } from 'uqr';
import type { LoadedConfig } from '../config/load.ts';

/** The URL under which the daemon can be called from the same network. */
export function toBaseUrl({
  server,
  tls,
}: Pick<LoadedConfig, 'tls'> & { readonly server: Pick<LoadedConfig['server'], 'listen' | 'port'> }): string {
  const host = server.listen === '0.0.0.0' || server.listen === '::' ? findLanAddress() : server.listen;
  return `${tls === undefined ? 'http' : 'https'}://${isIPv6(host) ? `[${host}]` : host}:${server.port}`;
}

/** A task's URL, with its keys escaped. */
export function toTaskUrl(baseUrl: string, magicKey: string, taskKey: string): string {
  return `${toOverviewUrl(baseUrl, magicKey)}${encodeURIComponent(taskKey)}`;
}

/** The URL of the overview. */
export function toOverviewUrl(baseUrl: string, magicKey: string): string {
  return `${baseUrl.replace(/\/+$/, '')}/${encodeURIComponent(magicKey)}/`;
}

/** A QR code for a terminal, readable on a dark and on a light background. */
export function renderQrCode(text: string): string {
  return renderUnicodeCompact(text, { border: 2 });
}

/** The first IPv4 address of this machine that others on its network can reach. */
function findLanAddress(): string {
  const all = Object.values(os.networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}
