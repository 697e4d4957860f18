// `remotetask boot-script`: the script for DSM's Task Scheduler to run at boot-up.
import path from 'node:path';
import { findLauncher, isFoundByLauncher } from '../processes/launcher.ts';
import { quoteWord, toTyped } from '../called.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import { AppError } from '../errors.ts';
import { isExecutable, programFile } from '../program-file.ts';
import type { Command } from './command.ts';

export const bootScript: Command = {
  name: 'boot-script',
  options: ['worker', 'for'],
  meanings: {
    for: { value: { name: 'USER', kind: 'text' }, summary: 'with `--worker`, the user of the daemon' },
  },
  summary: 'Prints the script for a boot-up task of DSM',
  async run({ configFile, env, options }) {
    const { worker: isForWorker = false, for: user } = options;
    const started = isForWorker ? toWork(loadConfig(configFile, env), user) : [...serving];
    console.log(renderBootScript(findOwnCommand(), configFile, started));
    return 0;
  },
};

/** What the script of a daemon starts. */
const serving = ['serve'] as const;

/** The command of a worker for the daemon of a config. */
function toWork({ workerSocket }: LoadedConfig, user: string | undefined): readonly string[] {
  if (workerSocket === undefined)
    throw new AppError('usage', 'The config names no socket of a worker', [
      'Set "worker": { "socket": "/run/remotetask/worker.sock" } in it',
    ]);
  if (user === undefined)
    throw new AppError('usage', 'Name the user of the daemon with --for', [
      toTyped('boot-script --worker --for remotetask'),
    ]);
  return ['work', '--socket', workerSocket, '--for', user];
}

/**
 * The command that starts this program again: its launcher if it has one. A Node that the launcher finds by itself is not named, because
 * Package Center may replace it by a newer one.
 */
function findOwnCommand(): readonly string[] {
  const program = path.resolve(programFile);
  if (isExecutable) return [program];
  const launcher = findLauncher(program);
  if (launcher === undefined)
    return [process.execPath, '--max-semi-space-size=2', '--max-old-space-size=256', program];
  const isNamed = path.basename(program) !== 'main.ts' && !isFoundByLauncher(process.execPath);
  return isNamed ? ['env', `REMOTETASK_NODE=${process.execPath}`, launcher] : [launcher];
}

/**
 * DSM ends the process group of a boot-up script together with the script, hence `setsid`. `setsid` itself is not put in the background,
 * or the script might end before the loop has left its group. The loop forwards a stop as PWR, because a daemon that also received
 * TERM would take a second TERM as "at once". The loop ends if a daemon of this config already answers: that daemon
 * may have been started by hand, or by an earlier run of the script. Status 75 is `remotetask restart`. After any other failure it tries again, even if the config
 * is unusable, because its volume may be missing at boot-up, and the owner may correct it later.
 */
export function renderBootScript(
  ownCommand: readonly string[],
  configFile: string,
  started: readonly string[] = serving,
): string {
  const isWorker = started[0] === 'work';
  const errors = path.join(path.dirname(configFile), isWorker ? 'worker-error.txt' : 'start-error.txt');
  const words = [errors, configFile, ...ownCommand].map(quoteWord).join(' ');
  const what = isWorker ? 'the worker of remotetask' : 'remotetask';
  // These words stand between the quotation marks of `sh -c`.
  const command = started
    .map(quoteWord)
    .join(' ')
    .replaceAll("'", String.raw`'\''`);
  const whenRunning = isWorker
    ? ''
    : `
    if [ "$status" -eq 1 ] && "$@" stop --config "$config" >/dev/null; then
      note "remotetask runs already with this config; this one is not needed"
      return
    fi`;
  return `#!/bin/sh
# Control Panel > Task Scheduler > Create > Triggered Task > User-defined script
# User: root, Event: Boot-up. Paste this as the script; "Run" starts it at once.
umask 077
export REMOTETASK_SUPERVISED=parent
ulimit -c 0
cd / || exit 1
# Starts ${what}, and starts it again unless it was stopped${isWorker ? '' : ' (remotetask shutdown)'}. Each end by a failure is a line in ${path.basename(errors)}.
setsid sh -c '
errors=$0 config=$1 child= isStopping=
shift
note() { echo "$(date "+%Y-%m-%d %H:%M:%S") $1" >>"$errors"; }
keep_running() {
  trap "" HUP
  trap "isStopping=1; kill -PWR \\$child" TERM
  pause=1
  while [ -z "$isStopping" ]; do
    [ "$(wc -c <"$errors")" -lt 50000 ] || mv -f "$errors" "$errors.old"
    began=$(date +%s)
    "$@" ${command} --config "$config" 2>>"$errors" & child=$!
    [ -z "$isStopping" ] || kill -PWR $child
    wait $child; status=$?
    [ -z "$isStopping" ] || wait $child
    child=
    [ "$status" -ne 0 ] && [ -z "$isStopping" ] || return
    [ "$status" -ne 75 ] || { pause=1; continue; }${whenRunning}
    [ $(($(date +%s) - began)) -lt 60 ] || pause=1
    note "${what} ended with status $status; it is started again in $pause s"
    sleep $pause & child=$!
    wait $child
    child=
    pause=$((pause < 30 ? pause * 2 : 60))
  done
}
keep_running "$@" &' ${words} </dev/null >/dev/null 2>&1`;
}
