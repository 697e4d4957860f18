// Authenticates every admin request before any route runs.
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { createBodyDiscard } from '../listener/bodies.ts';
import type { Connections } from '../listener/connections.ts';
import { isEvents, withoutMark } from './gate/automatic.ts';
import { chooseLanguage } from '../languages/languages.ts';
import { toRoot } from '../listener/root.ts';
import { isCsrfTokenOf } from './gate/csrf.ts';
import type { Entry, AdminGate, Visitor } from './gate/gate.ts';
import type { Reader } from './pages/page.ts';
import { answerAsStranger, sendMessage, sendCardPage } from './replies.ts';
import { renderSignInPage } from './pages/sign-in-page.ts';

/** An admitted admin. */
interface Caller {
  readonly visitor: Visitor;
  readonly entry: Extract<Entry, { kind: 'admin' }>;
  readonly reader: Reader;
  /** Aborted when a stream should end, because the admin went away or there are too many. */
  readonly leaving: AbortSignal;
}

export interface Callers {
  /** The admin who sent a request that passed the hooks; throws (a bug of ours) if the request was not admitted. */
  callerOf(request: FastifyRequest): Caller;
  visitorOf(request: FastifyRequest): Visitor;
}

export interface CallersOptions {
  readonly gate: () => AdminGate;
  readonly hasSignInPage: () => boolean;
  readonly readVisitor: (request: IncomingMessage) => Visitor;
  readonly isFromOwnPage: (request: IncomingMessage, visitor: Visitor) => boolean;
  /** Whether machines may make a request without a sign-in. */
  readonly isWatch: (request: IncomingMessage, visitor: Visitor) => boolean;
  /** Holds a place for a request until it is answered: that of an admin (`start`), or of a machine that watches (`visit`). */
  readonly hold: Connections['hold'];
  /** Called for each request of an admin. */
  readonly noteCaller: (request: IncomingMessage) => void;
  /** Discards the body of a POST that is refused unread. */
  readonly discardBody: ReturnType<typeof createBodyDiscard>;
}

/** The path that sign-in forms are posted to. */
export const signInPath = '/sign-in';

const Form = z.record(z.string(), z.string());

/** A form as it was sent, with its fields cut to a sensible length; empty if the body is not a form. */
export function readForm({ body }: FastifyRequest): Readonly<Record<string, string>> {
  return Form.safeParse(body).data ?? {};
}

/** Adds the hooks that authenticate each request before anything else to an app. */
export function addCallers(
  app: FastifyInstance,
  { gate, hasSignInPage, readVisitor, isFromOwnPage, isWatch, hold, noteCaller, discardBody }: CallersOptions,
): Callers {
  const callers = new WeakMap<IncomingMessage, Caller>();
  const visitors = new WeakMap<IncomingMessage, Visitor>();
  const isSignIn = ({ raw: { method, url } }: FastifyRequest): boolean =>
    method === 'POST' && url === signInPath && hasSignInPage();
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
        { language: chooseLanguage(raw), root: toRoot(url) },
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
      // The cookie stays while only the page itself sends requests: it tells the next page that there was a session.
      if (entry.setCookies.length > 0 && !(isOver && visitor.isAutomatic))
        reply.header('Set-Cookie', [...entry.setCookies]);
      if (entry.kind === 'stranger') return refuse(reply, request, isOver);
      callers.set(raw, {
        visitor,
        entry,
        reader: {
          user: entry.user,
          csrfToken: entry.csrfToken,
          canSignOut: gate().fields.length > 0,
          language: chooseLanguage(raw),
          root: toRoot(raw.url ?? '/'),
        },
        leaving: hold(raw, reply.raw, 'start'),
      });
      noteCaller(raw);
    }
    return isOwn ? undefined : sendMessage(reply, 403, ({ refused, foreign }) => [refused, foreign]);
  });
  app.addHook('preHandler', async (request, reply) => {
    const caller = callers.get(request.raw);
    if (
      request.raw.method !== 'POST' ||
      caller === undefined ||
      isCsrfTokenOf(caller.entry, readForm(request)['csrf'] ?? '')
    )
      return undefined;
    return sendMessage(reply, 403, ({ refused, tooOld }) => [refused, tooOld]);
  });
  return {
    callerOf({ raw }) {
      const caller = callers.get(raw);
      if (caller === undefined) throw new Error('This request was not admitted');
      return caller;
    },
    visitorOf: ({ raw }) => visitors.get(raw) ?? readVisitor(raw),
  };
}

/** A path of ours to go to after a sign-in: never on another host, and always a page. */
export function toOwnPath(path: string): string {
  return /^\/(?![/\\])[\w\-./~%?&=+:]{0,500}$/.test(path) &&
    !/^\/(?:metrics|healthz|sign-)/.test(path) &&
    !isEvents(path)
    ? path
    : '/';
}
