// What a command is: its program, arguments, folder and user, and the names of its own variables.
import type { Command } from '../../runners/command.ts';
import type { Language } from '../../languages/language.ts';
import { html, type Html } from './html.ts';
import { renderCopy } from './copy.ts';

/** Longer command lines are shown in part; the button copies all of it. */
const maxLength = 500;

/** The facts about a command. The values of its variables are left out, because that is where passwords belong. */
export function toCommandFacts(
  { argv, cwd, env, user }: Command,
  language: Language,
): readonly (readonly [string, Html | string | undefined])[] {
  const words = language.admin.task;
  const line = argv.map(quote).join(' ');
  const shown = line.length > maxLength ? `${line.slice(0, maxLength)} …` : line;
  return [
    [words.command, html`<code>${shown}</code> ${renderCopy(line, words.command, language)}`],
    [words.folder, cwd],
    [words.user, user === undefined ? words.daemonUser : `${user.name} (${user.uid}:${user.gid})`],
    [words.variables, Object.keys(env).join(', ')],
  ];
}

/** An argument as a shell would need it. */
function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
