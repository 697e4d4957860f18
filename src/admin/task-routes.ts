// The routes of a task: its page, its address on request, and its start.
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';
import { startTask } from './actions.ts';
import { readForm, type Callers } from './callers.ts';
import type { AdminDeps, TaskAddress } from './pages/admin-deps.ts';
import { adminHeaders } from './pages/page.ts';
import { answerField, toQuestionPage } from './pages/question-page.ts';
import { joinLabels, type AddressWish, type NoAddress } from './pages/address-card.ts';
import { parseBase, toTaskPage } from './pages/task-page.ts';
import { toTaskPath } from './pages/task-parts.ts';
import { sendGone, sendOn, sendPage, sendStart } from './replies.ts';

/** A page that reloads itself would load all pictures again. Their addresses change with them. */
const keptForAWhile = 'private, max-age=3600, immutable';

export function addTaskRoutes(app: FastifyInstance, house: AdminDeps, { callerOf }: Callers): void {
  const findTask = (id: string): ReturnType<AdminDeps['tasks']>[number] | undefined =>
    house.tasks().find((task) => task.id === id);

  app.get<{ Params: { id: string } }>('/tasks/:id', async (request, reply) => {
    const { reader } = callerOf(request);
    const task = findTask(request.params.id);
    return task === undefined
      ? sendGone(reply)
      : sendPage(reply, await toTaskPage(task, house, reader), reader);
  });
  app.get<{ Params: { id: string } }>('/tasks/:id/icon.png', async (request, reply) => {
    const icon = findTask(request.params.id)?.icon;
    const png = icon?.kind === 'picture' ? await house.icons.find(icon, 'icon-192') : undefined;
    if (png === undefined) return sendGone(reply);
    return reply
      .code(200)
      .headers({ ...adminHeaders, 'Cache-Control': keptForAWhile, 'Content-Type': 'image/png' })
      .send(png);
  });
  app.post<{ Params: { id: string } }>('/tasks/:id/address', async (request, reply) => {
    const { reader, visitor, entry } = callerOf(request);
    const task = findTask(request.params.id);
    if (task === undefined) return sendGone(reply);
    const { base = '', for: label } = readForm(request);
    const address = loadAddress(house, task.id, { base: parseBase(base), label });
    if (!('problem' in address))
      house.logger.info(
        { event: 'address-shown', task: task.id, label: address.label, address: visitor.address },
        `Showed the address of ${task.name}${address.label === '' ? '' : ` (${address.label})`} to admin (${entry.user}), ${visitor.address}`,
      );
    return sendPage(reply, await toTaskPage(task, house, reader, { address }), reader);
  });
  app.get<{ Params: { id: string } }>('/tasks/:id/run', (request, reply) => {
    const { reader } = callerOf(request);
    const task = findTask(request.params.id);
    return task?.isEnabled === true && task.asksFirst
      ? sendPage(reply, toQuestionPage(task, reader), reader)
      : sendGone(reply);
  });
  app.post<{ Params: { id: string } }>('/tasks/:id/run', async (request, reply) => {
    const { visitor, entry, reader } = callerOf(request);
    const task = findTask(request.params.id);
    if (task?.asksFirst === true && readForm(request)[answerField] === undefined)
      return sendOn(reply, `/${toTaskPath(task.id)}/run`);
    const done =
      task === undefined
        ? undefined
        : await startTask(task, { user: entry.user, address: visitor.address }, house);
    return done === undefined ? sendGone(reply) : sendStart(reply, done, reader);
  });
}

function loadAddress(
  { loadKeys }: Pick<AdminDeps, 'loadKeys'>,
  task: string,
  { base, label }: AddressWish,
): TaskAddress | NoAddress {
  try {
    const found = loadKeys(task);
    if (found === undefined) return { problem: 'gone' };
    const pair = found.pairs.find(({ labels }) => label === undefined || joinLabels(labels) === label);
    if (pair === undefined) return { problem: 'keysHidden' };
    const { labels, magicKey, taskKey } = pair;
    return { base: base ?? found.base, label: joinLabels(labels), magicKey, taskKey };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { problem: 'configUnreadable' };
  }
}
