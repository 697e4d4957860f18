// `remotetask boot-script`: what DSM's Task Scheduler is to run at boot-up.
import path from 'node:path';
import type { Command } from './command.ts';

export const bootScript: Command = {
  name: 'boot-script',
  usage: 'boot-script',
  summary: 'Prints the script for a boot-up task of DSM',
  maxOperands: 0,
  async run({ configFile }) {
    console.log(renderBootScript({ node: process.execPath, program: path.resolve(process.argv[1] ?? ''), configFile }));
    return 0;
  },
};

/**
 * DSM ends the process group of a boot-up script together with the script, hence `setsid`; and not in the background
 * itself, or the script might end before the daemon has left its group. A daemon that runs
 * already keeps its port: a second one says so and ends, which makes the script safe to run again.
 */
export function renderBootScript({
  node,
  program,
  configFile,
}: {
  readonly node: string;
  readonly program: string;
  readonly configFile: string;
}): string {
  return `#!/bin/sh
# Control Panel > Task Scheduler > Create > Triggered Task > User-defined script
# User: root, Event: Boot-up. Paste this as the script; "Run" starts it at once.
umask 077
ulimit -c 0
cd / || exit 1
setsid sh -c '"$@" &' sh ${quote(node)} --max-semi-space-size=2 --optimize-for-size ${quote(program)} serve --config ${quote(configFile)} </dev/null >/dev/null 2>${quote(path.join(path.dirname(configFile), 'start-error.txt'))}`;
}

/** Text as one word for sh. */
function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
