import { adfText } from './adf.ts';
import type { Clause, Operator, Query } from './jql-parser.ts';
import { JqlError } from './jql-parser.ts';
import type { Issue, IssueFields } from './model.ts';
import { CATEGORIES, ISSUE_TYPES, PRIORITIES, STATUSES } from './model.ts';
import type { JiraSite } from './site.ts';

/** An issue as known to the search index. */
export interface Indexed {
  issue: Issue;
  fields: IssueFields;
}

interface Field {
  /** The texts with which a value of a query is compared, in lower case unless `exact`. */
  texts: (found: Indexed) => readonly string[];
  exact?: boolean;
  /** Milliseconds, for fields with dates. */
  time?: (found: Indexed) => number | null;
  /** Supports `~` for contained text. */
  contains?: boolean;
  /** Throws if a value does not exist. */
  check?: (value: string, site: JiraSite) => void;
}

const nameCheck =
  (field: string, names: readonly (readonly string[])[]) =>
  (value: string): void => {
    const known = names.some((aliases) =>
      aliases.some((alias) => alias.toLowerCase() === value.toLowerCase()),
    );
    if (!known) throw new JqlError(`The value '${value}' does not exist for the field '${field}'.`);
  };

const FIELDS: Record<string, Field> = {
  project: {
    texts: ({ issue }) => [issue.key.replace(/-\d+$/, ''), '10100', 'Security'],
    check: (value, { project }) =>
      nameCheck('project', [[project.key, project.id, project.name]])(value),
  },
  key: { texts: ({ issue }) => [issue.key], check: checkKey },
  id: { texts: ({ issue }) => [issue.id, issue.key] },
  labels: { texts: ({ fields }) => fields.labels, exact: true },
  status: {
    texts: ({ fields: { status } }) => [status.name, status.id],
    check: nameCheck(
      'status',
      STATUSES.map(({ id, name }) => [id, name]),
    ),
  },
  statuscategory: {
    texts: ({ fields: { status } }) => categoryNames(status.category),
    check: nameCheck(
      'statusCategory',
      STATUSES.map(({ category }) => categoryNames(category)),
    ),
  },
  issuetype: {
    texts: ({ fields }) => [fields.issuetype],
    check: nameCheck(
      'issuetype',
      ISSUE_TYPES.map(({ id, name }) => [id, name]),
    ),
  },
  priority: {
    texts: ({ fields }) => [fields.priority],
    check: nameCheck(
      'priority',
      PRIORITIES.map(({ id, name }) => [id, name]),
    ),
  },
  resolution: { texts: ({ fields }) => [fields.resolution ?? 'Unresolved'] },
  summary: { texts: ({ fields }) => [fields.summary], contains: true },
  description: { texts: ({ fields }) => [adfText(fields.description)], contains: true },
  text: {
    texts: ({ issue, fields }) => [
      fields.summary,
      adfText(fields.description),
      ...issue.comments.map(({ body }) => adfText(body)),
    ],
    contains: true,
  },
  assignee: { texts: ({ fields }) => (fields.assignee ? [fields.assignee] : []) },
  created: { texts: () => [], time: ({ issue }) => issue.created },
  updated: { texts: () => [], time: ({ fields }) => fields.updated },
  duedate: {
    texts: () => [],
    time: ({ fields }) => (fields.duedate ? Date.parse(fields.duedate) : null),
  },
};

const ALIASES: Record<string, string> = {
  issue: 'key',
  issuekey: 'key',
  type: 'issuetype',
  due: 'duedate',
  createddate: 'created',
  updateddate: 'updated',
};

/**
 * Runs a parsed query on the index. Throws JqlError if it is unbounded or contains unknown names.
 */
export function runJql(site: JiraSite, query: Query, fresh: ReadonlySet<string>): Indexed[] {
  if (query.where === null) {
    throw new JqlError(
      'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.',
    );
  }
  const matches = compile(query.where, site);
  const found = site.indexed(fresh).filter(matches);
  return query.orderBy.reduceRight(
    (rows, key) => sortRows(rows, key),
    sortRows(found, { field: 'created', descending: true }),
  );
}

function compile(clause: Clause, site: JiraSite): (found: Indexed) => boolean {
  if (clause.kind === 'not') {
    const part = compile(clause.part, site);
    return (found) => !part(found);
  }
  if (clause.kind === 'test') return compileTest(clause, site);
  const parts = clause.parts.map((part) => compile(part, site));
  return clause.kind === 'and'
    ? (found) => parts.every((part) => part(found))
    : (found) => parts.some((part) => part(found));
}

function fieldNamed(name: string): Field {
  const lower = name.toLowerCase();
  const known = ALIASES[lower] ?? lower;
  const field = Object.hasOwn(FIELDS, known) ? FIELDS[known] : undefined;
  if (!field)
    throw new JqlError(`Field '${name}' does not exist or you do not have permission to view it.`);
  return field;
}

type Test = Extract<Clause, { kind: 'test' }>;

function compileTest(
  { field: name, operator, values }: Test,
  site: JiraSite,
): (found: Indexed) => boolean {
  const field = fieldNamed(name);
  if (operator === 'is' || operator === 'is not')
    return (found) => isEmpty(field, found) === (operator === 'is');
  if (field.time) return compileTime(field.time, operator, values[0] ?? '');
  if (operator.endsWith('~') !== (field.contains === true) || /[<>]/.test(operator)) {
    throw new JqlError(`The operator '${operator}' is not supported by the '${name}' field.`);
  }
  for (const value of values) field.check?.(value, site);
  const wanted = values.map((value) => (field.exact ? value : value.toLowerCase()));
  const negated = operator === '!=' || operator === '!~' || operator === 'not in';
  return (found) => {
    const texts = field.texts(found).map((text) => (field.exact ? text : text.toLowerCase()));
    // As in Jira, a field without a value does not match a negation either.
    if (texts.length === 0) return false;
    const hit = wanted.some((value) =>
      texts.some((text) => (field.contains ? text.includes(value) : text === value)),
    );
    return hit !== negated;
  };
}

function isEmpty(field: Field, found: Indexed): boolean {
  return field.time ? field.time(found) === null : field.texts(found).length === 0;
}

function compileTime(
  time: NonNullable<Field['time']>,
  operator: Operator,
  value: string,
): (found: Indexed) => boolean {
  const wanted = timeOf(value);
  const compare: Partial<Record<Operator, (at: number) => boolean>> = {
    '=': (at) => at === wanted,
    '!=': (at) => at !== wanted,
    '<': (at) => at < wanted,
    '<=': (at) => at <= wanted,
    '>': (at) => at > wanted,
    '>=': (at) => at >= wanted,
  };
  const test = compare[operator];
  if (!test) throw new JqlError(`The operator '${operator}' is not supported by date fields.`);
  return (found) => {
    const at = time(found);
    return at !== null && test(at);
  };
}

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

function timeOf(value: string): number {
  const relative = /^([+-]?\d+)([mhdw])$/.exec(value);
  if (relative) return Date.now() + Number(relative[1]) * (UNITS[relative[2] ?? 'm'] ?? 0);
  if (/^\d{4}[-/]\d{1,2}[-/]\d{1,2}( \d{1,2}:\d{2})?$/.test(value))
    return Date.parse(
      `${value.replaceAll('/', '-')}Z`.replace(' ', 'T').replace(/^(\d{4}-\d+-\d+)Z$/, '$1'),
    );
  throw new JqlError(
    `Date value '${value}' for field 'created' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.`,
  );
}

function categoryNames(category: keyof typeof CATEGORIES): string[] {
  return [category, CATEGORIES[category].name, String(CATEGORIES[category].id)];
}

function checkKey(value: string, site: JiraSite): void {
  if (!/^[A-Z][A-Z0-9_]*-\d+$/i.test(value))
    throw new JqlError(`The issue key '${value}' for field 'key' is invalid.`);
  if (!site.issue(value))
    throw new JqlError(`An issue with key '${value}' does not exist for field 'key'.`);
}

function sortRows(
  rows: Indexed[],
  { field: name, descending }: { field: string; descending: boolean },
): Indexed[] {
  const field = fieldNamed(name);
  const byKey = (found: Indexed): number => Number(found.issue.key.replace(/^.*-/, ''));
  const time = ['key', 'issuekey', 'issue', 'id'].includes(name.toLowerCase()) ? byKey : field.time;
  const value = (found: Indexed): string => field.texts(found)[0] ?? '';
  const order = (one: Indexed, other: Indexed): number =>
    time ? (time(one) ?? 0) - (time(other) ?? 0) : value(one).localeCompare(value(other));
  return rows.toSorted((one, other) => (descending ? order(other, one) : order(one, other)));
}
