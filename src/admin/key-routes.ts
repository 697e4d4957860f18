// The routes of keys: a label is taken out of use, and back into it.
import type { FastifyInstance } from 'fastify';
import { readForm, toOwnPath, type Callers } from './callers.ts';
import type { AdminDeps } from './pages/admin-deps.ts';
import { sendGone, sendMessage, sendOn } from './replies.ts';

export function addKeyRoutes(
  app: FastifyInstance,
  { blocks }: Pick<AdminDeps, 'blocks'>,
  { callerOf }: Callers,
): void {
  for (const what of ['block', 'unblock'] as const)
    app.post(`/keys/${what}`, (request, reply) => {
      const { visitor, entry, reader } = callerOf(request);
      const { label = '', back = '' } = readForm(request);
      const result = blocks[what](label, `admin (${entry.user}), ${visitor.address}`);
      if (result === 'unknown') return sendGone(reply);
      if (result === 'unwritten')
        return sendMessage(reply, 503, () => [
          reader.language.admin.keys[what],
          reader.language.admin.keys.unwritten,
        ]);
      return sendOn(reply, toOwnPath(`/${back}`));
    });
}
