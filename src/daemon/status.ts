// What the daemon reports about itself on its control socket.
import * as z from 'zod';
import type { Link } from '../entry/links.ts';
import { HealthJson } from '../health.ts';

/** A run under way, or waiting. */
const StatusRun = z.object({
  run: z.string(),
  task: z.string(),
  name: z.string(),
  state: z.enum(['queued', 'running', 'ended']),
  acceptedAt: z.string(),
  startedAt: z.string().nullable(),
  elapsedMs: z.number().nullable(),
});

/** docs/commands.md promises these names. */
export const Status = z.object({
  version: z.string(),
  pid: z.number(),
  since: z.string(),
  address: z.string(),
  admin: z.string().nullable(),
  stopping: z.boolean(),
  ok: HealthJson.shape.ok,
  problems: HealthJson.shape.problems,
  config: z.object({
    file: z.string(),
    takenAt: z.string(),
    refused: z
      .object({ at: z.string(), message: z.string(), problems: z.array(z.string()).readonly() })
      .nullable(),
    restartNeeded: z.array(z.string()).readonly(),
  }),
  runs: z.array(StatusRun).readonly(),
  /** Daemons before this had none. */
  certificates: z
    .array(
      z.object({
        listener: z.enum(['server', 'admin']),
        names: z.array(z.string()).readonly(),
        ends: z.string(),
        unfit: z.array(z.string()).readonly(),
        warnings: z.array(z.string()).readonly(),
      }),
    )
    .readonly()
    .default([]),
  nases: z
    .array(z.object({ name: z.string(), way: z.string(), state: z.string(), reason: z.string() }))
    .readonly(),
});
export type Status = z.infer<typeof Status>;

/** A guest link that is to be made. */
type NewLink = Pick<Link, 'task' | 'key' | 'endsAtMs' | 'uses' | 'label'>;

/** A guest link as `remotetask links` shows it. docs/commands.md promises these names. */
export const ListedLink = z.object({
  label: z.string(),
  task: z.string(),
  state: z.enum(['open', 'spent', 'ended']),
  used: z.number(),
  uses: z.number(),
  created: z.string(),
  ends: z.string(),
});
export type ListedLink = z.infer<typeof ListedLink>;

/** Where the control socket answers what. Each has two parts, or is a `GET`: a run id alone stops that run. */
export const controlPaths = {
  health: '/health',
  status: '/status',
  /** Held open until the daemon has ended, if it is stopping. */
  end: '/end',
  stop: '/daemon/stop',
  restart: '/daemon/restart',
  start: (task: string): string => `/start/${encodeURIComponent(task)}`,
  links: '/links',
  newLink: ({ task, key, endsAtMs, uses, label }: NewLink): string =>
    ['/links/new', task, key, endsAtMs, uses, label]
      .map((part, i) => (i === 0 ? part : encodeURIComponent(part)))
      .join('/'),
  endLink: (label: string): string => `/links/end/${encodeURIComponent(label)}`,
  keys: (what: 'block' | 'unblock', label: string): string => `/keys/${what}/${encodeURIComponent(label)}`,
} as const;

/** The response header with the result of a start, and the trailer with the outcome. */
export const startHeaders = { result: 'x-result', run: 'x-run', end: 'x-end' } as const;

/** Why a start led to no run that could be followed. */
export const StartRefusal = z.object({ result: z.string(), reason: z.string(), run: z.string().optional() });

/** How a followed run ended. */
export const RunEndReport = z.object({
  run: z.string(),
  task: z.string(),
  name: z.string(),
  outcome: z.object({
    kind: z.string(),
    exitCode: z.number().optional(),
    signal: z.string().optional(),
    reason: z.string().optional(),
  }),
  /** One line about the end. */
  line: z.string(),
});
export type RunEndReport = z.infer<typeof RunEndReport>;
