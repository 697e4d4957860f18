// The routes of what follows a run: it is started now, left off, or given another time.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { readChosenTime } from '../http/chosen-time.ts';
import { renderRefusalIn } from '../languages/reasons.ts';
import { moveNext, startNext } from './actions.ts';
import { readForm, toOwnPath, type Callers } from './callers.ts';
import type { AdminDeps } from './pages/admin-deps.ts';
import { sendGone, sendMessage, sendOn, sendStart } from './replies.ts';

export function addFollowUpRoutes(app: FastifyInstance, house: AdminDeps, { callerOf }: Callers): void {
  app.post<{ Params: { id: string } }>('/runs/:id/then', async (request, reply) => {
    const { visitor, entry, reader } = callerOf(request);
    const { id } = request.params;
    const task = house.runs.find(Buffer.from(id))?.view().task;
    if (task === undefined) return sendGone(reply);
    const actor = { user: entry.user, address: visitor.address };
    const { do: what, after = '', back = '' } = readForm(request);
    const sendUnchanged = (): FastifyReply =>
      sendMessage(reply, 409, ({ refused }) => [
        refused,
        renderRefusalIn(reader.language, { code: 'nothing-follows' }),
      ]);
    if (what === 'now') {
      const done = await startNext(id, actor, house);
      return done === undefined ? sendUnchanged() : sendStart(reply, done, reader);
    }
    const { chosenMs } = readChosenTime(
      new URLSearchParams({ after }).toString(),
      house.followUps.thenOf(task),
    );
    if (what !== 'leave' && chosenMs === undefined)
      return sendMessage(reply, 400, ({ refused, notOurForm }) => [refused, notOurForm]);
    return (await moveNext(id, what === 'leave' ? undefined : chosenMs, actor, house))
      ? sendOn(reply, toOwnPath(`/${back}`))
      : sendUnchanged();
  });
}
