/** What a shell may complete besides words of the command line itself. */

/** Kinds of values; the names of arguments and options say which are meant. */
export const VALUE_KINDS = [
  'runs',
  'requests',
  'flow-runs',
  'flows',
  'groups',
  'operations',
] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

/** The kind that an argument or option takes, by its name and by the words of its command. */
export function kindOf(name: string, words: readonly string[]): ValueKind | null {
  if (name === 'run') return words[0] === 'flows' ? 'flow-runs' : 'runs';
  return KINDS[name] ?? null;
}

const KINDS: Readonly<Record<string, ValueKind>> = {
  request: 'requests',
  flow: 'flows',
  operation: 'operations',
  group: 'groups',
};
