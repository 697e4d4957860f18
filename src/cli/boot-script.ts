// `remotetask boot-script`: what DSM's Task Scheduler is to run at boot-up.
import fs from 'node:fs';
import path from 'node:path';
import type { Command } from './command.ts';

export const bootScript: Command = {
  name: 'boot-script',
  usage: 'boot-script',
  summary: 'Prints the script for a boot-up task of DSM',
  maxOperands: 0,
  async run({ configFile }) {
    console.log(renderBootScript(findOwnCommand(), configFile));
    return 0;
  },
};

/** How this program was started, as it can be again: by its launcher with this very Node, where there is one. */
function findOwnCommand(): readonly string[] {
  const program = path.resolve(process.argv[1] ?? '');
  const launcher = path.resolve(program, '../../bin/remotetask');
  const isPacked = path.basename(path.dirname(program)) === 'dist' && fs.existsSync(launcher);
  if (isPacked) return ['env', `REMOTETASK_NODE=${process.execPath}`, launcher];
  return [process.execPath, '--max-semi-space-size=2', '--max-old-space-size=256', program];
}

/**
 * DSM ends the process group of a boot-up script together with the script, hence `setsid`; and not in the background
 * itself, or the script might end before the loop has left its group. The loop passes a stop on as PWR, because a daemon that
 * has got TERM as well would take a second TERM for "at once". It ends where a daemon of this config answers already: that
 * one may have been started by hand, or by the script when it was run before. For everything else it tries again, also for
 * a config that cannot be used, because at boot-up its volume may be missing, and later its owner may correct it.
 */
export function renderBootScript(ownCommand: readonly string[], configFile: string): string {
  const errors = path.join(path.dirname(configFile), 'start-error.txt');
  const words = [errors, configFile, ...ownCommand].map(quote).join(' ');
  return `#!/bin/sh
# Control Panel > Task Scheduler > Create > Triggered Task > User-defined script
# User: root, Event: Boot-up. Paste this as the script; "Run" starts it at once.
umask 077
ulimit -c 0
cd / || exit 1
# Starts remotetask, and starts it again unless it was stopped (kill PID). Each such end is a line in start-error.txt.
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
    "$@" serve --config "$config" 2>>"$errors" & child=$!
    [ -z "$isStopping" ] || kill -PWR $child
    wait $child; status=$?
    [ -z "$isStopping" ] || wait $child
    child=
    [ "$status" -ne 0 ] && [ -z "$isStopping" ] || return
    if [ "$status" -eq 1 ] && "$@" stop --config "$config" >/dev/null; then
      note "remotetask runs already with this config; this one is not needed"
      return
    fi
    [ $(($(date +%s) - began)) -lt 60 ] || pause=1
    note "remotetask ended with status $status; it is started again in $pause s"
    sleep $pause & child=$!
    wait $child
    child=
    pause=$((pause < 30 ? pause * 2 : 60))
  done
}
keep_running "$@" &' ${words} </dev/null >/dev/null 2>&1`;
}

/** Text as one word for sh. */
function quote(text: string): string {
  return /^[\w./=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
