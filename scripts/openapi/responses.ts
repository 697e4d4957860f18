// The answers, each under a name, with their headers.
import type { Json } from './schemas.ts';

const text = { 'text/plain': { schema: { type: 'string' } } };
const empty = { 'text/plain': { schema: { const: '' } } };
const page = { 'text/html': { schema: { type: 'string' } } };
const events = {
  'text/event-stream': {
    schema: {
      type: 'string',
      description:
        'Events `state` and `end` (a Run), `output` (whole lines), `partial` (the unfinished line so far), `skipped` (a number of bytes); comments in silence.',
    },
  },
};
const png = { 'image/png': {} };
const toJson = (name: string): Json => ({
  'application/json': { schema: { $ref: `#/components/schemas/${name}` } },
});
const run = toJson('Run');
const refusal = toJson('Refusal');
const manifest = { 'application/manifest+json': { schema: { $ref: '#/components/schemas/Manifest' } } };

/** The headers by their names in the document, and whether an answer always has them. */
export const headers: Readonly<Record<string, Json>> = {
  'Cache-Control': { required: true, schema: { const: 'no-store' } },
  'Referrer-Policy': { required: true, schema: { enum: ['no-referrer', 'same-origin'] } },
  'X-Robots-Tag': { required: true, schema: { const: 'noindex, nofollow' } },
  'X-Content-Type-Options': { required: true, schema: { const: 'nosniff' } },
  'Content-Security-Policy': { required: true, schema: { type: 'string', pattern: "^default-src 'none'; " } },
  Location: {
    description: 'The run that the answer is about, relative to the address that was called.',
    schema: { type: 'string', format: 'uri-reference' },
  },
  'X-Run': {
    description: 'Whether this call started the run, joined an earlier one, or waits behind one.',
    schema: { enum: ['started', 'joined', 'queued'] },
  },
  'X-Exit-Code': {
    description: 'The exit status of the run, once it has ended with one.',
    schema: { type: 'integer' },
  },
  'Retry-After': { description: 'When to call again, in seconds.', schema: { type: 'integer', minimum: 1 } },
  Refresh: {
    description: 'Reloads the page of a run that has not ended.',
    schema: { type: 'integer', minimum: 2, maximum: 10 },
  },
  'Cross-Origin-Opener-Policy': { schema: { const: 'same-origin' } },
  'X-Accel-Buffering': {
    description: 'Asks reverse proxies not to buffer a stream.',
    schema: { const: 'no' },
  },
};
const always = Object.keys(headers).filter((name) => headers[name]?.['required'] === true);

/** What answers of the admin listener have besides. */
const ofAdmin = 'Cross-Origin-Opener-Policy';

/** The headers that answers about a run have. */
const ofRun = ['Location', 'X-Run', 'X-Exit-Code'];

function answer(description: string, more: readonly string[], ...content: readonly Json[]): Json {
  return {
    description,
    headers: Object.fromEntries(
      [...always, ...more].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
    ),
    ...(content.length === 0 ? {} : { content: Object.assign({}, ...content) as Json }),
  };
}

/** The answers by name. */
export const responses = {
  // A call that starts.
  Succeeded: answer(
    'After waiting: the run has succeeded. Or a stream (`follow`, events), whose status is sent before the outcome is known. Or a page that asks first.',
    [...ofRun, 'X-Accel-Buffering'],
    text,
    run,
    events,
    page,
  ),
  Accepted: answer(
    'Started, joined or queued, and written to disk. After waiting: it has not ended, or its outcome is unknown.',
    ofRun,
    text,
    run,
  ),
  NothingLeft: answer('An EventSource that called again has seen everything: it stops reconnecting.', []),
  ToRun: answer('A browser is sent to the page of the run.', ofRun, empty),
  Failed: answer(
    'After waiting: the run failed, could not be started, or was stopped on request.',
    ofRun,
    text,
    run,
  ),
  TimedOut: answer('After waiting: the run took longer than allowed, and was stopped.', ofRun, text, run),
  BadQuery: answer('The query is not understood; nothing is started.', [], text, page, refusal),
  Busy: answer(
    'It is running, or too many runs are waiting already, or the nonce is wrong or too old; nothing is started.',
    ['Location', 'Retry-After', 'X-Exit-Code'],
    text,
    page,
    refusal,
  ),
  AsksFirst: answer('The task asks first: only a person can start it, in a browser.', [], text, refusal),
  NotNow: answer('Called too often, or outside of its hours.', ['Retry-After'], text, page, refusal),
  Unable: answer(
    'The start cannot be written to disk, or the daemon is being stopped; nothing is started.',
    ['Retry-After'],
    text,
    page,
    refusal,
  ),
  NotFound: answer(
    'A key or the run id is wrong, or this kind of request never does anything: always the same page.',
    [],
    page,
  ),
  // A run.
  Shown: answer(
    'The run. After waiting: it has succeeded.',
    ['Location', 'X-Exit-Code', 'Refresh', 'X-Accel-Buffering'],
    text,
    run,
    events,
    page,
  ),
  NotYet: answer(
    'After waiting: the run has not ended, or its outcome is unknown.',
    ['Location', 'X-Exit-Code'],
    text,
    run,
  ),
  ShownFailed: answer(
    'After waiting: the run failed, could not be started, or was stopped on request.',
    ['Location', 'X-Exit-Code'],
    text,
    run,
  ),
  ShownTimedOut: answer(
    'After waiting: the run took longer than allowed, and was stopped.',
    ['Location', 'X-Exit-Code'],
    text,
    run,
  ),
  BadRunQuery: answer(
    'The query is not understood; nothing is shown or stopped.',
    ['Location', 'X-Exit-Code'],
    text,
    refusal,
  ),
  Stopping: answer('It is being stopped.', ['Location'], text, run),
  BackToRun: answer('A browser is sent back to the page of the run.', ['Location', 'X-Exit-Code'], empty),
  NotStoppable: answer(
    'It has ended, or its task is not stoppable.',
    ['Location', 'X-Exit-Code'],
    text,
    refusal,
  ),
  Decided: answer(
    'It was decided; the run is the one that was started, or the one that is followed.',
    ['Location', 'X-Exit-Code'],
    text,
    run,
  ),
  NothingFollows: answer(
    'Nothing follows the run (any more), it cannot be written down, or the nonce is too old.',
    ['Location', 'X-Exit-Code'],
    text,
    refusal,
  ),
  // Pages and pictures.
  Overview: answer(
    'The page; with `manifest` its manifest, with the name of an icon that icon.',
    [],
    page,
    manifest,
    png,
  ),
  Page: answer('The page.', [], page),
  ManifestFile: answer('The manifest.', [], manifest),
  Icon: answer('The icon.', [], png),
  NoIcon: answer('The icon cannot be drawn now.', ['Retry-After'], text),
  // The admin listener.
  Healthy: answer('Running and healthy.', [ofAdmin], toJson('Health')),
  Unhealthy: answer('Something is wrong.', [ofAdmin], toJson('Health')),
  Metrics: answer("Metrics in Prometheus' text format.", [ofAdmin], text),
  Forbidden: answer('The caller is neither in `admin.metrics.allow` nor signed in.', [ofAdmin], page),
};

export type ResponseName = keyof typeof responses;
