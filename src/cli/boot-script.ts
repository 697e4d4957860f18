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
 * itself, or the script might end before the daemon has left its group. A daemon that runs already keeps its port: a
 * second one says so and ends, which makes the script safe to run again.
 */
export function renderBootScript(ownCommand: readonly string[], configFile: string): string {
  const words = [...ownCommand, 'serve', '--config', configFile].map(quote).join(' ');
  return `#!/bin/sh
# Control Panel > Task Scheduler > Create > Triggered Task > User-defined script
# User: root, Event: Boot-up. Paste this as the script; "Run" starts it at once.
umask 077
ulimit -c 0
cd / || exit 1
setsid sh -c '"$@" &' sh ${words} </dev/null >/dev/null 2>${quote(path.join(path.dirname(configFile), 'start-error.txt'))}`;
}

/** Text as one word for sh. */
function quote(text: string): string {
  return /^[\w./=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
