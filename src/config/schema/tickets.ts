/** The section `tickets` of arx.yaml. */

import { z } from 'zod';
import { duration, flag, list, positiveDuration, someText, text, word } from './fields.ts';

const label = text('a label without white space, 255 characters at most', (value) =>
  /^\S{1,255}$/u.test(value),
);

/** Fields that other keys of `tickets`, or arx itself, fill in. */
const OWN_FIELDS: Readonly<Record<string, string>> = {
  project: 'JIRA_PROJECT_KEY',
  issuetype: 'tickets.issue_type',
  labels: 'tickets.labels',
  priority: 'tickets.priority',
  duedate: 'tickets.due_in',
  summary: 'arx, which writes it',
  description: 'arx, which writes it',
  issuelinks: 'arx, which writes it',
  resolution: 'tickets.close.resolution',
  comment: 'tickets.close.comment',
};

/** Why a key does not name a field that can be filled in; null if it does. */
function fieldIdProblem(id: string): string | null {
  const owner = Object.hasOwn(OWN_FIELDS, id) ? OWN_FIELDS[id] : undefined;
  if (owner !== undefined) return `another field: ${id} is set by ${owner}`;
  return /^(?:[a-z][A-Za-z]{1,60}|customfield_\d{1,12})$/.test(id)
    ? null
    : "Jira's id of a field as the key, such as customfield_10202 or components";
}

const PLACEHOLDERS = ['login', 'department', 'verdict'];
/** The names in `{{…}}` of a template that mean nothing. */
const unknownPlaceholders = (template: string): string[] =>
  [...template.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].flatMap(([, name = '']) =>
    PLACEHOLDERS.includes(name) ? [] : [name],
  );
const template = text(
  'text, in which {{login}}, {{department}} and {{verdict}} stand for those of the user',
  (value) => value.trim() !== '' && unknownPlaceholders(value).length === 0,
);
const fieldItem = z.union([template, z.number()], { error: 'text or a number' });
const fields = z
  .record(
    z.string(),
    z.union([fieldItem, list(fieldItem, 'a list of texts or numbers').min(1)], {
      error: 'text with known placeholders, a number, or a list of them',
    }),
    { error: 'fields by their ids' },
  )
  .superRefine((found, context) => {
    for (const id of Object.keys(found)) {
      const message = fieldIdProblem(id);
      if (message !== null) context.addIssue({ code: 'custom', path: [id], message });
    }
  })
  .prefault({});

export const tickets = z.strictObject({
  mode: word(['per_user', 'bulk', 'none'])
    .prefault('per_user')
    .describe('One ticket per user, one for the whole scope, or none'),
  issue_type: someText.prefault('Task').describe('Name of the Jira issue type'),
  labels: list(label, 'a list of labels')
    .prefault(['mfa'])
    .describe('Labels in addition to those by which arx recognises its tickets'),
  priority: someText
    .nullable()
    .prefault(null)
    .describe("Name of the priority; null: the project's default"),
  due_in: duration
    .nullable()
    .prefault('14d')
    .describe('Time from opening to the due date; null: no due date'),
  fields: fields.describe(
    "Further fields of new tickets by Jira's ids: text, numbers, options by name or id, users by e-mail address, lists of these; `arx config check --online` compares them with the create screen",
  ),
  close_on_compliance: flag
    .prefault(true)
    .describe('Close the ticket once the user is compliant; otherwise only comment'),
  close_on_departure: flag
    .prefault(true)
    .describe('Close the ticket of a user who was deactivated, was deleted or left the scope'),
  close_transition: someText
    .prefault('Done')
    .describe(
      'Name of the transition that closes a ticket, or of the status it leads to; preferred if it is offered',
    ),
  close: z
    .strictObject({
      transition: someText.optional().describe('Name of the transition, required if set'),
      status: someText.optional().describe('Or name of the status it leads to'),
      resolution: someText.optional().describe('Name of the resolution, for a screen that has it'),
      fields: fields.describe(
        'Fields of the screen of the transition; those it lacks are left out',
      ),
      comment: template.optional().describe('Text that begins the comment on a closed ticket'),
    })
    .prefault({})
    .describe(
      'How tickets are closed; without it, arx takes a transition that means done, and never one that means refusal',
    ),
  reopen: z
    .strictObject({
      transition: someText.optional().describe('Name of the transition'),
      status: someText.optional().describe('Or name of the status it leads to'),
      fields: fields.describe(
        'Fields of the screen of the transition; those it lacks are left out',
      ),
      comment: template.optional().describe('Text that begins the comment on a reopened ticket'),
    })
    .prefault({})
    .describe(
      'How tickets are reopened; without it, arx takes the status nearest to the beginning',
    ),
  settle: list(positiveDuration, 'a list of durations')
    .min(1, { error: 'at least one duration' })
    .max(10, { error: 'ten durations at most' })
    .prefault(['30s', '60s', '120s'])
    .describe(
      'Waits between searches for a ticket whose creation was not confirmed, before arx creates it again',
    ),
});
