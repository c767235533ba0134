/** The section `tickets` of arx.yaml. */

import { z } from 'zod';
import { duration, flag, list, positiveDuration, someText, text, word } from './fields.ts';

const label = text('a label without white space, 255 characters at most', (value) =>
  /^\S{1,255}$/u.test(value),
);

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
    })
    .prefault({})
    .describe(
      'How tickets are closed; without it, arx takes a transition that means done, and never one that means refusal',
    ),
  reopen: z
    .strictObject({
      transition: someText.optional().describe('Name of the transition'),
      status: someText.optional().describe('Or name of the status it leads to'),
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
