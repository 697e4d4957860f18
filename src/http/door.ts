// The door: every request passes it first. Strangers get their one answer; callers with the right keys are let in.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Admitted, Presented } from '../entry/gate.ts';
import type { Refusal } from '../attempts/attempt.ts';
import type { Logger } from '../log/log.ts';
import type { Trigger } from '../entry/trigger.ts';
import type { RunFeed } from '../runs/run-view.ts';
import { toNetwork, toPlainAddress } from '../listener/address.ts';
import { findBrokenRule, toParserRule } from './broken-rules.ts';
import { toTarget, type Target } from './call.ts';
import type { Connections } from '../listener/connections.ts';
import type { Flood } from '../attempts/flood.ts';
import { findEarlier, type EarlierCall } from './guest-runs.ts';
import { createHindranceLog, toHindrance } from './hindrance.ts';
import type { HomePart } from './pages/home-parts.ts';
import { guardServer } from '../listener/listener.ts';
import { answerBrokenConnection, answerStranger } from '../listener/stranger.ts';

/** A call that was let in. */
export type AdmittedCall = TaskCall | HomeCall | OverviewCall | RunCall | EarlierCall;

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
  readonly kind: 'run' | 'stop' | 'again' | 'then';
  readonly feed: RunFeed;
  readonly address: string;
  readonly query: string;
}

/** A call that opens nothing, and why. `opened` is set if the keys were right, but this kind of request never starts anything. */
interface Nothing {
  readonly kind: 'nothing';
  readonly mismatch: Refusal | 'preview' | 'pasted';
  readonly opened?: Admitted | undefined;
}

export interface Door {
  /** Answers a stranger and returns undefined, or returns the call to serve. */
  enter(request: IncomingMessage, response: ServerResponse): AdmittedCall | undefined;
  /** Answers everything that never becomes a request like any stranger. */
  guard(server: Server): void;
}

export interface DoorOptions {
  readonly trigger: Pick<Trigger, 'admit' | 'admitToOverview' | 'findPressed' | 'look'>;
  readonly flood: Flood;
  readonly logger: Logger;
  readonly toAddress: (request: IncomingMessage) => string;
  readonly connections: Pick<Connections, 'isInTurn' | 'breakOff' | 'serveNoMore'>;
}

export function createDoor({ trigger, flood, logger, toAddress, connections }: DoorOptions): Door {
  const refuse = (address: string, why: Nothing['mismatch'], rule?: string): void => {
    if (why === 'preview')
      logger.debug({ event: 'ignored', address }, `Ignored a preview or prefetch request from ${address}`);
    else if (why !== 'pasted') flood.count({ address, network: toNetwork(address), why, rule });
  };
  const logHindrance = createHindranceLog(logger);
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
        if (admission.kind === 'mismatch') {
          const earlier = target.kind === 'task' ? findEarlier(trigger, target) : undefined;
          if (earlier !== undefined) return earlier;
          const pasted = target.kind === 'task' ? target.pasted : undefined;
          const opened = pasted === undefined ? undefined : trigger.admit({ ...pasted, address });
          return opened?.kind === 'admitted'
            ? { kind: 'nothing', mismatch: 'pasted', opened }
            : { kind: 'nothing', mismatch: admission.mismatch };
        }
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
      case 'then': {
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
      const broken = findBrokenRule(request);
      const call = toCall(toTarget(request, broken), address);
      if (call.kind !== 'nothing') return call;
      const mismatch = broken === undefined ? call.mismatch : 'syntax';
      if (mismatch === 'syntax') connections.serveNoMore(request.socket);
      answerStranger(response, mismatch === 'syntax' ? 400 : 404);
      if (call.opened === undefined) refuse(address, mismatch, broken?.rule);
      else logHindrance(call.opened, request, toHindrance(call.mismatch, request, broken));
      return undefined;
    },
    guard(server) {
      guardServer(server, connections, {
        answerBroken(socket: Duplex & { readonly remoteAddress?: string | undefined }, error) {
          // A browser opens connections in advance: if nothing was sent on one, there was no call.
          const isUnused = 'bytesRead' in socket && socket.bytesRead === 0;
          if (!isUnused)
            refuse(
              toPlainAddress(socket.remoteAddress ?? ''),
              'syntax',
              error === undefined ? 'the method CONNECT' : toParserRule(error),
            );
          answerBrokenConnection(socket);
        },
        answerExpectation(request, response) {
          answerStranger(response);
          const address = toAddress(request);
          const call = toCall(toTarget(request), address);
          const why = 'its Expect header asks for something unknown';
          if (call.kind === 'task') logHindrance(call.admission, request, { why, isMistake: true });
          else refuse(address, 'syntax', 'an unknown Expect header');
        },
      });
    },
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
