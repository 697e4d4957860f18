// The routes for admitted admins: pages to read, and forms that do something.
import type { FastifyInstance } from 'fastify';
import { stopRun } from './actions.ts';
import type { Callers } from './callers.ts';
import { addFollowUpRoutes } from './follow-up-routes.ts';
import { addHistoryRoutes, readQuery } from './history-routes.ts';
import { addKeyRoutes } from './key-routes.ts';
import { addLinkRoutes } from './link-routes.ts';
import type { AdminDeps } from './pages/admin-deps.ts';
import { parseLogQuery, toLogPage } from './pages/log-page.ts';
import { sendGone, sendOn, sendPage } from './replies.ts';
import { noNewRun, toRunPage } from './pages/run-page.ts';
import { toStrangersPage } from './pages/strangers-page.ts';
import { toSystemPage } from './pages/system-page.ts';
import { parseTaskQuery } from './pages/task-list.ts';
import { toTasksPage } from './pages/tasks-page.ts';
import { addTaskRoutes } from './task-routes.ts';

/** Adds the pages and forms to an app whose requests are authenticated by `callers`. */
export function addRoutes(app: FastifyInstance, house: AdminDeps, callers: Callers): void {
  const { callerOf } = callers;
  const findTask = (id: string): ReturnType<AdminDeps['tasks']>[number] | undefined =>
    house.tasks().find((task) => task.id === id);

  app.get('/', (request, reply) => {
    const { reader } = callerOf(request);
    const search = readQuery(request);
    return sendPage(reply, toTasksPage(house, parseTaskQuery(search), search.has('all'), reader), reader);
  });
  app.get('/strangers', async (request, reply) => {
    const { reader } = callerOf(request);
    return sendPage(reply, await toStrangersPage(house, reader), reader);
  });
  app.get('/system', async (request, reply) => {
    const { reader } = callerOf(request);
    return sendPage(reply, await toSystemPage(house, reader), reader);
  });

  app.get('/log', async (request, reply) => {
    const { reader } = callerOf(request);
    return sendPage(reply, await toLogPage(parseLogQuery(readQuery(request)), house, reader), reader);
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

  addHistoryRoutes(app, house, callers);
  addTaskRoutes(app, house, callers);
  addKeyRoutes(app, house, callers);
  addLinkRoutes(app, house, callers);
  addFollowUpRoutes(app, house, callers);

  app.get<{ Params: { id: string } }>('/runs/:id', (request, reply) => {
    const { reader } = callerOf(request);
    const { id } = request.params;
    const feed = house.runs.find(Buffer.from(id));
    if (feed === undefined) return sendGone(reply);
    const record = house.history.runs.find(id);
    const asked = readQuery(request).get('said');
    const note = noNewRun.find((name) => name === asked);
    return sendPage(
      reply,
      toRunPage(
        {
          feed,
          record,
          task: findTask(record?.start.task ?? ''),
          next: house.followUps.ofRun(feed.view().run),
          note,
        },
        reader,
      ),
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
