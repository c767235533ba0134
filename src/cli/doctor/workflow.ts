/** Checks of how the workflow of the project closes and reopens tickets. */

import type { JiraIssue, JiraTransition } from '../../connectors/types.ts';
import { chooseClosing, chooseReopening } from '../../mfa/transitions.ts';
import type { Filling, TransitionChoice } from '../../mfa/transitions.ts';
import { fillForm, isTemplate, problemText } from '../../mfa/ticket-form.ts';
import type { FieldValues } from '../../mfa/screen-fields.ts';
import { attempt, fail, pass } from './check.ts';
import type { CheckResult } from './check.ts';
import { JIRA_REMEDIES } from './jira-remedies.ts';
import { accountsOf, newestIssue, readIssues, staticValues } from './ticket-reads.ts';
import type { VendorCheckContext } from './vendors.ts';

const CLOSE = 'jira close';
const REOPEN = 'jira reopen';

/** Where tickets are found: the project, and the label that they share. */
interface Place {
  project: string;
  label: string;
}

/** Tries on issues that exist which transitions a run would take. Changes nothing. */
export async function* workflowChecks(
  context: VendorCheckContext,
  place: Place,
): AsyncGenerator<CheckResult> {
  yield await attempt(CLOSE, () => closingCheck(context, place), JIRA_REMEDIES);
  yield await attempt(REOPEN, () => reopeningCheck(context, place), JIRA_REMEDIES);
}

async function closingCheck(context: VendorCheckContext, place: Place): Promise<CheckResult> {
  const { close, close_transition: preferred } = context.settings.config.tickets;
  const issue = await sampleIssue(context, place, 'statusCategory != Done');
  if (issue === null) return pass(CLOSE, 'not tried: the project has no open issue of this type');
  const { offered, filling } = await transitionsOf(context, issue, close.fields);
  const transition = close.transition ?? close.status ?? null;
  const wish = { transition, preferred, resolution: close.resolution ?? null };
  const choice = chooseClosing(offered, wish, { visited: new Set([issue.status]), filling });
  if (choice.kind === 'none')
    return fail(
      CLOSE,
      `no transition leads from ${issue.status} towards a closed status (tried on ${issue.key})`,
      'Add one to the workflow, let the account use it, or set tickets.close_on_compliance: false and close tickets by hand.',
    );
  return describeChoice(CLOSE, { issue, choice, filling });
}

async function reopeningCheck(context: VendorCheckContext, place: Place): Promise<CheckResult> {
  const { reopen } = context.settings.config.tickets;
  const issue = await sampleIssue(context, place, 'statusCategory = Done');
  if (issue === null)
    return pass(REOPEN, 'not tried: the project has no closed issue of this type');
  const { offered, filling } = await transitionsOf(context, issue, reopen.fields);
  const choice = chooseReopening(offered, reopen.transition ?? reopen.status ?? null, filling);
  if (choice.kind !== 'none') return describeChoice(REOPEN, { issue, choice, filling });
  return {
    ...pass(REOPEN, `no transition leads back from ${issue.status} (tried on ${issue.key})`),
    remedy: 'Instead of reopening a ticket, arx creates a new one that is linked to it.',
  };
}

/** A ticket of arx if there is one, otherwise any issue of the same type. */
async function sampleIssue(
  context: VendorCheckContext,
  { project, label }: Place,
  condition: string,
): Promise<JiraIssue | null> {
  const read = readIssues(context, 'workflow');
  const type = context.settings.config.tickets.issue_type.replace(/["\\]/g, '\\$&');
  return (
    (await newestIssue(read, `labels = "${label}" AND ${condition}`)) ??
    (await newestIssue(read, `project = "${project}" AND issuetype = "${type}" AND ${condition}`))
  );
}

async function transitionsOf(
  context: VendorCheckContext,
  issue: JiraIssue,
  values: FieldValues,
): Promise<{ offered: JiraTransition[]; filling: Filling }> {
  const { transitions } = await readIssues(
    context,
    'workflow',
  )({
    by: 'transitions',
    key: issue.key,
  });
  const offered = transitions.map((transition) => withoutTemplates(transition, values));
  const fields = offered.flatMap((transition) => transition.fields);
  const accounts = await accountsOf(context, fields, values);
  return { offered, filling: { values: staticValues(values), accounts } };
}

/** A run fills in the templates, so their fields are not missing. */
const withoutTemplates = (
  { fields, ...transition }: JiraTransition,
  values: FieldValues,
): JiraTransition => ({
  ...transition,
  fields: fields.map((field) => {
    const value = values[field.id];
    return value !== undefined && isTemplate(value) ? { ...field, required: false } : field;
  }),
});

interface Tried {
  issue: JiraIssue;
  choice: Exclude<TransitionChoice<JiraTransition>, { kind: 'none' }>;
  filling: Filling;
}

function describeChoice(name: string, { issue, choice, filling }: Tried): CheckResult {
  if (choice.kind === 'unclear')
    return fail(name, choice.why, 'Correct tickets.close or tickets.reopen as the message says.');
  const { transition, isLast } = choice;
  const form = fillForm(transition.fields, filling.values, filling.accounts);
  if (form.problems.length > 0)
    return fail(
      name,
      form.problems.map(problemText).join('; '),
      `Correct the fields of tickets.${name === CLOSE ? 'close' : 'reopen'}.`,
    );
  const step = isLast ? '' : ', a step on the way';
  const detail = `${transition.name} to ${transition.toStatus}${step} (tried on ${issue.key})`;
  if (form.absent.length === 0 || !isLast) return pass(name, detail);
  return {
    ...pass(name, `${detail}, without ${form.absent.join(', ')}`),
    remedy: `The screen of ${transition.name} does not have ${form.absent.join(', ')}: arx leaves it out.`,
  };
}
