// Answers of the admin listener: pages, messages, and the one answer for strangers.
import type { FastifyReply } from 'fastify';
import { toRelative, toRoot } from '../listener/root.ts';
import { answerStranger } from '../listener/stranger.ts';
import type { AdminTexts } from '../languages/admin-texts.ts';
import { chooseLanguage } from '../languages/languages.ts';
import { renderRefusalIn } from '../languages/reasons.ts';
import type { Consequence } from './actions.ts';
import { adminHeaders, renderAdminPage, cardHeaders, type AdminPage, type Reader } from './pages/page.ts';
import { renderMessagePage } from './pages/sign-in-page.ts';

/** Sends a page in the frame. */
export function sendPage(reply: FastifyReply, page: AdminPage, reader: Reader): FastifyReply {
  return sendHtml(reply.code(200).headers(adminHeaders), renderAdminPage(page, reader));
}

/** Sends a page without the frame: a form, or a few words. */
export function sendCardPage(reply: FastifyReply, status: number, page: string): FastifyReply {
  return sendHtml(reply.code(status).headers(cardHeaders), page);
}

/** The title of a message and its sentence, in a language. */
export type Message = (texts: AdminTexts['messages']) => readonly [title: string, sentence: string];

/** Sends a page that explains what went wrong. */
export function sendMessage(reply: FastifyReply, status: number, message: Message): FastifyReply {
  const language = chooseLanguage(reply.request.raw);
  const [title, sentence] = message(language.admin.messages);
  return sendCardPage(
    reply,
    status,
    renderMessagePage(title, sentence, { language, root: toRoot(reply.request.originalUrl) }),
  );
}

/** Answers a request for what does not exist, or no longer exists. */
export function sendGone(reply: FastifyReply): FastifyReply {
  return sendMessage(reply, 404, ({ notHere, noPage }) => [notHere, noPage]);
}

/** Redirects the browser to a path of ours, so that a reload repeats nothing. */
export function sendOn(reply: FastifyReply, path: string): FastifyReply {
  return reply
    .code(303)
    .headers(cardHeaders)
    .header('Location', toRelative(path, reply.request.originalUrl))
    .send();
}

/** Answers a start: redirects to the run, or explains the refusal. */
export function sendStart(
  reply: FastifyReply,
  done: Consequence,
  { language }: Pick<Reader, 'language'>,
): FastifyReply {
  return done.kind === 'refused'
    ? sendMessage(reply, done.status, ({ notStarted }) => [
        notStarted,
        renderRefusalIn(language, done.refusal),
      ])
    : sendOn(reply, `/runs/${done.run}${done.note === undefined ? '' : `?said=${done.note}`}`);
}

/** The answer that strangers get from the public listener, byte for byte. */
export function answerAsStranger(reply: FastifyReply): FastifyReply {
  reply.hijack();
  answerStranger(reply.raw);
  return reply;
}

/** Answers a call that met a bug of ours. It bypasses Fastify, because its reply may be the broken part; if nothing can be sent, the connection is cut. */
export function answerBug(reply: FastifyReply): FastifyReply {
  const { raw } = reply.hijack();
  try {
    const language = chooseLanguage(reply.request.raw);
    const page = renderMessagePage(language.admin.messages.sorry, language.admin.messages.bug, {
      language,
      root: toRoot(reply.request.originalUrl),
    });
    const headers = {
      ...cardHeaders,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': Buffer.byteLength(page),
    };
    raw.writeHead(500, headers).end(page);
  } catch {
    raw.destroy();
  }
  return reply;
}

function sendHtml(reply: FastifyReply, page: string): FastifyReply {
  return reply.header('Content-Type', 'text/html; charset=utf-8').send(page);
}
