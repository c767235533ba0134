/** Checks of the screens and the workflow of the tickets that a run would write. */

import { readCreateScreen } from '../../connectors/jira/screens.ts';
import { controlLabel } from '../../mfa/identity.ts';
import { listOf } from '../../mfa/screen-fields.ts';
import type { ScreenField } from '../../mfa/screen-fields.ts';
import { fillForm, inspectScreen, isTemplate, problemText } from '../../mfa/ticket-form.ts';
import { attempt, fail, pass } from './check.ts';
import type { CheckResult } from './check.ts';
import { JIRA_REMEDIES } from './jira-remedies.ts';
import { accountsOf, newestIssue, readIssues, staticValues } from './ticket-reads.ts';
import type { VendorCheckContext } from './vendors.ts';
import { workflowChecks } from './workflow.ts';

const CREATE = 'jira create screen';
const EDIT = 'jira edit screen';
const FIELDS_OF_ARX = ['summary', 'description', 'issuelinks'];
const MOST_NAMED = 20;

/** The create screen, the edit screen of an open ticket, and how tickets are closed and reopened. */
export async function* ticketChecks(
  context: VendorCheckContext,
  project: string,
): AsyncGenerator<CheckResult> {
  const { mode } = context.settings.config.tickets;
  if (mode === 'none') return;
  yield await attempt(CREATE, () => createScreenCheck(context, project), JIRA_REMEDIES);
  const label = controlLabel(context.connectors.oktaHost);
  yield await attempt(EDIT, () => editScreenCheck(context, label), JIRA_REMEDIES);
  yield* workflowChecks(context, { project, label });
}

async function createScreenCheck(
  context: VendorCheckContext,
  project: string,
): Promise<CheckResult> {
  const { tickets } = context.settings.config;
  const issueType = tickets.issue_type;
  const read = readIssues(context, 'create-screen');
  const result = await readCreateScreen(read, { project, issueType });
  if (!result.isOffered) {
    const offered = result.offered.join(', ') || 'none';
    return fail(
      CREATE,
      `the account cannot create issues of type ${issueType} in ${project}; it can create: ${offered}`,
      'Grant Create issues to the account, or correct tickets.issue_type.',
    );
  }
  const screen = result.fields;
  const found = await inspectCreateScreen(context, screen);
  if (found.problems.length > 0)
    return fail(
      CREATE,
      found.problems.join('; '),
      'Correct tickets.fields in the configuration, or the create screen of the project.',
    );
  const detail = `${issueType} in ${project}: ${screen.length} fields`;
  if (found.absent.length === 0) return pass(CREATE, detail);
  return {
    ...pass(CREATE, `${detail}, without ${found.absent.join(' and ')}`),
    remedy: `Tickets are created without ${found.absent.join(' and ')}: add it to the screen if you need it.`,
  };
}

/** What is wrong with the configuration for this screen, and which optional fields it lacks. */
async function inspectCreateScreen(
  context: VendorCheckContext,
  screen: readonly ScreenField[],
): Promise<{ problems: string[]; absent: string[] }> {
  const { tickets } = context.settings.config;
  const accounts = await accountsOf(context, screen, tickets.fields);
  const form = fillForm(screen, staticValues(tickets.fields), accounts);
  const templates = Object.keys(tickets.fields).filter((id) =>
    isTemplate(tickets.fields[id] ?? ''),
  );
  const unknown = [
    ...form.absent,
    ...templates.filter((id) => !screen.some((one) => one.id === id)),
  ];
  const configured = new Set(Object.keys(tickets.fields));
  const own = { hasPriority: tickets.priority !== null, hasDueDate: tickets.due_in !== null };
  const { absent, blocking } = inspectScreen(screen, own, configured);
  return {
    problems: [
      ...unknown.map(
        (id) => `tickets.fields.${id} is not on the screen, which has ${namesOf(screen)}`,
      ),
      ...form.problems.map((problem) => `tickets.fields.${problemText(problem)}`),
      ...blocking.map(problemText),
      ...priorityProblem(screen, tickets.priority),
    ],
    absent,
  };
}

function priorityProblem(screen: readonly ScreenField[], wanted: string | null): string[] {
  const allowed = screen.find(({ id }) => id === 'priority')?.allowed ?? [];
  if (wanted === null || allowed.length === 0) return [];
  const isAllowed = allowed.some(({ name }) => name === wanted);
  return isAllowed ? [] : [`tickets.priority ${wanted}: it takes ${listOf(allowed)}`];
}

/** The fields that can be configured, with Jira's names for them; the first of many. */
function namesOf(screen: readonly ScreenField[]): string {
  const names = screen.slice(0, MOST_NAMED).map(({ id, name }) => `${id} (${name})`);
  const more = screen.length - names.length;
  return [...names, ...(more > 0 ? [`${more} others`] : [])].join(', ');
}

async function editScreenCheck(context: VendorCheckContext, label: string): Promise<CheckResult> {
  const read = readIssues(context, 'edit-screen');
  const ticket = await newestIssue(read, `labels = "${label}" AND statusCategory != Done`);
  if (ticket === null) return pass(EDIT, 'not tried: there is no open ticket of arx yet');
  const { fields } = await read({ by: 'edit_fields', key: ticket.key });
  const lacking = FIELDS_OF_ARX.filter((id) => !fields.some((field) => field.id === id));
  if (lacking.length === 0) return pass(EDIT, `${ticket.key}: ${fields.length} fields`);
  return {
    ...pass(EDIT, `${ticket.key} cannot be edited in ${lacking.join(', ')}`),
    remedy: `Add ${lacking.join(', ')} to the edit screen: otherwise arx leaves them as they are.`,
  };
}
