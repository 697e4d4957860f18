// The routes for machines that watch: health and metrics.
import type { FastifyInstance } from 'fastify';
import { renderHealthJson } from '../health.ts';
import type { AdminDeps } from './pages/admin-deps.ts';
import type { Metrics } from './metrics.ts';
import { cardHeaders } from './pages/page.ts';

const paths: ReadonlySet<string | undefined> = new Set(['/healthz', '/metrics']);

/** Whether a request is for one of these routes. */
export function isForMachines({
  method,
  url,
}: {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}): boolean {
  return method === 'GET' && paths.has(url?.split('?')[0]);
}

export function addWatch(
  app: FastifyInstance,
  { health }: Pick<AdminDeps, 'health'>,
  metrics: Metrics,
): void {
  app.get('/healthz', (_request, reply) => {
    const now = health();
    return reply
      .code(now.length === 0 ? 200 : 503)
      .headers(cardHeaders)
      .header('Content-Type', 'application/json; charset=utf-8')
      .send(renderHealthJson(now));
  });
  app.get('/metrics', async (_request, reply) =>
    reply
      .code(200)
      .headers(cardHeaders)
      .header('Content-Type', metrics.contentType)
      .send(await metrics.render()),
  );
}
