// The routes for admitted admins: pages to read, and forms that do something.
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';
import { renderRefusalIn } from '../languages/reasons.ts';
import { startTask, stopRun } from './actions.ts';
import { readForm, type Callers } from './callers.ts';
import { toHistoryPage } from './pages/history-page.ts';
import { parseHistoryQuery } from './pages/history-query.ts';
import type { AdminDeps, TaskAddress } from './pages/admin-deps.ts';
import { sendMessage, sendOn, sendPage } from './replies.ts';
import { noNewRun, toRunPage } from './pages/run-page.ts';
import { toStrangersPage } from './pages/strangers-page.ts';
import { toSystemPage } from './pages/system-page.ts';
import { parseBase, toTaskPage, type NoAddress } from './pages/task-page.ts';
import { toTasksPage } from './pages/tasks-page.ts';

/** Adds the pages and forms to an app whose requests are authenticated by `callers`. */
export function addRoutes(app: FastifyInstance, house: AdminDeps, { callerOf }: Callers): void {
  const findTask = (id: string): ReturnType<AdminDeps['tasks']>[number] | undefined =>
    house.tasks().find((task) => task.id === id);

  app.get('/', (request, reply) => {
    const { reader } = callerOf(request);
    return sendPage(reply, toTasksPage(house, reader), reader);
  });
  app.get('/history', async (request, reply) => {
    const { reader } = callerOf(request);
    const query = parseHistoryQuery(new URL(request.url, 'http://localhost').searchParams);
    return sendPage(reply, await toHistoryPage(query, house, reader), reader);
  });
  app.get('/strangers', (request, reply) => {
    const { reader } = callerOf(request);
    return sendPage(reply, toStrangersPage(house, reader), reader);
  });
  app.get('/system', (request, reply) => {
    const { reader } = callerOf(request);
    return sendPage(reply, toSystemPage(house, reader), reader);
  });

  app.post<{ Params: { index: string } }>('/system/notices/:index/test', async (request, reply) => {
    const { visitor, entry } = callerOf(request);
    const index = /^\d{1,4}$/.test(request.params.index) ? Number(request.params.index) : -1;
    if (!(await house.notices.test(index))) return sendGone(reply);
    house.logger.info(
      { event: 'notice-tested', target: `notify.${index}`, address: visitor.address },
      `Sent a test notice to notify.${index} for admin (${entry.user}), ${visitor.address}`,
    );
    return sendOn(reply, '/system');
  });

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
  app.post<{ Params: { id: string } }>('/tasks/:id/run', async (request, reply) => {
    const { visitor, entry, reader } = callerOf(request);
    const task = findTask(request.params.id);
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

  app.get<{ Params: { id: string } }>('/runs/:id', (request, reply) => {
    const { reader } = callerOf(request);
    const { id } = request.params;
    const feed = house.runs.find(Buffer.from(id));
    if (feed === undefined) return sendGone(reply);
    const record = house.history.runs.find(id);
    const asked = new URL(request.url, 'http://localhost').searchParams.get('said');
    const note = noNewRun.find((name) => name === asked);
    return sendPage(
      reply,
      toRunPage({ feed, record, task: findTask(record?.start.task ?? ''), note }, reader),
      reader,
    );
  });
  app.post<{ Params: { id: string } }>('/runs/:id/stop', (request, reply) => {
    const { visitor, entry } = callerOf(request);
    const { id } = request.params;
    if (house.runs.find(Buffer.from(id)) === undefined) return sendGone(reply);
    stopRun(id, { user: entry.user, address: visitor.address }, house);
    return sendOn(reply, `/runs/${id}`);
  });
  app.setNotFoundHandler((_request, reply) => sendGone(reply));
}

function sendGone(reply: Parameters<typeof sendMessage>[0]): ReturnType<typeof sendMessage> {
  return sendMessage(reply, 404, ({ notHere, noPage }) => [notHere, noPage]);
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
