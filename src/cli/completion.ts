// `remotetask completion`: the script that a shell loads, and the words that such a script asks for.
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import { AppError } from '../errors.ts';
import { toControlPath } from '../history/control-path.ts';
import { programFile } from '../program-file.ts';
import { toOneLine } from '../untrusted-text.ts';
import { askDaemon } from './ask-daemon.ts';
import { loadLinks } from './links.ts';
import { listLabels } from './task-addresses.ts';
import { commonOptions, optionNames, toOption, type WordKind } from './options.ts';
import type { Command, CommandInput } from './command.ts';
import { findConfig } from './config-path.ts';
import { files, scripts } from './completion-scripts.ts';
import { findCommand } from './parse.ts';
import { unquoteWords } from './unquote.ts';

/** How long the daemon may take to list its runs. */
const answerMs = 1000;
/** A word that fits, and what it means. */
interface Candidate {
  readonly word: string;
  readonly meaning?: string;
}

const shells = Object.keys(scripts);

export const completion: Command = {
  name: 'completion',
  operands: [
    { name: 'SHELL', kind: 'shell' },
    { name: 'WORD', kind: 'text', isOptional: true, isRepeated: true },
  ],
  summary: 'Prints the script that completes commands, options and tasks in bash, zsh or fish',
  details: [
    'bash: `eval "$(remotetask completion bash)"` in ~/.bashrc. zsh: `eval "$(remotetask completion zsh)"` in ~/.zshrc, after compinit. fish: `remotetask completion fish | source` in ~/.config/fish/config.fish. With words after `--`, it prints what fits in place of the last one: that is what the scripts ask for.',
  ],
  async run({ operands: [shell = '', ...words], commands, env, called }) {
    const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
    if (script === undefined)
      throw new AppError('usage', `There is no completion for "${shell}"`, [
        `\`${called} completion\` knows ${shells.join(', ')}`,
      ]);
    if (words.length === 0) {
      console.log(script);
      return 0;
    }
    const found = await findCandidates(unquoteWords(words, shell), { commands, env });
    if (found.length > 0) console.log(found.map((candidate) => render(candidate, shell)).join('\n'));
    return 0;
  },
};

/** The words that fit in place of the last one. */
export async function findCandidates(
  typed: readonly string[],
  { commands, env }: Pick<CommandInput, 'commands' | 'env'>,
): Promise<readonly Candidate[]> {
  const last = typed.at(-1) ?? '';
  const before = typed.slice(0, -1);
  const { words, config, open } = readWords(before, commands);
  const command = findCommand(words, commands);
  const load = (): LoadedConfig => loadConfig(findConfig(config, programFile, env), env);
  const all =
    open !== undefined
      ? await listWords(open, { commands, load })
      : last.startsWith('-')
        ? [...(command?.options ?? []), ...commonOptions].map((name) => ({
            word: `--${name}`,
            meaning: toOption(name, command?.meanings).summary,
          }))
        : command === undefined
          ? listCommands(words, commands)
          : [...(await listOperands(command, words, { commands, load })), ...listCommands(words, commands)];
  return all.filter(({ word }) => word === files || word.startsWith(last));
}

interface Sources {
  readonly commands: readonly Command[];
  readonly load: () => LoadedConfig;
}

async function listOperands(
  command: Command,
  words: readonly string[],
  sources: Sources,
): Promise<readonly Candidate[]> {
  const { name, operands = [] } = command;
  const at = words.length - name.split(' ').length;
  const operand = operands[at] ?? operands.findLast(({ isRepeated }) => isRepeated === true);
  return operand === undefined ? [] : await listWords(operand.kind, sources);
}

/** The commands, of which the first words may have been typed. */
function listCommands(words: readonly string[], commands: readonly Command[]): readonly Candidate[] {
  const begun = words.map((word) => `${word} `).join('');
  return commands
    .filter(({ name }) => name.startsWith(begun))
    .map(({ name, summary }) => ({ word: name.slice(begun.length).split(' ')[0] ?? '', meaning: summary }));
}

/** The words of a kind; none if the config cannot be read. */
async function listWords(kind: WordKind, { commands, load }: Sources): Promise<readonly Candidate[]> {
  try {
    switch (kind) {
      case 'file':
        return [{ word: files }];
      case 'shell':
        return shells.map((word) => ({ word }));
      case 'command':
        return commands.map(({ name, summary }) => ({ word: name, meaning: summary }));
      case 'task':
        return load().tasks.map(({ id, name }) => ({ word: id, meaning: toOneLine(name) }));
      case 'nas':
        return [...load().nases.keys()].filter((name) => name !== '').map((word) => ({ word }));
      case 'label':
        return listLabels(load().keys).map((word) => ({ word }));
      case 'link':
        return await listOpenLinks(toControlPath(load().history.path));
      case 'run':
        return await listRuns(toControlPath(load().history.path));
      default:
        return [];
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [];
  }
}

async function listOpenLinks(socketPath: string): Promise<readonly Candidate[]> {
  const open = (await loadLinks(socketPath)).filter(({ state }) => state === 'open');
  return open.map(({ label, task }) => ({ word: label, meaning: toOneLine(task) }));
}

async function listRuns(socketPath: string): Promise<readonly Candidate[]> {
  const { body } = await askDaemon(socketPath, { method: 'GET', path: '/', withinMs: answerMs });
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .map(({ run, name }) => ({ word: String(run), meaning: toOneLine(String(name)) }));
}

/** What stands before the word: words without options, the config if one is named, and the kind of the value that an option at the end still needs. */
function readWords(
  typed: readonly string[],
  commands: readonly Command[],
): {
  readonly words: readonly string[];
  readonly config: string | undefined;
  readonly open: WordKind | undefined;
} {
  const words: string[] = [];
  let config: string | undefined;
  let open: WordKind | undefined;
  let isConfig = false;
  for (const word of typed) {
    if (open !== undefined) {
      if (isConfig) config = word;
      open = undefined;
    } else if (word.startsWith('-')) {
      const name = optionNames.find((known) => word === `--${known}` || word === `-${toOption(known).short}`);
      isConfig = name === 'config';
      open =
        name === undefined ? undefined : toOption(name, findCommand(words, commands)?.meanings).value?.kind;
    } else words.push(word);
  }
  return { words, config, open };
}

function render({ word, meaning }: Candidate, shell: string): string {
  const escaped = shell === 'zsh' && word !== files ? word.replaceAll(/[\\:]/g, '\\$&') : word;
  if (shell === 'bash' || meaning === undefined) return escaped;
  return `${escaped}${shell === 'zsh' ? ':' : '\t'}${meaning}`;
}
