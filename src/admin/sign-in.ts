// Signing in and out, if the gate supports it.
import type { FastifyInstance } from 'fastify';
import { readForm, signInPath, toOwnPath, type Callers } from './callers.ts';
import { chooseLanguage } from '../languages/languages.ts';
import { toRoot } from '../listener/root.ts';
import type { AdminGate } from './gate/gate.ts';
import { sendOn, sendCardPage } from './replies.ts';
import { renderSignInPage } from './pages/sign-in-page.ts';

export function addSignIn(
  app: FastifyInstance,
  { visitorOf, gate }: Callers & { readonly gate: () => AdminGate },
): void {
  // An admitted admin needs no sign-in.
  app.get(signInPath, (_request, reply) => sendOn(reply, '/'));
  app.post(signInPath, async (request, reply) => {
    const { account = '', password = '', code = '', to: asked = '/' } = readForm(request);
    const to = toOwnPath(asked);
    const result = await gate().signIn({ account, password, code }, visitorOf(request));
    if (result.kind === 'signed-in') return sendOn(reply.header('Set-Cookie', [...result.setCookies]), to);
    if (result.retryAfterSeconds !== undefined) reply.header('Retry-After', String(result.retryAfterSeconds));
    const focus = result.kind === 'code-needed' ? 'code' : 'password';
    const page = renderSignInPage(
      { fields: gate().fields, to, problem: result, account, focus },
      { language: chooseLanguage(request.raw), root: toRoot(request.originalUrl) },
    );
    return sendCardPage(reply, result.kind === 'unavailable' ? 503 : 403, page);
  });
  app.post('/sign-out', async (request, reply) =>
    sendOn(reply.header('Set-Cookie', [...(await gate().signOut(visitorOf(request)))]), '/'),
  );
}
