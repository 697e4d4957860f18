// Connections: slow ones are cut by Node's own clocks, and too many give way, oldest first.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Limits in time and number that hold the listener together under idle, slow and many clients. */
export const serverLimits = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  requireHostHeader: false,
  insecureHTTPParser: false,
} as const;

/** How many requests a client may send at once, ahead of their answers; browsers and curl send one. */
const maxAhead = 32;

export interface Connections {
  /**
   * Counts the requests that come at once on a connection. False for one too many: then the connection has been cut,
   * since each answer that nobody reads takes a hundred times the memory of its request.
   */
  isInTurn(socket: Socket): boolean;
  /** Marks a connection as used by somebody with the right keys: it never has to give way. */
  keep(socket: Socket): void;
}

/** Bounds the connections of a server, in all and from one address; addresses in `isExempt`, the proxies, may have as many as all. */
export function limitConnections(
  server: Server,
  {
    max,
    maxPerAddress,
    isExempt,
  }: { readonly max: number; readonly maxPerAddress: number; readonly isExempt: (address: string) => boolean },
): Connections {
  const open = new Set<Socket>();
  const perAddress = new Map<string, Set<Socket>>();
  const addresses = new WeakMap<Socket, string>();
  const forget = (socket: Socket): void => {
    const address = addresses.get(socket) ?? '';
    const fromHere = perAddress.get(address);
    open.delete(socket);
    if (fromHere?.delete(socket) === true && fromHere.size === 0) perAddress.delete(address);
  };
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const fromHere = perAddress.get(address) ?? new Set<Socket>();
    perAddress.set(address, fromHere.add(socket));
    addresses.set(socket, address);
    open.add(socket);
    socket.once('close', () => forget(socket));
    // The newcomer stays: behind one router the owner and a scanner may have the same address.
    const crowd = fromHere.size > maxPerAddress && !isExempt(address) ? fromHere : open.size > max ? open : undefined;
    const [oldest] = crowd ?? [];
    if (oldest === undefined) return;
    forget(oldest);
    oldest.destroy();
  });
  /** Requests by connection in this turn of the event loop; in the next one Node's own back-pressure is in force. */
  const atOnce = new Map<Socket, number>();
  return {
    isInTurn(socket) {
      if (atOnce.size === 0) setImmediate(() => atOnce.clear());
      const count = (atOnce.get(socket) ?? 0) + 1;
      atOnce.set(socket, count);
      if (count > maxAhead) socket.destroy();
      return !socket.destroyed;
    },
    keep: forget,
  };
}
