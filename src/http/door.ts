// The door: every request passes it first. Strangers get their one answer; callers with the right keys are let in.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Admitted, Presented } from '../entry/gate.ts';
import type { Refusal } from '../attempts/attempt.ts';
import type { Logger } from '../log/log.ts';
import type { Trigger } from '../entry/trigger.ts';
import type { RunFeed } from '../runs/run-view.ts';
import { toNetwork, toPlainAddress } from '../listener/address.ts';
import { toTarget, type Target } from './call.ts';
import type { Connections } from '../listener/connections.ts';
import type { Flood } from '../attempts/flood.ts';
import type { HomePart } from './pages/home-parts.ts';
import { guardServer } from '../listener/listener.ts';
import { answerBrokenConnection, answerStranger } from '../listener/stranger.ts';

/** A call that was let in. */
export type AdmittedCall = TaskCall | HomeCall | OverviewCall | RunCall;

/** A call that may start a task. `path` is the task's address, or undefined for a button of the overview. */
export interface TaskCall {
  readonly kind: 'task';
  readonly admission: Admitted;
  readonly query: string;
  readonly path: string | undefined;
}

/** A call for a part of a task's icon on a home screen; `path` is the task's address. */
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

/** A call about an existing run. */
export interface RunCall {
  readonly kind: 'run' | 'stop' | 'again';
  readonly feed: RunFeed;
  readonly address: string;
  readonly query: string;
}

/** A call that opens nothing, and why. `opened` is set if the keys were right, but this kind of request never starts anything. */
interface Nothing {
  readonly kind: 'nothing';
  readonly mismatch: Refusal | 'preview';
  readonly opened?: Admitted | undefined;
}

/** How often a request with the right keys that never starts anything is logged. */
const noteEveryMs = 60_000;

export interface Door {
  /** Answers a stranger and returns undefined, or returns the call to serve. */
  enter(request: IncomingMessage, response: ServerResponse): AdmittedCall | undefined;
  /** Answers everything that never becomes a request like any stranger. */
  guard(server: Server): void;
}

export interface DoorOptions {
  readonly trigger: Pick<Trigger, 'admit' | 'admitToOverview' | 'look'>;
  readonly flood: Flood;
  readonly logger: Logger;
  readonly toAddress: (request: IncomingMessage) => string;
  readonly connections: Pick<Connections, 'isInTurn' | 'breakOff' | 'serveNoMore'>;
}

export function createDoor({ trigger, flood, logger, toAddress, connections }: DoorOptions): Door {
  const refuse = (address: string, why: Refusal | 'preview'): void => {
    if (why === 'preview')
      logger.debug({ event: 'ignored', address }, `Ignored a preview or prefetch request from ${address}`);
    else flood.count({ address, network: toNetwork(address), why });
  };
  const noteKindOfRequest = createKindOfRequestNote(logger);
  const toCall = (target: Target, address: string): AdmittedCall | Nothing => {
    switch (target.kind) {
      case 'nothing': {
        const { mismatch, presented } = target;
        // Right and wrong keys cause the same work here, too.
        const admission = presented === undefined ? undefined : trigger.admit({ ...presented, address });
        return { kind: 'nothing', mismatch, opened: admission?.kind === 'admitted' ? admission : undefined };
      }
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
      case 'again': {
        const feed = trigger.look(target.runId);
        if (feed === undefined) return { kind: 'nothing', mismatch: 'run' };
        return { kind: target.kind, feed, address, query: target.query };
      }
      default:
        return target satisfies never;
    }
  };
  return {
    enter(request, response) {
      const address = toAddress(request);
      const call = toCall(toTarget(request), address);
      if (call.kind !== 'nothing') return call;
      if (call.mismatch === 'syntax') connections.serveNoMore(request.socket);
      answerStranger(response, call.mismatch === 'syntax' ? 400 : 404);
      if (call.opened === undefined) refuse(address, call.mismatch);
      else noteKindOfRequest(call.opened, request);
      return undefined;
    },
    guard(server) {
      guardServer(server, connections, {
        answerBroken(socket: Duplex & { readonly remoteAddress?: string | undefined }) {
          refuse(toPlainAddress(socket.remoteAddress ?? ''), 'syntax');
          answerBrokenConnection(socket);
        },
        answerExpectation(request, response) {
          answerStranger(response);
          const address = toAddress(request);
          const call = toCall(toTarget(request), address);
          if (call.kind === 'task') noteKindOfRequest(call.admission, request);
          else refuse(address, 'syntax');
        },
      });
    },
  };
}

/** Logs why a request with the right keys started nothing, at most once a minute for each task. */
function createKindOfRequestNote(logger: Logger): (opened: Admitted, request: IncomingMessage) => void {
  const notedMs = new Map<string, number>();
  return ({ task, name, label, address }, { method, headers }) => {
    const nowMs = performance.now();
    if (nowMs - (notedMs.get(task) ?? -Infinity) < noteEveryMs) return;
    notedMs.set(task, nowMs);
    const whose = label === undefined ? address : `${label}, ${address}`;
    const isStarting = method === 'GET' || method === 'POST';
    const why =
      headers.expect !== undefined && isStarting && !/^100-continue$/i.test(headers.expect)
        ? 'its Expect header asks for something unknown'
        : isStarting
          ? 'it looks like a prefetch, a preview, or a part of another page'
          : `${method} never starts anything`;
    logger.info(
      { event: 'ignored', task, label, address, method },
      `Did not start ${name} for ${whose}: ${why}`,
    );
  };
}

/** The overview itself, or the start of the task whose button was pressed; a button works like an answered question, so that each press starts once. */
function toOverviewCall(
  tasks: readonly Admitted[],
  { isStart, query }: Target & { kind: 'overview' },
): AdmittedCall | undefined {
  if (!isStart) return { kind: 'overview', tasks, query };
  const id = new URLSearchParams(query).get('task');
  const admission = tasks.find(({ task }) => task === id);
  return admission === undefined
    ? undefined
    : { kind: 'task', admission: { ...admission, asksFirst: true }, query, path: undefined };
}

/** The path of two keys, in one form however the caller encoded them. */
function toPath({ magicKey, taskKey }: Omit<Presented, 'address'>): string {
  return [magicKey, taskKey].map((key) => `/${encodeURIComponent(Buffer.from(key).toString())}`).join('');
}
