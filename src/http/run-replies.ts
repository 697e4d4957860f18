// What a caller learns of a run: as the answer to its start, on its page, and when it is stopped.
import { toIso } from '../clock.ts';
import type { Following } from '../follow-ups/follow-ups.ts';
import { renderState, type RunView } from '../runs/run-view.ts';
import { renderRunPage, toRefreshSeconds, toRunPageHeaders, type RunPageParts } from './pages/run-page.ts';
import { renderVisit, toRunPath, type Visit } from './pages/visit.ts';
import type { QueryFault } from './query.ts';
import { toRefusalReply, toReply, type Asker, type Format, type Reply } from './reply.ts';
import { renderRunJson, renderRunText } from './run-text.ts';

/** The answer to a start that led to a run, and what follows that; `again` is the nonce that starts its task once more. */
export function toStartReply(
  kind: 'started' | 'joined' | 'queued',
  view: RunView,
  asker: Asker,
  { again, following }: { readonly again: string | undefined; readonly following: Following | undefined },
): Reply {
  const { format, hasWaited } = asker;
  if (format === 'text/html')
    return toSeeOther(view, { isJoined: kind === 'joined', again }, { 'X-Run': kind });
  const headers = { ...toRunHeaders(view), 'X-Run': kind };
  const status = hasWaited ? toStatus(view) : 202;
  if (format === 'application/json')
    return toReply(status, format, renderRunJson(view, kind, following), headers);
  if (hasWaited && view.outcome !== undefined)
    return toReply(status, format, renderRunText(view, following), headers);
  const isOver = view.outcome !== undefined;
  const joined = isOver ? 'started earlier, not started again' : 'running already, not started again';
  const what = { started: 'started', joined, queued: isOver ? 'was queued' : 'waits behind an earlier run' }[
    kind
  ];
  const how = view.outcome === undefined ? '' : `, ${renderState(view)}`;
  return toReply(status, format, `${view.name}: ${what}${how}, see ${toRunPath(view)}\n`, headers);
}

/** The answer to a request to stop a run; `stopping` is undefined if nothing can be stopped. A browser is sent back to where it was. */
export function toStopReply(
  view: RunView,
  stopping: RunView | undefined,
  format: Format,
  visit: Visit,
): Reply {
  const headers = toRunHeaders(view);
  if (format === 'text/html') return toSeeOther(view, visit);
  if (stopping === undefined) {
    const state = 'not stopped';
    return toRefusalReply(409, { code: 'not-stoppable' }, { about: view, format, headers, state });
  }
  if (format === 'application/json') return toReply(202, format, renderRunJson(stopping), headers);
  return toReply(202, format, `${view.name}: is being stopped, see ${toRunPath(view)}\n`, headers);
}

/** The answer to a request to start a task once more, if its nonce opens nothing (any more). */
export function toSpentReply(view: RunView, format: Format): Reply {
  if (format === 'text/html') return toSeeOther(view, { isSpent: true });
  return toRefusalReply(409, { code: 'old-nonce' }, { about: view, format, headers: toRunHeaders(view) });
}

/** The answer to a script whose query is not understood; `state` is what was not done. */
export function toQueryReply(view: RunView, fault: QueryFault, format: Format, state: string): Reply {
  return toRefusalReply(400, fault, { about: view, format, headers: toRunHeaders(view), state });
}

/** The answer to a button of what follows a run; `started` is the run that it started. A browser is sent to that run, or back. */
export function toThenReply(
  view: RunView,
  {
    isDone,
    started,
    following,
    nonce,
  }: {
    readonly isDone: boolean;
    readonly started: RunView | undefined;
    readonly following: Following | undefined;
    readonly nonce: string;
  },
  format: Format,
): Reply {
  if (format === 'text/html')
    return started === undefined ? toSeeOther(view, { again: nonce }) : toSeeOther(started, {});
  const headers = toRunHeaders(started ?? view);
  if (!isDone) {
    const state = 'not changed';
    return toRefusalReply(409, { code: 'nothing-follows' }, { about: view, format, headers, state });
  }
  if (format === 'application/json')
    return toReply(200, format, renderRunJson(started ?? view, undefined, following), headers);
  const what =
    started !== undefined
      ? `${started.name}: started, see ${toRunPath(started)}`
      : following === undefined
        ? `${view.name}: nothing follows it`
        : `${following.name}: at ${toIso(following.atMs)}`;
  return toReply(200, format, `${what}\n`, headers);
}

/** The answer for a caller with the id of a run. `isAgainOffered` means that the visitor's nonce would start the task once more. */
export function toRunReply(view: RunView, page: Omit<RunPageParts, 'language'>, asker: Asker): Reply {
  const { visit, following } = page;
  const { format, language, hasWaited } = asker;
  const status = hasWaited ? toStatus(view) : 200;
  const headers = toRunHeaders(view);
  if (format === 'application/json')
    return toReply(status, format, renderRunJson(view, undefined, following), headers);
  if (format === 'text/plain') return toReply(status, format, renderRunText(view, following), headers);
  const refresh =
    view.outcome === undefined && !visit.isHeld ? { Refresh: String(toRefreshSeconds(view)) } : {};
  return toReply(200, format, renderRunPage(view, { ...page, language }), {
    ...headers,
    ...refresh,
    ...toRunPageHeaders(view),
  });
}

/** Redirects to the page of a run, where a reload does not repeat the action. */
function toSeeOther(
  view: RunView,
  visit: Partial<Visit>,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return toReply(303, 'text/plain', '', {
    ...toRunHeaders(view),
    ...headers,
    Location: toRunPath(view) + renderVisit(visit),
  });
}

/** The status for a caller that waited: 200 succeeded, 500 failed, 504 timed out, 202 still running or end not known. */
function toStatus({ outcome }: RunView): number {
  return outcome === undefined ? 202 : statusOfOutcome[outcome.kind];
}

const statusOfOutcome = {
  succeeded: 200,
  failed: 500,
  'timed-out': 504,
  stopped: 500,
  lost: 202,
  unconfirmed: 202,
} as const;

function toRunHeaders(view: RunView): Readonly<Record<string, string>> {
  const exitCode = view.outcome?.exitCode;
  return {
    Location: toRunPath(view),
    ...(exitCode === undefined ? {} : { 'X-Exit-Code': String(exitCode) }),
  };
}
