// Who is on the line: each request is looked at once, before anything else, and only who may enter comes further.
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { createBodyDiscard } from '../listener/bodies.ts';
import type { Connections } from '../listener/connections.ts';
import { isEvents, withoutMark } from './gate/automatic.ts';
import { chooseLanguage } from '../languages/languages.ts';
import { isCsrfTokenOf } from './gate/csrf.ts';
import type { Entry, Gate, Visitor } from './gate/gate.ts';
import type { Reader } from './pages/page.ts';
import { answerAsStranger, sendMessage, sendCardPage } from './replies.ts';
import { renderSignInPage } from './pages/sign-in-page.ts';

/** Somebody who was let in. */
interface Caller {
  readonly visitor: Visitor;
  readonly entry: Extract<Entry, { kind: 'admin' }>;
  readonly reader: Reader;
  /** Aborted when a stream should end, because the admin went away or there are too many. */
  readonly leaving: AbortSignal;
}

export interface Callers {
  /** Who sends a request that has come past the hooks; a mistake of ours where nobody was let in. */
  callerOf(request: FastifyRequest): Caller;
  visitorOf(request: FastifyRequest): Visitor;
}

export interface CallersOptions {
  readonly gate: () => Gate;
  readonly hasSignInPage: () => boolean;
  readonly readVisitor: (request: IncomingMessage) => Visitor;
  readonly isFromOwnPage: (request: IncomingMessage, visitor: Visitor) => boolean;
  /** Whether a request is one that machines may make without a sign-in. */
  readonly isWatch: (request: IncomingMessage, visitor: Visitor) => boolean;
  /** Holds a place for a request until it is answered: as that of an admin (`start`), or of a machine that watches (`visit`). */
  readonly hold: Connections['hold'];
  /** Reads the body of a POST away that is refused without being looked at. */
  readonly discardBody: ReturnType<typeof createBodyDiscard>;
}

/** Where a sign-in form is sent to. */
export const signInPath = '/sign-in';

const Form = z.record(z.string(), z.string());

/** A form as it was sent, its fields cut to a sensible length; empty where it is none. */
export function readForm({ body }: FastifyRequest): Readonly<Record<string, string>> {
  return Form.safeParse(body).data ?? {};
}

/** Puts the hooks that look at each request before everything else into an app. */
export function addCallers(
  app: FastifyInstance,
  { gate, hasSignInPage, readVisitor, isFromOwnPage, isWatch, hold, discardBody }: CallersOptions,
): Callers {
  const callers = new WeakMap<IncomingMessage, Caller>();
  const visitors = new WeakMap<IncomingMessage, Visitor>();
  const isSignIn = ({ raw: { method, url } }: FastifyRequest): boolean => method === 'POST' && url === signInPath && hasSignInPage();
  const refuse = (reply: FastifyReply, { raw }: FastifyRequest, hadSession: boolean): FastifyReply => {
    const { method, url = '/' } = raw;
    if (method === 'POST') discardBody(raw, { mayWait: false });
    if (!hasSignInPage()) return answerAsStranger(reply);
    const to = method === 'GET' ? toOwnPath(withoutMark(url)) : '/';
    return sendCardPage(
      reply,
      403,
      renderSignInPage(
        { fields: gate().fields, to, problem: hadSession ? { problem: 'session-over' } : undefined },
        chooseLanguage(reply.request.raw),
      ),
    );
  };

  app.addHook('onRequest', async (request, reply) => {
    const { raw } = request;
    if (raw.method !== 'GET' && raw.method !== 'POST') return answerAsStranger(reply);
    const visitor = readVisitor(raw);
    visitors.set(raw, visitor);
    if (isWatch(raw, visitor)) {
      hold(raw, reply.raw, 'visit');
      return undefined;
    }
    const isOwn = !visitor.isPost || isFromOwnPage(raw, visitor);
    if (!isSignIn(request)) {
      const entry = await gate().admit(visitor);
      const isOver = entry.kind === 'stranger' && entry.setCookies.length > 0;
      // While only the page asks, the cookie stays: by it the page that is shown in the end knows that there was a session.
      if (entry.setCookies.length > 0 && !(isOver && visitor.isAutomatic)) reply.header('Set-Cookie', [...entry.setCookies]);
      if (entry.kind === 'stranger') return refuse(reply, request, isOver);
      callers.set(raw, {
        visitor,
        entry,
        reader: { user: entry.user, csrfToken: entry.csrfToken, canSignOut: gate().fields.length > 0, language: chooseLanguage(raw) },
        leaving: hold(raw, reply.raw, 'start'),
      });
    }
    return isOwn ? undefined : sendMessage(reply, 403, ({ refused, foreign }) => [refused, foreign]);
  });
  app.addHook('preHandler', async (request, reply) => {
    const caller = callers.get(request.raw);
    if (request.raw.method !== 'POST' || caller === undefined || isCsrfTokenOf(caller.entry, readForm(request)['csrf'] ?? ''))
      return undefined;
    return sendMessage(reply, 403, ({ refused, tooOld }) => [refused, tooOld]);
  });
  return {
    callerOf({ raw }) {
      const caller = callers.get(raw);
      if (caller === undefined) throw new Error('Nobody was let in');
      return caller;
    },
    visitorOf: ({ raw }) => visitors.get(raw) ?? readVisitor(raw),
  };
}

/** A path of ours to go to after a sign-in: never another host's, and nothing that is no page. */
export function toOwnPath(path: string): string {
  return /^\/(?![/\\])[\w\-./~%?&=+:]{0,500}$/.test(path) && !/^\/(?:metrics|healthz|sign-)/.test(path) && !isEvents(path) ? path : '/';
}
