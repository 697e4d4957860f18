// Runs DSM's tool synoschedtask as a process and reads its output.
import type { NotTold, TaskList } from './listed-task.ts';
import { parseTaskList } from './task-list-text.ts';
import { createOutputRing } from '../output-ring.ts';
import { toFirstLines } from '../untrusted-text.ts';
import { createCleanEnvironment } from '../processes/clean-environment.ts';
import { startProcess } from '../processes/process.ts';
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

/** Calls the tool, given by its full path, and waits for it to end; stopping ends it. */
export async function callSynoschedtask(
  tool: string,
  args: readonly string[],
  stop: AbortSignal,
): Promise<ToolAnswer> {
  const refusal = findRefusal(tool);
  if (refusal !== undefined)
    return {
      kind: 'refused',
      reason: `DSM's synoschedtask is not run by root. ${refusal}.`,
      lines: [],
      isPassing: false,
    };
  const output = createOutputRing(maxBytes);
  const { ended } = startProcess({
    file: tool,
    args,
    cwd: '/',
    env: createCleanEnvironment(),
    onOutput: output.push,
    stop,
    stopSignal: 'SIGTERM',
    graceMs: 1000,
  });
  const { startError, exitCode, signal } = await ended;
  const text = output.read().toString();
  const refuse = (what: string): ToolAnswer => ({
    kind: 'refused',
    reason: `DSM's synoschedtask ${what}`,
    lines: toFirstLines(text),
    isPassing: stop.aborted,
  });
  if (startError === 'ENOENT') return refuse('is not on this machine.');
  if (startError !== undefined) return refuse(`could not be started (${startError}).`);
  if (stop.aborted) return refuse('did not answer.');
  if (output.totalBytes() > maxBytes) return refuse('printed more than can be read.');
  if (exitCode === 0) return { kind: 'answered', text };
  const needsRoot = process.getuid?.() === 0 ? '' : ' It has to be run as root.';
  return refuse(`refused (${signal ?? `exit status ${exitCode}`}).${needsRoot}`);
}
