/** Parses YAML files and finds the places of their parts. */

import { Buffer } from 'node:buffer';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Pair, YAMLError } from 'yaml';
import { ConfigError } from '../errors.ts';
import type { ConfigPlace } from '../errors.ts';

const MAX_BYTES = 64 * 1024;
const MAX_ALIASES = 20;
type Path = readonly PropertyKey[];

/** A parsed YAML file: its plain value, and the place of each part. */
export interface YamlSource {
  value: unknown;
  /**
   * The place of the key at a path (in a list, of the entry); if the path does not exist, that of
   * its nearest existing parent.
   */
  keyPlace(path: Path): ConfigPlace;
  /**
   * The place of the value at a path; if the path does not exist, that of its nearest existing
   * parent.
   */
  valuePlace(path: Path): ConfigPlace;
  has(path: Path): boolean;
}

/**
 * Parses YAML 1.2 strictly: one document, unique text keys, no tags or directives, at most 64 KB,
 * few aliases; warnings are errors. Throws ConfigError `yaml`, whose text never quotes the file,
 * because it may contain a misplaced secret.
 */
export function parseYaml(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  const at = (offset: number): ConfigPlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  if (Buffer.byteLength(text) > MAX_BYTES) throw tooLarge(file);
  const doc = parseDocument(text, { ...STRICT, lineCounter: lines });
  const [problem] = [...doc.errors, ...doc.warnings];
  if (problem) throw syntaxError(problem, at(problem.pos[0]));
  if (doc.directives?.yaml.explicit)
    throw plainError('has a %YAML directive', 'Remove the line.', { file, line: 1, column: 1 });
  rejectOddNodes(doc, at);
  return sourceOf(doc, plainValue(doc, file), at);
}

const STRICT = {
  version: '1.2',
  schema: 'core',
  strict: true,
  stringKeys: true,
  uniqueKeys: true,
  prettyErrors: false,
} as const;

/** Writes a path as `exemptions.0.until`. */
export const formatPath = (path: Path): string => path.map(String).join('.');

function sourceOf(
  doc: Document.Parsed,
  value: unknown,
  at: (offset: number) => ConfigPlace,
): YamlSource {
  const place = (path: Path, part: 'key' | 'value'): ConfigPlace => ({
    ...at(offsetOf(doc, path, part)),
    path: formatPath(path),
  });
  return {
    value,
    keyPlace: (path) => place(path, 'key'),
    valuePlace: (path) => place(path, 'value'),
    has: (path) => walk(doc, path).length === path.length + 1,
  };
}

function offsetOf(doc: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  const steps = walk(doc, path);
  const last = steps[steps.length - 1];
  const found = steps.length === path.length + 1;
  return (part === 'key' && found ? last?.keyAt : undefined) ?? last?.valueAt ?? 0;
}

interface Step {
  keyAt: number | undefined;
  valueAt: number | undefined;
}

// The steps from the root along the path, as far as the document has them; aliases are followed.
function walk(doc: Document.Parsed, path: Path): Step[] {
  let node: unknown = doc.contents;
  const steps: Step[] = [{ keyAt: undefined, valueAt: startOf(node) }];
  for (const key of path) {
    const child = childOf(isAlias(node) ? node.resolve(doc) : node, key);
    if (!child) return steps;
    steps.push({ keyAt: startOf(child.key), valueAt: startOf(child.value) ?? startOf(child.key) });
    node = child.value;
  }
  return steps;
}

function childOf(node: unknown, key: PropertyKey): { key: unknown; value: unknown } | null {
  if (isSeq(node)) {
    const item = node.items[Number(key)];
    return item === undefined ? null : { key: item, value: item };
  }
  if (!isMap(node)) return null;
  const pair = node.items.find(
    (candidate: Pair) => isScalar(candidate.key) && candidate.key.value === key,
  );
  return pair ? { key: pair.key, value: pair.value } : null;
}

const startOf = (node: unknown): number | undefined =>
  (node as Node | null | undefined)?.range?.[0];

function plainValue(doc: Document.Parsed, file: string): unknown {
  try {
    return doc.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    throw plainError('uses too many aliases', 'Write the values out.', {
      file,
    });
  }
}

// Refuses keys that would replace a prototype, and aliases without an anchor (which the parser
// reports without a place).
function rejectOddNodes(doc: Document.Parsed, at: (offset: number) => ConfigPlace): void {
  const refuse = (problem: string, remedy: string, node: unknown): never => {
    throw plainError(problem, remedy, at(startOf(node) ?? 0));
  };
  const visit = (node: unknown): void => {
    if (isAlias(node) && !node.resolve(doc))
      refuse('uses an alias that is not defined', 'Write the value out.', node);
    if (isSeq(node)) node.items.forEach(visit);
    if (!isMap(node)) return;
    for (const { key, value } of node.items as Pair[]) {
      if (isScalar(key) && key.value === '__proto__')
        refuse('has the key __proto__', 'Remove it.', key);
      visit(value);
    }
  };
  visit(doc.contents);
}

// Messages by code, because the parser's own messages quote the source.
const SYNTAX: Partial<Record<string, readonly [problem: string, remedy: string]>> = {
  DUPLICATE_KEY: ['has this key twice', 'Remove one of them.'],
  MULTIPLE_DOCS: ['has more than one document', 'Keep one document and remove the line ---.'],
  TAB_AS_INDENT: ['is indented with a tab', 'Indent with spaces.'],
  BAD_INDENT: ['is indented differently from its surroundings', 'Align it with its neighbours.'],
  BAD_ALIAS: ['uses an alias that is not defined', 'Write the value out.'],
  NON_STRING_KEY: ['has a key that is not text', 'Quote the key.'],
  TAG_RESOLVE_FAILED: ['uses a tag', 'Remove the tag (!…).'],
  MISSING_CHAR: [
    'is missing a closing quote or bracket, or a colon',
    'Close every quote and bracket on this line and before it.',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    'has a nested mapping on one line',
    'Quote values that contain a colon, or use separate lines.',
  ],
};

function syntaxError(error: YAMLError, where: ConfigPlace): ConfigError {
  const [problem, remedy] = SYNTAX[error.code] ?? [
    'is not valid YAML here',
    'Check quotes, colons, brackets and indentation.',
  ];
  return plainError(problem, remedy, where);
}

const plainError = (problem: string, remedy: string, where: ConfigPlace): ConfigError =>
  new ConfigError('yaml', `${where.file ?? 'the file'} ${problem}`, remedy, where);

const tooLarge = (file: string): ConfigError =>
  plainError('is larger than 64 KB', 'Split it, or check that it is the right file.', {
    file,
    line: 1,
    column: 1,
  });
