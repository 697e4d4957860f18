// Runs DSM's tool synoschedtask as a process and reads its output.
import { explain } from '../outcome.ts';
import type { Trouble } from '../reasons/reason.ts';
import type { NotTold, TaskList } from './listed-task.ts';
import { parseTaskList } from './task-list-text.ts';
import { createOutputRing } from '../output-ring.ts';
import { toFirstLines } from '../untrusted-text.ts';
import { createCleanEnvironment } from '../processes/clean-environment.ts';
import { startProcess, type OpenPipe } from '../processes/process.ts';
import { findRefusal } from '../processes/trusted-program.ts';

/** How long the list of all tasks may take. */
const listMs = 30_000;
/** Hundreds of tasks with long scripts take less. */
const maxBytes = 8_000_000;

/** The result of a call; `refused` also if the call could not be made; with the first lines of the output. */
export type ToolAnswer =
  | { readonly kind: 'answered'; readonly text: string }
  | {
      readonly kind: 'refused';
      readonly reason: string;
      readonly why: Trouble;
      readonly lines: readonly string[];
      readonly isPassing: boolean;
    };

/** Lists the scheduled tasks of this machine by the tool, given by its full path. */
export async function loadSynoschedtaskList(tool: string, stop: AbortSignal): Promise<TaskList | NotTold> {
  const answer = await callSynoschedtask(
    tool,
    ['--get'],
    AbortSignal.any([stop, AbortSignal.timeout(listMs)]),
  );
  return answer.kind === 'answered' ? parseTaskList(answer.text) : { ...answer, kind: 'not-told' };
}

/** Calls the tool, given by its full path, and waits for it to end; stopping ends it. With a pipe it may outlive the daemon. */
export async function callSynoschedtask(
  tool: string,
  args: readonly string[],
  stop: AbortSignal,
  openPipe?: OpenPipe,
): Promise<ToolAnswer> {
  const refusal = findRefusal(tool);
  if (refusal !== undefined)
    return {
      kind: 'refused',
      ...explain({ code: 'tool-exposed', tool: 'synoschedtask', ...refusal }),
      lines: [],
      isPassing: false,
    };
  const output = createOutputRing(maxBytes);
  const { ended } = startProcess({
    file: tool,
    args,
    cwd: '/',
    env: createCleanEnvironment(),
    pipe: openPipe?.(output.push),
    onOutput: output.push,
    stop,
    stopSignal: 'SIGTERM',
    graceMs: 1000,
  });
  const { startError, exitCode, signal } = await ended;
  const text = output.read().toString();
  const refuse = (why: Trouble): ToolAnswer => ({
    kind: 'refused',
    ...explain(why),
    lines: toFirstLines(text),
    isPassing: stop.aborted,
  });
  const byTool = { tool: 'synoschedtask' } as const;
  if (startError === 'ENOENT') return refuse({ code: 'tool-missing', ...byTool });
  if (startError !== undefined) return refuse({ code: 'tool-not-started', ...byTool, error: startError });
  if (stop.aborted) return refuse({ code: 'tool-silent', ...byTool });
  if (output.totalBytes() > maxBytes) return refuse({ code: 'tool-too-much', ...byTool });
  if (exitCode === 0) return { kind: 'answered', text };
  const needsRoot = process.getuid?.() !== 0;
  return refuse({ code: 'tool-refused', ...byTool, status: signal ?? exitCode ?? '?', needsRoot });
}
