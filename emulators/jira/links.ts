import { isObject, objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { issueNotFound, jiraError } from './errors.ts';
import type { Issue } from './model.ts';
import { LINK_TYPES } from './model.ts';
import type { JiraSite } from './site.ts';
import { operationsOf } from './update.ts';

/** Links between issues. */
export function linkRoutes(site: JiraSite): Route[] {
  return [
    {
      method: 'POST',
      path: '/rest/api/3/issueLink',
      operation: 'issues:update',
      write: true,
      handle: (request) => create(site, request),
    },
  ];
}

/** Why the `issuelinks` of an `update` part cannot be applied; null if they can. */
export function linksProblem(site: JiraSite, update: unknown, own?: Issue): string | null {
  for (const { add } of operationsOf(update, 'issuelinks')) {
    if (!isObject(add) || linkType(add.type) === null) return 'The issue link type was not found.';
    if (!other(site, add.outwardIssue) && !other(site, add.inwardIssue))
      return 'The issue to link to does not exist.';
    if (own && other(site, add.outwardIssue ?? add.inwardIssue) === own)
      return 'You cannot link an issue to itself.';
  }
  return null;
}

/**
 * Adds the links of an `update` part. `outwardIssue` is the issue that this one relates to,
 * duplicates or blocks.
 */
export function applyLinks(site: JiraSite, issue: Issue, update: unknown): void {
  for (const { add } of operationsOf(update, 'issuelinks')) {
    if (!isObject(add)) continue;
    const outward = other(site, add.outwardIssue);
    const inward = other(site, add.inwardIssue);
    const type = linkType(add.type) ?? 'Relates';
    if (outward) link(site, { type, inward: issue, outward });
    if (inward) link(site, { type, inward, outward: issue });
  }
}

function create(site: JiraSite, request: EmulatedRequest): Answer {
  const body = objectBody(request);
  const type = linkType(body.type);
  if (type === null) return jiraError(404, ['No issue link type with the given name or id found.']);
  const inward = other(site, body.inwardIssue);
  const outward = other(site, body.outwardIssue);
  if (!inward || !outward) return issueNotFound();
  link(site, { type, inward, outward });
  return {
    status: 201,
    body: undefined,
    effect: { link: type, inward: inward.key, outward: outward.key },
  };
}

// As in Jira, linking the same pair again changes nothing.
function link(
  site: JiraSite,
  { type, inward, outward }: { type: string; inward: Issue; outward: Issue },
): void {
  const known = site.links.some(
    (one) => one.type === type && one.inward === inward.key && one.outward === outward.key,
  );
  if (known) return;
  site.links.push({ id: site.nextId(), type, inward: inward.key, outward: outward.key });
  site.change(inward, {});
  site.change(outward, {});
}

function linkType(value: unknown): string | null {
  if (!isObject(value)) return null;
  return (
    LINK_TYPES.find(
      ({ id, name }) => value.id === id || String(value.name).toLowerCase() === name.toLowerCase(),
    )?.name ?? null
  );
}

function other(site: JiraSite, value: unknown): Issue | null {
  const { key, id }: Json = isObject(value) ? value : {};
  return site.issue(String(key ?? id ?? ''));
}
