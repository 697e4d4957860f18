// The command line's documents: docs/remotetask.1 and the tables of docs/commands.md, from the same table as `--help`.
import packageJson from '../package.json' with { type: 'json' };
import { renderUsage } from '../src/cli/command.ts';
import { commands } from '../src/cli/commands.ts';
import { signals, statuses } from '../src/cli/help.ts';
import { commonOptions, renderBothForms, toOption } from '../src/cli/options.ts';

const begin = '<!-- made by `npm run manual` -->\n';
const end = '<!-- end -->\n';
const optionNames = [
  ...new Set([...commands.flatMap(({ options: own = [] }) => own), ...commonOptions, 'version' as const]),
];

/** docs/commands.md with its tables made again. */
export function renderCommandsPage(page: string): string {
  const [before = '', ...rest] = page.split(begin);
  const after = rest.join(begin).split(end).slice(1).join(end);
  return `${before}${begin}${renderTables()}${end}${after}`;
}

function renderTables(): string {
  return `
| Command | What it does |
| --- | --- |
${commands.map((command) => `| \`remotetask ${renderUsage(command)}\` | ${lowerFirst(command.summary)} |\n`).join('')}
| Option | What it does |
| --- | --- |
${optionNames.map((name) => `| \`${renderBothForms(name).trim()}\` | ${renderMeaning(name)} |\n`).join('')}
${commands
  .filter(({ details, statuses: own }) => details !== undefined || own !== undefined)
  .map(
    ({ name, details = [], statuses: own = {} }) =>
      `### ${name}\n\n${details.map((text) => `${text}\n\n`).join('')}${Object.entries(own)
        .map(([status, meaning]) => `* exit status ${status}: ${meaning}\n`)
        .join('')}${Object.keys(own).length === 0 ? '' : '\n'}`,
  )
  .join('')}`;
}

/** What an option means, in all commands and in those where it means something else. */
function renderMeaning(name: (typeof optionNames)[number]): string {
  const others = commands.flatMap(({ name: command, meanings }) => {
    const summary = meanings?.[name]?.summary;
    return summary === undefined ? [] : [`; with \`${command}\`, ${summary.split(';')[0] ?? ''}`];
  });
  return toOption(name).summary + others.join('');
}

/** The man page, in the macros of man(7). */
export function renderManual(): string {
  return `.\\" Made by \`npm run manual\` from src/cli: do not edit.
.TH REMOTETASK 1 "" "remotetask ${packageJson.version}" "User Commands"
.SH NAME
remotetask \\- starts a Synology task, or a command, from a URL
.SH SYNOPSIS
.B remotetask
.RI [ COMMAND ]\\ [ OPTIONS ]
.SH DESCRIPTION
Without a command,
.B ${commands[0]?.name ?? ''}
is run.
.SH COMMANDS
${commands.map(renderCommand).join('')}.SH OPTIONS
${optionNames.map((name) => renderTerm(renderBothForms(name).trim(), `${renderMeaning(name)}.`)).join('')}.SH EXIT STATUS
${Object.entries(statuses)
  .map(([status, meaning]) => renderTerm(status, `${meaning}.`))
  .join('')}.SH SIGNALS
${toText(signals)}
.SH FILES
.TP
.I config.json
The config, and beside it the log and the history.
.SH SEE ALSO
docs/commands.md, docs/config.md and docs/http.md, which come with the program.
`;
}

function renderCommand(command: (typeof commands)[number]): string {
  const { summary, details = [], statuses: own = {} } = command;
  const more = [
    ...details.map(toText),
    ...Object.entries(own).map(([status, meaning]) => toText(`Exit status ${status}: ${meaning}.`)),
  ];
  return `${renderTerm(renderUsage(command), `${summary}.`)}${more.map((text) => `.IP\n${text}\n`).join('')}`;
}

function renderTerm(term: string, meaning: string): string {
  return `.TP\n.B ${toText(term)}\n${toText(meaning)}\n`;
}

/** Text that roff shows as it is: a dash that can be copied, no macro at a line's beginning. */
function toText(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/[`']/g, (mark) => (mark === '`' ? '\\(ga' : '\\(aq'))
    .replace(/^\./, '\\&.');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
