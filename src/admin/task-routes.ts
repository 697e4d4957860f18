// The routes of a task: its page, its address on request, and its start.
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';
import { renderRefusalIn } from '../languages/reasons.ts';
import { startTask } from './actions.ts';
import { readForm, type Callers } from './callers.ts';
import type { AdminDeps, TaskAddress } from './pages/admin-deps.ts';
import { answerField, toQuestionPage } from './pages/question-page.ts';
import { parseBase, toTaskPage, type NoAddress } from './pages/task-page.ts';
import { toTaskPath } from './pages/task-parts.ts';
import { sendGone, sendMessage, sendOn, sendPage } from './replies.ts';

export function addTaskRoutes(app: FastifyInstance, house: AdminDeps, { callerOf }: Callers): void {
  const findTask = (id: string): ReturnType<AdminDeps['tasks']>[number] | undefined =>
    house.tasks().find((task) => task.id === id);

  app.get<{ Params: { id: string } }>('/tasks/:id', (request, reply) => {
    const { reader } = callerOf(request);
    const task = findTask(request.params.id);
    return task === undefined ? sendGone(reply) : sendPage(reply, toTaskPage(task, house, reader), reader);
  });
  app.post<{ Params: { id: string } }>('/tasks/:id/address', (request, reply) => {
    const { reader, visitor, entry } = callerOf(request);
    const task = findTask(request.params.id);
    if (task === undefined) return sendGone(reply);
    house.logger.info(
      { event: 'address-shown', task: task.id, address: visitor.address },
      `Showed the address of ${task.name} to admin (${entry.user}), ${visitor.address}`,
    );
    return sendPage(
      reply,
      toTaskPage(
        task,
        house,
        reader,
        loadAddress(house, task.id, parseBase(readForm(request)['base'] ?? '')),
      ),
      reader,
    );
  });
  app.get<{ Params: { id: string } }>('/tasks/:id/run', (request, reply) => {
    const { reader } = callerOf(request);
    const task = findTask(request.params.id);
    return task?.isEnabled === true ? sendPage(reply, toQuestionPage(task, reader), reader) : sendGone(reply);
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
    if (done === undefined) return sendGone(reply);
    if (done.kind === 'refused')
      return sendMessage(reply, done.status, ({ notStarted }) => [
        notStarted,
        renderRefusalIn(reader.language, done.refusal),
      ]);
    return sendOn(reply, `/runs/${done.run}${done.note === undefined ? '' : `?said=${done.note}`}`);
  });
}

function loadAddress(
  { loadAddress: load }: Pick<AdminDeps, 'loadAddress'>,
  task: string,
  base: string | undefined,
): TaskAddress | NoAddress {
  try {
    const found = load(task);
    return found === undefined ? { problem: 'gone' } : { ...found, base: base ?? found.base };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { problem: 'configUnreadable' };
  }
}
