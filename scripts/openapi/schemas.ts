// The bodies of answers, as JSON Schema.
import * as z from 'zod';
import { HealthJson } from '../../src/health.ts';
import { Outcome } from '../../src/outcome.ts';
import { englishRefusals } from '../../src/reasons/refusal.ts';

/** A part of the document: JSON that is not looked at here. */
export interface Json {
  readonly [name: string]: unknown;
}

const time = { type: 'string', format: 'date-time' };
const orNull = ({ type, ...more }: Json): Json => ({ type: [type, 'null'], ...more });
const milliseconds = (description: string): Json => ({ type: ['integer', 'null'], minimum: 0, description });

const run = {
  type: 'object',
  description: 'A run. Events leave `output` out.',
  properties: {
    run: { $ref: '#/components/schemas/RunId' },
    task: { type: 'string', description: 'The id of the task.' },
    name: { type: 'string', description: 'The name of the task.' },
    attempt: {
      enum: ['started', 'joined', 'queued'],
      description: 'Only in the answer to a call that starts.',
    },
    state: { enum: ['queued', 'running', ...Outcome.shape.kind.options] },
    acceptedAt: time,
    startedAt: orNull({ ...time, description: 'Null while it waits for its turn, and if it never began.' }),
    endedAt: orNull({ ...time, description: 'Null until it has ended.' }),
    waitedMs: milliseconds('How long it waited for its turn behind an earlier run; null if unknown.'),
    elapsedMs: milliseconds(
      'Since its work began, so far or in all; null if it has not begun, or if unknown.',
    ),
    usualMs: milliseconds('How long runs of this task usually take; null while too few have succeeded.'),
    exitCode: { type: ['integer', 'null'], description: 'Null while it runs, and if it ended without one.' },
    signal: {
      type: ['string', 'null'],
      description: 'The signal that ended the program, such as SIGKILL.',
    },
    reason: { type: 'string', description: 'A sentence, if there is more to report.' },
    code: {
      type: 'string',
      pattern: '^[a-z][a-z-]*$',
      description: 'The same as a code, such as `program-missing`.',
    },
    then: {
      type: 'object',
      description: 'What is to follow it.',
      properties: {
        task: { type: 'string' },
        name: { type: 'string' },
        at: { type: 'string', format: 'date-time' },
      },
      required: ['task', 'name', 'at'],
    },
    output: { type: 'string', description: "What it printed, if the task's `output` shows it." },
    location: { type: 'string', format: 'uri-reference', description: 'The path of the run.' },
  },
  required: [
    'run',
    'task',
    'name',
    'state',
    'acceptedAt',
    'startedAt',
    'endedAt',
    'waitedMs',
    'elapsedMs',
    'usualMs',
    'exitCode',
    'signal',
    'location',
  ],
};

const refusal = {
  type: 'object',
  description: 'Why nothing was done.',
  properties: {
    task: { type: 'string', description: 'The id of the task.' },
    name: { type: 'string', description: 'The name of the task.' },
    code: { enum: Object.keys(englishRefusals) },
    error: { type: 'string', description: 'The same as a sentence.' },
  },
  required: ['task', 'name', 'code', 'error'],
};

const manifest = {
  type: 'object',
  description: 'A Web Application Manifest.',
  properties: {
    name: { type: 'string' },
    short_name: { type: 'string' },
    start_url: { type: 'string', format: 'uri-reference' },
    scope: { type: 'string', format: 'uri-reference' },
    display: { const: 'browser' },
    background_color: { type: 'string' },
    theme_color: { type: 'string' },
    icons: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          src: { type: 'string', format: 'uri-reference' },
          type: { const: 'image/png' },
          sizes: { type: 'string', pattern: '^(\\d+)x\\1$' },
          purpose: { enum: ['any', 'maskable'] },
        },
        required: ['src', 'type', 'sizes', 'purpose'],
      },
    },
  },
  required: ['name', 'start_url', 'display', 'icons'],
};

const { $schema: _, ...health } = z.toJSONSchema(HealthJson, { io: 'output' });

/** The schemas by their names. */
export const schemas = {
  RunId: { type: 'string', pattern: '^[\\w-]{22}$', description: 'A run id; treat it as a secret.' },
  Run: run,
  Refusal: refusal,
  Manifest: manifest,
  Health: withoutClosing(health),
};

/** A later version may add a name: programs should pass over what they do not know. */
function withoutClosing(schema: object): unknown {
  return JSON.parse(
    JSON.stringify(schema, (name, value: unknown) => (name === 'additionalProperties' ? undefined : value)),
  );
}
