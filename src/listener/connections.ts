// Connections: the one place that bounds what each may cost, and how many there may be, however requests arrive.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import {
  breakOff,
  createConnection,
  keepOpenForProxy,
  stopParsing,
  toPeer,
  type Connection,
} from './connection.ts';
import { createCrowd } from './crowd.ts';
import { createHolding } from './holding.ts';
import { readOpenFilesLimit, toAffordable } from './open-files.ts';
import { createTurns } from './turns.ts';
import { createUnanswered } from './unanswered.ts';

/** How many connections a listener may have, before the limit on open files is applied. */
export interface ConnectionLimits {
  readonly max: number;
  readonly maxPerAddress: number;
  /** How many answers to starts may be pending; their connections do not count towards the other two limits. */
  readonly maxStarts: number;
  /** How many other answers to admitted calls may be pending: waits, streams, and what is not read. */
  readonly maxVisits: number;
}

export interface ConnectionOptions {
  /** Whether an address belongs to a trusted proxy. */
  readonly isExempt: (address: string) => boolean;
  /** How many files the process may have open: with few, all limits shrink in proportion. */
  readonly openFilesLimit?: number;
}

export interface Connections {
  /**
   * Counts a request until its answer has been handed to the system. Returns false if it must not be served: because the
   * connection is broken, or because it has sent too many requests and has been destroyed. An answer that the client does not
   * read takes a hundred times the memory of its request.
   */
  isInTurn(request: IncomingMessage, response: ServerResponse): boolean;
  /**
   * Holds a place for an admitted call until it is answered. While a start holds a place, its connection never gives way to
   * newcomers. The signal is aborted when the call should be answered at once: because its place is needed, or
   * because the client disconnected or closed its side, which may look the same.
   */
  hold(request: IncomingMessage, response: ServerResponse, kind: 'start' | 'visit'): AbortSignal;
  /** Serves a visit that is held as soon as its turn has come, or never if its connection is closed before. */
  serveInTurn(response: ServerResponse, serve: () => void): void;
  /** Serves no further request of a connection; the connection closes after the answer that was already given. */
  serveNoMore(socket: Duplex): void;
  /**
   * Serves no further request of a connection, because the client sent something that is not HTTP. Returns true if a 400 may be
   * written to it. Otherwise the connection is closed after the admitted calls, or at once if a 400 would end up inside an answer.
   */
  breakOff(socket: Duplex): boolean;
  /** Destroys all connections, including those in the middle of a TLS handshake. */
  destroyAll(): void;
}

/** Bounds the connections of a server. An address in `isExempt` (a proxy) may have as many connections as all others together. */
export function limitConnections(
  server: Server,
  { isExempt, openFilesLimit = readOpenFilesLimit(), ...limits }: ConnectionLimits & ConnectionOptions,
): Connections {
  const afford = (connections: number): number => toAffordable(connections, openFilesLimit);
  const crowd = createCrowd<Connection>({
    max: afford(limits.max),
    maxPerAddress: afford(limits.maxPerAddress),
    isExempt,
  });
  const turns = createTurns();
  const unanswered = createUnanswered(crowd, turns);
  /** Not `instanceof https.Server`: that would load `node:https`, which takes memory, even if it is not used. */
  const isTls = 'setSecureContext' in server;
  /** The open ones. Not a WeakMap, which costs a flood a tenth of its pace. */
  const connections = new Map<Duplex, Connection>();
  /** Connections whose handshake is not done, by the client's port: the socket inside TLS differs from the raw one. */
  const handshaking = new Map<string, Connection>();

  const join = (connection: Connection): void => void crowd.add(connection)?.socket.destroy();
  const holding = createHolding({
    maxStarts: afford(limits.maxStarts),
    maxVisits: afford(limits.maxVisits),
    leaveCrowd: crowd.remove,
    joinCrowd: join,
  });
  const forget = (connection: Connection): void => {
    if (!connection.isOpen) return;
    connection.isOpen = false;
    crowd.remove(connection);
    unanswered.forget(connection);
    holding.endAll(connection);
  };
  const follow = (connection: Connection, socket: Socket): void => {
    connection.socket = socket;
    connections.set(socket, connection);
    socket.on('end', () => {
      for (const held of connection.held) held.leave();
    });
    socket.on('close', () => {
      connections.delete(socket);
      turns.drop(socket);
      forget(connection);
    });
  };
  const onAnswered = (connection: Connection): void => {
    if (!connection.isOpen) return;
    unanswered.remove(connection);
    keepOpenForProxy(connection);
    // A caller that is let in is read on, so that it is noticed when it goes away.
    if (connection.held.length === 0 && connection.socket.writable) turns.queue(connection.socket);
  };
  server.on('connection', (socket: Socket) => {
    turns.countConnection();
    const connection = createConnection(socket, { isExempt, onAnswered });
    follow(connection, socket);
    join(connection);
    if (!isTls) return;
    const peer = toPeer(socket);
    handshaking.set(peer, connection);
    socket.once('close', () => handshaking.delete(peer));
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    const connection = handshaking.get(toPeer(socket));
    if (connection === undefined) socket.destroy();
    else follow(connection, socket);
  });

  return {
    isInTurn({ socket }, response) {
      const connection = connections.get(socket);
      if (connection === undefined || connection.isBroken || socket.destroyed) {
        stopParsing(socket);
        return false;
      }
      if (unanswered.add(connection)) {
        socket.destroy();
        stopParsing(socket);
        return false;
      }
      response.on('finish', connection.onAnswered);
      return true;
    },
    hold({ socket }, response, kind) {
      const connection = connections.get(socket);
      return connection === undefined ? AbortSignal.abort() : holding.hold(connection, response, kind);
    },
    serveInTurn: holding.serveInTurn,
    serveNoMore(socket) {
      const connection = connections.get(socket);
      if (connection !== undefined) connection.isBroken = true;
    },
    breakOff(socket) {
      const connection = connections.get(socket);
      turns.drop(socket);
      return connection === undefined || breakOff(connection);
    },
    destroyAll: () => connections.forEach(({ socket }) => socket.destroy()),
  };
}
