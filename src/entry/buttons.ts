// Buttons on our pages: two quick presses of one lead to one run.
import type { RunFeed } from '../runs/run-view.ts';
import type { StartResult } from '../runs/runs.ts';
import type { Admitted } from './gate.ts';

/** A button on a page of ours, which may start a task. */
export interface Button {
  readonly task: string;
  /** The task's name on the page. Without a task key, another task may have taken the id since. */
  readonly name: string;
  /** Once it was pressed: the resulting run, which the second of two quick taps asks for at the same moment. */
  pressed?: Promise<string | undefined> | undefined;
}

/** The button that starts a task once more, on the page of a run. */
export interface AgainButton extends Button {
  readonly run: string;
  readonly keys: Admitted['keys'];
}

/** Starts a run for a button; if the start fails, the button can be pressed again. */
export async function press(
  buttons: readonly Button[],
  start: () => Promise<StartResult | undefined>,
): Promise<StartResult | undefined> {
  const started = start();
  const pressed = started.then(toRun);
  for (const button of buttons) button.pressed = pressed;
  if ((await pressed) === undefined) for (const button of buttons) button.pressed = undefined;
  return await started;
}

/** The result of pressing one of these buttons, now or earlier. */
export function findPressed(buttons: readonly Button[]): Button['pressed'] {
  return buttons.find(({ pressed }) => pressed !== undefined)?.pressed;
}

/** The run that a start led to, a new or an earlier one. */
function toRun(result: StartResult | undefined): string | undefined {
  return result?.kind === 'started' || result?.kind === 'joined' || result?.kind === 'queued'
    ? result.run.id
    : undefined;
}

/** The run that a button has led to before; undefined if it is no longer remembered. */
export function toJoined(feed: RunFeed | undefined): StartResult | undefined {
  return feed === undefined ? undefined : { kind: 'joined', run: feed };
}
