// The OpenAPI document: every address of both listeners that programs call, with its parameters and answers.
import packageJson from '../../package.json' with { type: 'json' };
import { iconSizes } from '../../src/icons/tile.ts';
import { headers, responses, type ResponseName } from './responses.ts';
import { schemas, type Json } from './schemas.ts';

const wait = {
  name: 'wait',
  in: 'query',
  description: 'Waits for the end of the run: seconds, or a duration; at most an hour.',
  schema: { type: 'string', pattern: '^\\d{1,9} ?(ms|s|m|h|d)?$' },
  examples: { seconds: { value: '60' }, duration: { value: '1m' } },
};
const after = {
  name: 'after',
  in: 'query',
  description: 'When the task that follows is started, for a task whose `then` has `between`.',
  schema: { type: 'string', pattern: '^\\d{1,9} ?(ms|s|m|h|d)$' },
};
const flag = (name: string, description: string): Json => ({
  name,
  in: 'query',
  description,
  allowEmptyValue: true,
  schema: { enum: ['', '1', 'true'] },
});
const nonce = (description: string): Json => ({
  name: 'nonce',
  in: 'query',
  description,
  schema: { type: 'string' },
});
const header = (name: string, description: string, schema: Json = { type: 'string' }): Json => ({
  name,
  in: 'header',
  description,
  schema,
});
const key = (name: string, description: string): Json => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string', format: 'password', minLength: 1 },
});

const parameters = {
  MagicKey: key('magicKey', 'The magic key: opens the door.'),
  TaskKey: key('taskKey', 'The task key: names the task.'),
  RunId: {
    name: 'run',
    in: 'path',
    required: true,
    description: 'The run id, which needs no other key.',
    schema: { $ref: '#/components/schemas/RunId' },
  },
  Wait: wait,
  After: after,
  Follow: flag('follow', 'Shows what the run prints as it is printed, as text.'),
  Prefer: header('Prefer', '`wait=SECONDS` (RFC 7240), like the query `wait`.'),
  IdempotencyKey: header(
    'Idempotency-Key',
    'A call that repeats the same text within a day gets the run that the first call started.',
  ),
  LastEventId: header(
    'Last-Event-ID',
    'What an EventSource has seen: it gets the rest, and starts nothing.',
    {
      type: 'string',
      pattern: '^[\\w-]{22}:(\\d{1,15}|end)$',
    },
  ),
  AcceptLanguage: header('Accept-Language', 'The language of pages: English, German or French.'),
};
const use = (...names: readonly (keyof typeof parameters)[]): Json[] =>
  names.map((name) => ({ $ref: `#/components/parameters/${name}` }));

type Statuses = Readonly<Record<number, ResponseName>>;
const operation = (
  operationId: string,
  summary: string,
  statuses: Statuses,
  more: readonly Json[] = [],
): Json => ({
  operationId,
  summary,
  ...(more.length === 0 ? {} : { parameters: more }),
  responses: Object.fromEntries(
    Object.entries(statuses).map(([status, name]) => [status, { $ref: `#/components/responses/${name}` }]),
  ),
});

const startStatuses: Statuses = {
  200: 'Succeeded',
  202: 'Accepted',
  303: 'ToRun',
  400: 'BadQuery',
  404: 'NotFound',
  409: 'Busy',
  428: 'AsksFirst',
  429: 'NotNow',
  500: 'Failed',
  503: 'Unable',
  504: 'TimedOut',
};
const eventStatuses: Statuses = { ...startStatuses, 204: 'NothingLeft' };
const startParameters = use('Wait', 'After', 'Follow', 'Prefer', 'IdempotencyKey', 'AcceptLanguage');

const sizes = Object.keys(iconSizes);
const iconStatuses: Statuses = { 200: 'Icon', 404: 'NotFound', 503: 'NoIcon' };
const taskPath = '/{magicKey}/{taskKey}';
const ofTask = use('MagicKey', 'TaskKey');

const paths: Readonly<Record<string, Json>> = {
  [taskPath]: {
    parameters: ofTask,
    post: operation('start', 'Starts the task', eventStatuses, [
      nonce('The answer to a question, from its page.'),
      ...startParameters,
      ...use('LastEventId'),
    ]),
    get: operation('startByLink', 'Starts the task, for bookmarks; scripts should use POST', eventStatuses, [
      nonce('Ignored: only a POST answers a question.'),
      ...startParameters,
      ...use('LastEventId'),
    ]),
  },
  [`${taskPath}/home`]: {
    parameters: ofTask,
    get: operation(
      'showHome',
      'A page that explains how to put the task on the home screen',
      { 200: 'Page', 404: 'NotFound' },
      use('AcceptLanguage'),
    ),
  },
  [`${taskPath}/manifest.webmanifest`]: {
    parameters: ofTask,
    get: operation('showManifest', 'The manifest of the task', { 200: 'ManifestFile', 404: 'NotFound' }),
  },
  ...Object.fromEntries(
    sizes.map((size) => [
      `${taskPath}/${size}.png`,
      {
        parameters: ofTask,
        get: operation(`show-${size}`, `The icon of the task (${size})`, iconStatuses),
      },
    ]),
  ),
  '/run': {
    post: {
      ...operation('startByHeader', 'Starts the task whose keys are in the header', eventStatuses, [
        nonce('The answer to a question, from its page.'),
        ...startParameters,
        ...use('LastEventId'),
      ]),
      security: [{ keys: [] }],
    },
  },
  '/{magicKey}/': {
    parameters: use('MagicKey'),
    get: operation(
      'showOverview',
      'The tasks that the caller may start, with `server.overview`',
      { 200: 'Overview', 404: 'NotFound', 503: 'NoIcon' },
      [
        flag('manifest', 'Its manifest instead.'),
        ...sizes.map((size) => flag(size, 'An icon instead: the plain one, or that of `task`.')),
        { name: 'task', in: 'query', description: 'The id of a task.', schema: { type: 'string' } },
        ...use('AcceptLanguage'),
      ],
    ),
    post: operation('startFromOverview', 'Starts a task of the overview', eventStatuses, [
      {
        name: 'task',
        in: 'query',
        required: true,
        description: 'The id of the task.',
        schema: { type: 'string' },
      },
      nonce('From the page; without it, or if it is too old, a question is asked.'),
      ...startParameters,
      ...use('LastEventId'),
    ]),
  },
  '/runs/{run}': {
    parameters: use('RunId'),
    get: operation(
      'showRun',
      'Shows a run',
      {
        200: 'Shown',
        202: 'NotYet',
        204: 'NothingLeft',
        400: 'BadRunQuery',
        404: 'NotFound',
        500: 'ShownFailed',
        504: 'ShownTimedOut',
      },
      [
        ...use('Wait', 'Follow', 'Prefer', 'LastEventId', 'AcceptLanguage'),
        flag('hold', 'The page does not reload itself.'),
        {
          name: 'again',
          in: 'query',
          description: 'The nonce of the button that tries again.',
          schema: { type: 'string' },
        },
      ],
    ),
  },
  '/runs/{run}/stop': {
    parameters: use('RunId'),
    post: operation('stop', 'Stops a run whose task is stoppable', {
      202: 'Stopping',
      303: 'BackToRun',
      400: 'BadRunQuery',
      404: 'NotFound',
      409: 'NotStoppable',
    }),
  },
  '/runs/{run}/then': {
    parameters: use('RunId'),
    post: operation(
      'decideThen',
      'Decides about the task that follows a run',
      {
        200: 'Decided',
        303: 'BackToRun',
        400: 'BadRunQuery',
        404: 'NotFound',
        409: 'NothingFollows',
      },
      [
        nonce('From the address of the page of the run.'),
        {
          name: 'do',
          in: 'query',
          description: 'Starts it now, or never.',
          schema: { enum: ['now', 'leave'] },
        },
        after,
      ],
    ),
  },
  '/runs/{run}/again': {
    parameters: use('RunId'),
    post: operation('startAgain', 'Starts the task of a run once more', startStatuses, [
      nonce('From the address of the page of the run.'),
      {
        name: 'answer',
        in: 'query',
        description: 'The answer to a question, from its page.',
        schema: { type: 'string' },
      },
      ...startParameters,
    ]),
  },
  '/healthz': toAdminPath(
    operation('showHealth', 'The health of the daemon', {
      200: 'Healthy',
      403: 'Forbidden',
      503: 'Unhealthy',
    }),
  ),
  '/metrics': toAdminPath(
    operation('showMetrics', 'Metrics for Prometheus', { 200: 'Metrics', 403: 'Forbidden' }),
  ),
};

function toAdminPath(get: Json): Json {
  return {
    servers: [
      {
        url: 'http://127.0.0.1:{port}',
        description: 'The admin listener, if the config has `admin`.',
        variables: { port: { default: '10766' } },
      },
    ],
    get,
  };
}

const securitySchemes: Json = {
  keys: {
    type: 'http',
    scheme: 'bearer',
    description: '`MAGIC-KEY:TASK-KEY`, each percent-encoded. Anything else gets the answer for strangers.',
  },
};

/** The document as text. */
export function renderOpenApi(): string {
  const document = {
    openapi: '3.1.1',
    info: {
      title: 'remotetask',
      version: packageJson.version,
      summary: packageJson.description,
      description:
        'The answers of remotetask for programs; docs/http.md explains them. The keys are in the path, except at `/run`: treat an address as a secret. `Accept` chooses the form of an answer; without it, it is text.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: '{base}',
        description: 'The daemon, or its reverse proxy.',
        variables: { base: { default: 'https://nas.example.org:8443' } },
      },
    ],
    // A security scheme of OpenAPI cannot be in the path: there the keys are parameters.
    security: [],
    paths,
    components: { schemas, headers, parameters, responses, securitySchemes },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
