// The door: every request comes by here first. Strangers get their one answer; who has the keys is let in.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Admitted, Presented } from '../gate.ts';
import type { Refusal } from '../history/attempt.ts';
import type { Logger } from '../log/log.ts';
import type { Trigger } from '../trigger.ts';
import { toNetwork, toPlainAddress } from './address.ts';
import { toTarget, type Target } from './call.ts';
import type { Flood } from './flood.ts';
import type { HomePart } from './home-parts.ts';
import { answerBrokenConnection, answerStranger } from './stranger.ts';

/** A call that was let in. */
export type AdmittedCall = TaskCall | HomeCall | OverviewCall | RunCall;

/** A call that may start a task. `path` is the task's own address, undefined for a button of the overview. */
export interface TaskCall {
  readonly kind: 'task';
  readonly admission: Admitted;
  readonly query: string;
  readonly path: string | undefined;
}

/** A call for what belongs to the icon of a task on a home screen; `path` is the task's address. */
export interface HomeCall {
  readonly kind: 'home';
  readonly admission: Admitted;
  readonly part: HomePart;
  readonly path: string;
}

/** A call for the overview of these tasks. */
export interface OverviewCall {
  readonly kind: 'overview';
  readonly tasks: readonly Admitted[];
  readonly query: string;
}

/** A call about a run that there is. */
export interface RunCall {
  readonly kind: 'run' | 'stop' | 'again';
  readonly runId: Uint8Array;
  readonly address: string;
  readonly query: string;
}

export interface Door {
  /** Answers a stranger and returns undefined, or returns the call that is to be served. */
  enter(request: IncomingMessage, response: ServerResponse): AdmittedCall | undefined;
  /** Has everything that never becomes a request answered like any stranger. */
  guard(server: Server): void;
}

export interface DoorOptions {
  readonly trigger: Pick<Trigger, 'admit' | 'admitToOverview' | 'look'>;
  readonly flood: Flood;
  readonly logger: Logger;
  readonly toAddress: (request: IncomingMessage) => string;
}

export function createDoor({ trigger, flood, logger, toAddress }: DoorOptions): Door {
  const refuse = (address: string, why: Refusal | 'preview'): void => {
    if (why === 'preview') logger.debug({ event: 'ignored', address }, `Ignored a call from ${address} that is nobody's wish (preview)`);
    else flood.count({ address, network: toNetwork(address), why });
  };
  /** Connections on which HTTP went wrong and was answered: Node may still read requests from them, or find more that is wrong. */
  const broken = new WeakSet<Duplex>();
  const refuseConnection = (socket: Duplex & { readonly remoteAddress?: string | undefined }): void => {
    broken.add(socket);
    refuse(toPlainAddress(socket.remoteAddress ?? ''), 'syntax');
    answerBrokenConnection(socket);
  };
  /** The last admitted call of a connection that still waits for its answer. */
  const serving = new WeakMap<Duplex, ServerResponse>();
  const admit = (request: IncomingMessage, response: ServerResponse, call: AdmittedCall): AdmittedCall => {
    const { socket } = request;
    serving.set(socket, response);
    response.once('close', () => {
      if (serving.get(socket) === response) serving.delete(socket);
    });
    return call;
  };
  const toCall = (target: Target, address: string): AdmittedCall | { readonly kind: 'nothing'; readonly mismatch: Refusal | 'preview' } => {
    switch (target.kind) {
      case 'nothing':
        return target;
      case 'task':
      case 'home': {
        const admission = trigger.admit({ ...target.presented, address });
        if (admission.kind === 'mismatch') return { kind: 'nothing', mismatch: admission.mismatch };
        const path = toPath(target.presented);
        return target.kind === 'task'
          ? { kind: 'task', admission, query: target.query, path }
          : { kind: 'home', admission, part: target.part, path };
      }
      case 'overview': {
        const admission = trigger.admitToOverview({ magicKey: target.magicKey, address });
        if (admission.kind === 'mismatch') return { kind: 'nothing', mismatch: admission.mismatch };
        return toOverviewCall(admission.tasks, target) ?? { kind: 'nothing', mismatch: 'task-key' };
      }
      case 'run':
      case 'stop':
      case 'again':
        if (trigger.look(target.runId) === undefined) return { kind: 'nothing', mismatch: 'run' };
        return { kind: target.kind, runId: target.runId, address, query: target.query };
      default:
        return target satisfies never;
    }
  };
  return {
    enter(request, response) {
      if (broken.has(request.socket)) return undefined;
      const address = toAddress(request);
      const call = toCall(toTarget(request), address);
      if (call.kind !== 'nothing') return admit(request, response, call);
      if (call.mismatch === 'syntax') broken.add(request.socket);
      answerStranger(response, call.mismatch === 'syntax' ? 400 : 404);
      refuse(address, call.mismatch);
      return undefined;
    },
    guard(server) {
      server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
        const response = serving.get(socket);
        if (error.code === 'ECONNRESET') socket.destroy();
        // What has been started is answered as started, and the connection closed behind it.
        else if (response?.headersSent === false) response.shouldKeepAlive = false;
        else if (!broken.has(socket)) refuseConnection(socket);
      });
      server.on('connect', (_request: IncomingMessage, socket: Duplex) => refuseConnection(socket));
      server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => server.emit('request', request, response));
      server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
        answerStranger(response);
        refuse(toAddress(request), 'syntax');
      });
      server.on('tlsClientError', (_error: Error, socket: Duplex) => socket.destroy());
    },
  };
}

/** The overview itself, or the start of the task whose button was pressed: that is asked about like a question, so that each press starts once. */
function toOverviewCall(tasks: readonly Admitted[], { isStart, query }: Target & { kind: 'overview' }): AdmittedCall | undefined {
  if (!isStart) return { kind: 'overview', tasks, query };
  const id = new URLSearchParams(query).get('task');
  const admission = tasks.find(({ task }) => task === id);
  return admission === undefined ? undefined : { kind: 'task', admission: { ...admission, asksFirst: true }, query, path: undefined };
}

/** The path of two keys, in one form however they were written. */
function toPath({ magicKey, taskKey }: Omit<Presented, 'address'>): string {
  return [magicKey, taskKey].map((key) => `/${encodeURIComponent(Buffer.from(key).toString())}`).join('');
}
