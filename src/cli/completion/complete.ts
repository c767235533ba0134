/** Generates shell completion scripts from the command tree. */

import type { Command, Option } from 'commander';
import { kindOf } from './value-kinds.ts';
import type { ValueKind } from './value-kinds.ts';

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
    /** Values that the script asks arx for. */
    kind: ValueKind | null;
  }[];
  /** Values of its arguments. */
  choices: readonly string[];
  /** Values of its arguments that the script asks arx for. */
  kinds: readonly ValueKind[];
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
      ...command.options.filter(({ hidden }) => !hidden).map((option) => optionOf(option, words)),
      {
        flags: ['-h', '--help'],
        about: 'explain the command',
        value: 'none',
        choices: [],
        kind: null,
      },
    ],
    choices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    kinds: command.registeredArguments.flatMap((argument) => kindOf(argument.name(), words) ?? []),
  };
  return [
    node,
    ...command.commands.flatMap((child) => flattenTree(child, [...words, child.name()])),
  ];
}

function optionOf(option: Option, words: readonly string[]): Node['options'][number] {
  const takesFile = /<file>|<directory>/.test(option.flags);
  const value = !option.required && !option.optional ? 'none' : takesFile ? 'file' : 'any';
  const flags = [option.short, option.long].filter((flag): flag is string => Boolean(flag));
  const kind = value === 'any' ? kindOf(option.attributeName(), words) : null;
  return { flags, about: option.description, value, choices: option.argChoices ?? [], kind };
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
    const asked = node.kinds.map((kind) => ` asked+=("${kind}")`).join('');
    return `    ${quote(node.words.join(' '))}) words=${quote(words.join(' '))}${asked === '' ? '' : `;${asked}`} ;;`;
  });
  const values = nodes.flatMap((node) =>
    optionsWithValue(node).map(({ flags, value, choices, kind }) => {
      const patterns = flags.map((flag) => quote([...node.words, flag].join(' '))).join('|');
      const reply =
        value === 'file'
          ? 'compgen -f -- "$current"'
          : kind === null
            ? `compgen -W ${quote(choices.join(' '))} -- "$current"`
            : `_arx_values ${kind} "$current"`;
      return `    ${patterns}) mapfile -t COMPREPLY < <(${reply}); return ;;`;
    }),
  );
  const paths = nodes
    .filter(({ words }) => words.length > 0)
    .map(({ words }) => quote(words.join(' ')));
  return `# bash completion for arx; load it with: source <(arx completion bash)
# Values of a kind that begin with what is typed; a name with spaces is quoted for the shell.
_arx_values() {
  local value typed="\${2//\\\\/}"
  "\${COMP_WORDS[0]}" completion bash --values "$1" 2>/dev/null | while IFS= read -r value; do
    case "$value" in "$typed"*) printf '%q\\n' "$value" ;; esac
  done
}
_arx() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' next word words=''
  local -a asked=()
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
  mapfile -t COMPREPLY < <(
    case "$current" in -*) ;; *) for word in "\${asked[@]}"; do _arx_values "$word" "$current"; done ;; esac
    compgen -W "$words" -- "$current"
  )
}
# Operations contain colons, at which bash would split words.
COMP_WORDBREAKS="\${COMP_WORDBREAKS//:}"
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
    const asked = node.kinds.map((kind) => `; asked+=(${kind})`).join('');
    return `    ${quote(node.words.join(' '))}) entries=(${[...commands, ...choices, ...options].join(' ')})${asked} ;;`;
  });
  const values = nodes.flatMap((node) =>
    optionsWithValue(node).map(({ flags, value, choices, kind }) => {
      const patterns = flags.map((flag) => quote([...node.words, flag].join(' '))).join('|');
      const offered =
        kind === null ? `compadd -- ${choices.map(quote).join(' ')}` : `_arx_values ${kind}`;
      return `    ${patterns}) ${value === 'file' ? '_files' : offered}; return ;;`;
    }),
  );
  const paths = nodes
    .filter(({ words }) => words.length > 0)
    .map(({ words }) => quote(words.join(' ')));
  return `#compdef arx
# zsh completion for arx; load it with: source <(arx completion zsh)
_arx_values() {
  local -a found
  found=("\${(@f)$("\${words[1]}" completion zsh --values "$1" 2>/dev/null)}")
  compadd -- "\${(@)found:#}"
}
_arx() {
  local at='' next word previous="\${words[CURRENT-1]}"
  local -a entries asked
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
  for word in "\${(@)asked}"; do _arx_values "$word"; done
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
      ...node.kinds.map((kind) => `complete -c arx -f ${condition} -a ${quote(askFish(kind))}`),
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

const askFish = (kind: ValueKind): string => `(arx completion fish --values ${kind} 2>/dev/null)`;

function fishOption({ flags, about, value, choices, kind }: Node['options'][number]): string {
  const names = flags.map((flag) =>
    flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  );
  const argument = {
    none: '',
    file: '-r -F',
    any:
      kind !== null
        ? `-x -a ${quote(askFish(kind))}`
        : choices.length > 0
          ? `-x -a ${quote(choices.join(' '))}`
          : '-x',
  }[value];
  return [...names, argument, `-d ${quote(about)}`].filter(Boolean).join(' ');
}

const SCRIPTS: Record<Shell, (nodes: readonly Node[]) => string> = { bash, zsh, fish };
