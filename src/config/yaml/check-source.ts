import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { nearest } from './nearest.ts';
import { formatPath } from './yaml-source.ts';
import type { YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

/**
 * Turns the issues that a schema found into errors with place, expectation and remedy. Values are
 * never quoted.
 */
function explainIssues(
  issues: readonly Issue[],
  source: YamlSource,
  schema: z.ZodType,
): ConfigError[] {
  const shape = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  return issues
    .flatMap((issue) => innermost(issue))
    .filter(isFirstOfItsKind)
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? unknownKeys(issue, source, shape)
        : [wrongValue(issue, source, shape)],
    );
}

/** Checks a source against a schema: returns the value, or every error. */
export function checkSource<Schema extends z.ZodType>(
  schema: Schema,
  source: YamlSource,
): { ok: true; value: z.output<Schema> } | { ok: false; errors: ConfigError[] } {
  const parsed = schema.safeParse(source.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, errors: explainIssues(parsed.error.issues, source, schema) };
}

// Several checks of one value may report the same expectation.
const isFirstOfItsKind = ({ path, message }: Issue, at: number, all: readonly Issue[]): boolean =>
  all.findIndex((one) => one.message === message && formatPath(one.path) === formatPath(path)) ===
  at;

// For a union, the branch that matched furthest is more helpful than the union itself.
function innermost(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const deep = issue.errors.find((branch) => branch.some((inner) => inner.path.length > 0));
  if (!deep) return [issue];
  return deep.flatMap((inner) =>
    innermost({ ...inner, path: [...issue.path, ...inner.path] } as Issue),
  );
}

function unknownKeys(
  issue: Issue & { keys: string[] },
  source: YamlSource,
  shape: JsonSchema,
): ConfigError[] {
  const known = keysAt(shape, issue.path);
  return issue.keys.map((key) => {
    const path = [...issue.path, key];
    const near = nearest(key, known);
    const where = source.keyPlace(path);
    const remedy = near ? `Did you mean ${near}?` : `Remove it. Known keys: ${known.join(', ')}.`;
    return new ConfigError(
      'unknown_key',
      `${printableKey(formatPath(path))} is not a key of ${where.file ?? 'this file'}`,
      remedy,
      where,
    );
  });
}

function wrongValue(issue: Issue, source: YamlSource, shape: JsonSchema): ConfigError {
  const found = valueAt(source.value, issue.path);
  const where = source.valuePlace(issue.path);
  const path = printableKey(formatPath(issue.path)) || 'the file';
  if (found === undefined) {
    return new ConfigError(
      'missing_key',
      `${path} is missing: expected ${expectationOf(issue)}`,
      `Add ${path}.`,
      where,
    );
  }
  const suggestion = nearest(String(found), wordsOf(issue));
  const remedy = suggestion
    ? `Did you mean ${suggestion}?`
    : `Write ${expectationOf(issue)}${orRemove(shape, issue.path)}.`;
  const got = issue.code === 'invalid_type' ? `, got ${kind(found)}` : '';
  return new ConfigError(
    'wrong_value',
    `${path}: expected ${expectationOf(issue)}${got}`,
    remedy,
    where,
  );
}

/** The words that are allowed in this place, also in a branch of a union. */
function wordsOf(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(wordsOf) : [];
}

const PLAIN: Record<string, string> = {
  object: 'a mapping (key: value)',
  array: 'a list',
  string: 'text',
};

function expectationOf(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input'))
    return PLAIN[issue.expected] ?? issue.expected;
  return issue.message;
}

function kind(value: unknown): string {
  if (value === null) return 'nothing (null)';
  if (Array.isArray(value)) return 'a list';
  return (
    { string: 'text', number: 'a number', boolean: 'true or false', object: 'a mapping' }[
      typeof value as string
    ] ?? 'something else'
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      at === null || at === undefined ? undefined : (at as Record<PropertyKey, unknown>)[key],
    value,
  );
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  /** For maps with a fixed list of keys. */
  propertyNames?: { enum?: string[] };
  anyOf?: JsonSchema[];
  required?: string[];
  default?: unknown;
}

/** The advice to remove a key instead; empty for required keys, list entries and the whole file. */
function orRemove(shape: JsonSchema, path: readonly PropertyKey[]): string {
  const key = path.at(-1);
  if (typeof key !== 'string') return '';
  const within = schemasAt(shape, path.slice(0, -1)).filter(
    ({ properties }) => properties?.[key] !== undefined,
  );
  if (within.length === 0 || within.some(({ required }) => required?.includes(key))) return '';
  const hasDefault = within.some(({ properties }) => properties?.[key]?.default !== undefined);
  return `, or remove the key${hasDefault ? ' to use its default' : ''}`;
}

/** The schemas of the values at a path; each branch of a union is separate. */
function schemasAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema[] {
  const [key, ...rest] = path;
  const branches = [schema, ...(schema.anyOf ?? [])];
  if (key === undefined) return branches;
  return branches.flatMap((branch) => {
    const next =
      typeof key === 'number'
        ? branch.items
        : (branch.properties?.[String(key)] ?? branch.additionalProperties);
    return typeof next === 'object' ? schemasAt(next, rest) : [];
  });
}

const keysAt = (shape: JsonSchema, path: readonly PropertyKey[]): string[] =>
  schemasAt(shape, path).flatMap(
    (branch) => branch.propertyNames?.enum ?? Object.keys(branch.properties ?? {}),
  );

// Keys are text from the user: control characters are replaced and long keys are cut.
export const printableKey = (text: string): string =>
  text.replace(/\p{C}/gu, '?').slice(0, 120).toWellFormed();
