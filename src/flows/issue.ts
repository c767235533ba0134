/** Parses the events of Okta ISPM to issues. */

import { readUsDay } from './days.ts';
import { entityOf } from './issue-entity.ts';
import { MalformedField, requireField, readField } from './issue-fields.ts';
import { FIELD_ROWS } from './issue-shape.ts';
import type { FieldRow } from './issue-shape.ts';
import { at, isObject, own, jsonProblem } from './json.ts';
import type { Issue, IssueAccount } from './types.ts';

/**
 * An issue, or the invalid field of the event (a dotted path, empty for the whole event) with what
 * was expected.
 */
type IssueReading = { ok: true; issue: Issue } | { ok: false; field: string; message: string };

/**
 * Parses an event from JSON: `issue.onDemand` or `issue.created`. Unknown fields are dropped. Never
 * throws.
 */
export function readIssue(event: unknown): IssueReading {
  const problem = jsonProblem(event);
  if (problem)
    return refusal(problem.field, `${problem.field || 'the event'}: expected ${problem.expected}`);
  if (!isObject(event)) return refusal('', 'the event: expected a JSON object');
  try {
    return { ok: true, issue: issueOf(event) };
  } catch (error) {
    if (error instanceof MalformedField) return refusal(error.field, error.message);
    throw error;
  }
}

const refusal = (field: string, message: string): IssueReading => ({ ok: false, field, message });

/** The issue for one account of a person. */
export function issueOfAccount(issue: Issue, account: IssueAccount): Issue {
  const { entityDisplayName: _name, ...others } = issue.texts;
  const texts = {
    ...others,
    entityType: 'Account',
    entityIdInService: account.id,
    entitySourceProductName: account.product,
    entitySourceProductTenant: account.tenant,
    ...(account.displayName !== null && { entityDisplayName: account.displayName }),
  };
  return { ...issue, texts, entity: { kind: 'account', account } };
}

type EventFormat = 'flat' | 'created';
const FORMATS = { 'issue.onDemand': 'flat', 'issue.created': 'created' } as const satisfies Record<
  Issue['eventType'],
  EventFormat
>;

function issueOf(event: Readonly<Record<string, unknown>>): Issue {
  const eventType = typeOf(event);
  const style = FORMATS[eventType];
  const texts = textsOf(event, style);
  const text = (name: string): string => texts[name] ?? '';
  const nameOf = (flat: string): string =>
    FIELD_ROWS.find((row) => row.flat === flat)?.[style] ?? flat;
  const lastLogin = texts['additionalDataLastLogin'];
  return {
    eventId: text('eventId'),
    eventType,
    source: text('eventSource'),
    at: text('eventTimestamp'),
    issueId: text('issueId'),
    category: texts['issueCategory'] ?? null,
    severity: texts['issueSeverity'] ?? null,
    title: text('issueTitle'),
    texts,
    entity: entityOf({ texts, nameOf, accounts: accountsIn(event, style) }),
    lastLogin: lastLogin === undefined ? null : readUsDay(lastLogin),
  };
}

function typeOf(event: Readonly<Record<string, unknown>>): Issue['eventType'] {
  const field =
    own(event, 'eventType') === undefined && own(event, 'type') !== undefined
      ? 'type'
      : 'eventType';
  const stated = requireField(own(event, field), { form: 'line', max: 100 }, field);
  if (stated === 'issue.onDemand' && field === 'eventType') return stated;
  if (stated === 'issue.created' && field === 'type') return stated;
  throw new MalformedField(field, 'issue.onDemand in eventType, or issue.created in type');
}

function textsOf(event: unknown, style: EventFormat): Record<string, string> {
  const entries = FIELD_ROWS.flatMap((row) => {
    const read = readRow(event, row, style);
    return read === null ? [] : [[row.flat, read] as const];
  });
  return Object.fromEntries(entries);
}

function readRow(event: unknown, row: FieldRow, style: EventFormat): string | null {
  const name = row[style];
  const value = at(event, name);
  const joined =
    style === 'created' && row.flat === 'additionalDataTypes' && isTexts(value)
      ? value.join(', ')
      : value;
  const read = row.required ? requireField(joined, row, name) : readField(joined, row, name);
  // Kept unchanged, because texts show dates as in the issue.
  return read !== null && row.form === 'us_day' ? String(value).trim() : read;
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const CREATED_ACCOUNTS = 'eventData.affectedEntity.additionalData.activeAccounts';
const FLAT_ACCOUNTS = ['additionalDataActiveAccounts', 'additionalData.activeAccounts'] as const;

function accountsIn(event: unknown, style: EventFormat): { value: unknown; name: string } {
  const names = style === 'created' ? [CREATED_ACCOUNTS] : FLAT_ACCOUNTS;
  const name = names.find((one) => at(event, one) !== undefined) ?? names[0] ?? CREATED_ACCOUNTS;
  return { value: at(event, name), name };
}
