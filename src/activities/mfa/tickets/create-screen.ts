/** What a run knows of the create screen of its tickets, read once by each worker. */

import { ConnectorError } from '../../../connectors/errors.ts';
import { readCreateScreen } from '../../../connectors/jira/screens.ts';
import { addressesIn } from '../../../mfa/screen-fields.ts';
import type { FieldInput, ScreenField } from '../../../mfa/screen-fields.ts';
import { fillForm, inspectScreen, problemText, valuesFor } from '../../../mfa/ticket-form.ts';
import type { TemplateUser } from '../../../mfa/ticket-form.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { TicketRefusal, TicketRow } from '../../../store/ticket-types.ts';
import type { UsesConnectors } from '../../support/parts.ts';
import type { TicketPlan } from '../plan.ts';
import { ticketContext } from './ticket-context.ts';

/** The part of a ticket's editor that is needed here. */
interface TicketWork {
  deps: UsesConnectors<'jira'>;
  record: RunRecord;
  plan: TicketPlan;
  row: TicketRow;
}

/** What one worker has learned about Jira during a run. */
interface Learned {
  screen: Promise<readonly ScreenField[] | null> | null;
  accounts: Map<string, string | null>;
  /** Fields that Jira refused: later tickets of the run are created without them. */
  refused: Set<string>;
}

const LEARNED = new WeakMap<object, Map<string, Learned>>();
const MOST_RUNS = 50;

function knowledgeOf({ deps, record: { run } }: Pick<TicketWork, 'deps' | 'record'>): Learned {
  const runs = LEARNED.get(deps.connectors) ?? new Map<string, Learned>();
  LEARNED.set(deps.connectors, runs);
  const known = runs.get(run);
  if (known) return known;
  const oldest = runs.keys().next();
  if (runs.size >= MOST_RUNS && !oldest.done) runs.delete(oldest.value);
  const fresh: Learned = { screen: null, accounts: new Map(), refused: new Set() };
  runs.set(run, fresh);
  return fresh;
}

/** Further fields for a new issue, and what it must do without. */
export interface CreateForm {
  fields: Record<string, FieldInput>;
  /** Ids of fields that are left out. */
  omit: Set<string>;
  /** Which of them have a value that the screen does not take, and why; null if none has. */
  note: string | null;
  /** Why no issue can be created, with the remedy; null if it can. */
  blocked: TicketRefusal | null;
}

/**
 * Fills in the create screen for one ticket. If the screen cannot be read, only the refusals of Jira
 * decide, and configured fields are left out, because their form is unknown.
 */
export async function fillCreateForm(
  work: TicketWork,
  user: TemplateUser | null,
): Promise<CreateForm> {
  const { plan } = work;
  const learned = knowledgeOf(work);
  const screen = await (learned.screen ??= readScreen(work).catch((error: unknown) => {
    learned.screen = null;
    throw error;
  }));
  if (screen === null) {
    const omit = new Set([...learned.refused, ...Object.keys(plan.fields)]);
    return { fields: {}, omit, note: null, blocked: null };
  }
  const values = valuesFor(plan.fields, user);
  const accounts = await lookUpAccounts(work, addressesIn(screen, values));
  const form = fillForm(screen, values, accounts);
  const filled = new Set(Object.keys(form.fields));
  const own = { hasPriority: plan.priority !== null, hasDueDate: plan.dueInMs !== null };
  const { absent, blocking } = inspectScreen(screen, own, filled);
  const wrong = form.problems.filter(({ required }) => required);
  const reasons = [...wrong, ...blocking.filter(({ id }) => !wrong.some((one) => one.id === id))];
  const omit = [
    ...learned.refused,
    ...absent,
    ...form.absent,
    ...form.problems.map(({ id }) => id),
  ];
  return {
    fields: form.fields,
    omit: new Set(omit),
    note: form.problems.length === 0 ? null : form.problems.map(problemText).join('; '),
    blocked: reasons.length === 0 ? null : refusalFor(reasons),
  };
}

const refusalFor = (reasons: Parameters<typeof problemText>[0][]): TicketRefusal => ({
  fields: reasons.map(({ id }) => id),
  message: `${reasons.map(problemText).join('; ')}.`,
});

/** Codes of failures after which the screen is read again. */
const PASSING: readonly string[] = ['rate_limited', 'unavailable', 'cancelled'];

/** Null if Jira does not show the screen to this account, or does not offer the type. */
async function readScreen(work: TicketWork): Promise<readonly ScreenField[] | null> {
  const { project, issueType } = work.plan;
  try {
    const result = await readCreateScreen(
      async (input) =>
        (await work.deps.connectors.jira('issues:read', input, ticketContext(work))).output,
      { project, issueType },
    );
    return result.isOffered && result.fields.length > 0 ? result.fields : null;
  } catch (error) {
    if (error instanceof ConnectorError && !PASSING.includes(error.code)) return null;
    throw error;
  }
}

/** The accounts of Jira users by their addresses. An unknown address is null. */
export async function lookUpAccounts(
  work: TicketWork,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const { accounts } = knowledgeOf(work);
  for (const email of addresses)
    if (!accounts.has(email)) accounts.set(email, await lookUp(work, email));
  return accounts;
}

async function lookUp(work: TicketWork, email: string): Promise<string | null> {
  try {
    const context = ticketContext<{ accountId: string }>(work);
    return (await work.deps.connectors.jira('users:lookup', { email }, context)).output.accountId;
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'not_found') return null;
    throw error;
  }
}

/** Fields of arx without which a refused issue is tried again. */
const DISPENSABLE: readonly string[] = ['duedate', 'priority'];

/**
 * The fields because of which Jira refused an issue, if it can be created without them; empty if it
 * refused anything else. Those that every ticket has in common are remembered for the run.
 */
export function fieldsToDrop(
  work: Pick<TicketWork, 'deps' | 'record'>,
  { fields }: CreateForm,
  error: unknown,
): string[] {
  if (!(error instanceof ConnectorError) || error.code !== 'invalid') return [];
  const names = error.fields.vendorCode?.split(',') ?? [];
  if (!names.every((name) => DISPENSABLE.includes(name) || fields[name] !== undefined)) return [];
  const { refused } = knowledgeOf(work);
  for (const name of names) if (DISPENSABLE.includes(name)) refused.add(name);
  return names;
}
