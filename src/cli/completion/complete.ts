/** Generates shell completion scripts from the command tree. */

import type { Command, Option } from 'commander';

/** Shells that `arx completion` supports. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** One command of the flattened tree: its words, and what may follow them. */
interface Node {
  words: string[];
  about: string;
  commands: { name: string; about: string }[];
  options: {
    flags: string[];
    about: string;
    value: 'none' | 'file' | 'any';
    choices: readonly string[];
  }[];
  /** Values of its arguments. */
  choices: readonly string[];
}

/** The completion script for a shell. */
export const completionScript = (program: Command, shell: Shell): string =>
  SCRIPTS[shell](flattenTree(program));

function flattenTree(command: Command, words: string[] = []): Node[] {
  const commands = command.commands.map((child) => ({
    name: child.name(),
    about: child.description(),
  }));
  const node: Node = {
    words,
    about: command.description(),
    commands,
    options: [
      ...command.options.filter(({ hidden }) => !hidden).map(optionOf),
      { flags: ['-h', '--help'], about: 'explain the command', value: 'none', choices: [] },
    ],
    choices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
  };
  return [
    node,
    ...command.commands.flatMap((child) => flattenTree(child, [...words, child.name()])),
  ];
}

function optionOf(option: Option): Node['options'][number] {
  const takesFile = /<file>|<directory>/.test(option.flags);
  const value = !option.required && !option.optional ? 'none' : takesFile ? 'file' : 'any';
  const flags = [option.short, option.long].filter((flag): flag is string => Boolean(flag));
  return { flags, about: option.description, value, choices: option.argChoices ?? [] };
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const optionsWithValue = (node: Node) => node.options.filter(({ value }) => value !== 'none');

function bash(nodes: readonly Node[]): string {
  const cases = nodes.map((node) => {
    const words = [
      ...node.commands.map(({ name }) => name),
      ...node.choices,
      ...node.options.flatMap(({ flags }) => flags),
    ];
    return `    ${quote(node.words.join(' '))}) words=${quote(words.join(' '))} ;;`;
  });
  const values = nodes.flatMap((node) =>
    optionsWithValue(node).map(({ flags, value, choices }) => {
      const patterns = flags.map((flag) => quote([...node.words, flag].join(' '))).join('|');
      const reply =
        value === 'file'
          ? 'compgen -f -- "$current"'
          : `compgen -W ${quote(choices.join(' '))} -- "$current"`;
      return `    ${patterns}) mapfile -t COMPREPLY < <(${reply}); return ;;`;
    }),
  );
  const paths = nodes
    .filter(({ words }) => words.length > 0)
    .map(({ words }) => quote(words.join(' ')));
  return `# bash completion for arx; load it with: source <(arx completion bash)
_arx() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' next word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${path:+$path }$word"
    case "$next" in
    ${paths.join('|')}) path="$next" ;;
    esac
  done
  case "\${path:+$path }$previous" in
${values.join('\n')}
  esac
  case "$path" in
${cases.join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _arx arx
`;
}

function zsh(nodes: readonly Node[]): string {
  const safe = (text: string): string => text.replace(/[[\]:\\]/g, ' ');
  const cases = nodes.map((node) => {
    const commands = node.commands.map(({ name, about }) => quote(`${name}:${safe(about)}`));
    const choices = node.choices.map((choice) => quote(choice));
    const options = node.options.flatMap(({ flags, about }) =>
      flags.map((flag) => quote(`${flag}:${safe(about)}`)),
    );
    return `    ${quote(node.words.join(' '))}) entries=(${[...commands, ...choices, ...options].join(' ')}) ;;`;
  });
  const values = nodes.flatMap((node) =>
    optionsWithValue(node).map(({ flags, value, choices }) => {
      const patterns = flags.map((flag) => quote([...node.words, flag].join(' '))).join('|');
      return `    ${patterns}) ${value === 'file' ? '_files' : `compadd -- ${choices.map(quote).join(' ')}`}; return ;;`;
    }),
  );
  const paths = nodes
    .filter(({ words }) => words.length > 0)
    .map(({ words }) => quote(words.join(' ')));
  return `#compdef arx
# zsh completion for arx; load it with: source <(arx completion zsh)
_arx() {
  local at='' next word previous="\${words[CURRENT-1]}"
  local -a entries
  for word in "\${(@)words[2,CURRENT-1]}"; do
    next="\${at:+$at }$word"
    case "$next" in
    ${paths.join('|')}) at="$next" ;;
    esac
  done
  case "\${at:+$at }$previous" in
${values.join('\n')}
  esac
  case "$at" in
${cases.join('\n')}
  esac
  _describe 'arx' entries
}
if [ "$funcstack[1]" = "_arx" ]; then _arx "$@"; else compdef _arx arx; fi
`;
}

function fish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap((node) => {
    const condition = `-n ${quote(`__arx_at ${node.words.join(' ')}`.trim())}`;
    return [
      ...node.commands.map(
        ({ name, about }) => `complete -c arx -f ${condition} -a ${name} -d ${quote(about)}`,
      ),
      ...node.choices.map((choice) => `complete -c arx -f ${condition} -a ${quote(choice)}`),
      ...node.options.map((option) => `complete -c arx ${condition} ${fishOption(option)}`),
    ];
  });
  const leaves = nodes
    .filter(({ words }) => words.length > 0)
    .map(({ words }) => quote(words.join(' ')));
  return `# fish completion for arx; load it with: arx completion fish | source
function __arx_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        set -l next (string trim -- "$at $word")
        contains -- "$next" ${leaves.join(' ')}; and set at "$next"
    end
    test "$at" = "$argv"
end
complete -c arx -f
${lines.join('\n')}
`;
}

function fishOption({ flags, about, value, choices }: Node['options'][number]): string {
  const names = flags.map((flag) =>
    flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  );
  const argument = {
    none: '',
    file: '-r -F',
    any: choices.length > 0 ? `-x -a ${quote(choices.join(' '))}` : '-x',
  }[value];
  return [...names, argument, `-d ${quote(about)}`].filter(Boolean).join(' ');
}

const SCRIPTS: Record<Shell, (nodes: readonly Node[]) => string> = { bash, zsh, fish };
