import { isObject } from '../http.ts';
import type { Json } from '../types.ts';
import { labelProblem } from './fields.ts';
import type { Issue } from './model.ts';
import type { JiraSite } from './site.ts';

/** One operation of the `update` part of a request, such as `{ add: "mfa" }`. */
type Operation = Json;

/** The operations of one field in an `update` object. */
export function operationsOf(update: unknown, field: string): Operation[] {
  const list = isObject(update) ? update[field] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Problems of the `update` part, by field. A field must not be in both parts. */
export function updateProblems(body: Json): Record<string, string> {
  const problems: Record<string, string> = {};
  const update = isObject(body.update) ? body.update : {};
  for (const field of Object.keys(update)) {
    if (isObject(body.fields) && field in body.fields)
      problems[field] = `Field '${field}' cannot appear in both 'fields' and 'update'`;
    else if (field !== 'labels' && field !== 'issuelinks')
      problems[field] =
        `Field '${field}' cannot be set. It is not on the appropriate screen, or unknown.`;
  }
  const label = operationsOf(update, 'labels').map(({ add }) =>
    add === undefined ? null : labelProblem(add),
  );
  const wrong = label.find((problem) => problem !== null);
  return wrong ? { ...problems, labels: wrong } : problems;
}

/** Adds, removes or sets labels, in the given order. */
export function applyLabels(site: JiraSite, issue: Issue, update: unknown): void {
  const operations = operationsOf(update, 'labels');
  if (operations.length === 0) return;
  let labels = [...issue.fields.labels];
  for (const { add, remove, set } of operations) {
    if (Array.isArray(set)) labels = set.map(String);
    if (typeof add === 'string' && !labels.includes(add)) labels.push(add);
    if (typeof remove === 'string') labels = labels.filter((label) => label !== remove);
  }
  site.change(issue, { labels });
}
