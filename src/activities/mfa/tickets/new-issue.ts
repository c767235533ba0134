import { ConnectorError } from '../../../connectors/errors.ts';
import type { JiraOperations } from '../../../connectors/types.ts';
import { controlLabel } from '../../../mfa/identity.ts';
import type { TextBlock } from '../../../mfa/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { TicketRow } from '../../../store/ticket-types.ts';
import type { TicketPlan } from '../plan.ts';

/** Fields without which a ticket is still a ticket. Jira refuses them if they are not on the screen. */
const OPTIONAL_FIELDS = ['duedate', 'priority'] as const;
export type OptionalField = (typeof OPTIONAL_FIELDS)[number];

/** A new issue; the labels that identify it are added. */
export interface NewIssue {
  summary: string;
  description: readonly TextBlock[];
  relatesTo: string | null;
}

/** Fields that Jira refused in a run, by run: later tickets of the run are created without them. */
const OMITTED = new Map<string, Set<OptionalField>>();
const MOST_RUNS = 50;

/** The fields that tickets of this run are created without. */
export function fieldsToOmit(run: string): Set<OptionalField> {
  const known = OMITTED.get(run);
  if (known) return known;
  const oldest = OMITTED.keys().next();
  if (OMITTED.size >= MOST_RUNS && !oldest.done) OMITTED.delete(oldest.value);
  const fresh = new Set<OptionalField>();
  OMITTED.set(run, fresh);
  return fresh;
}

/** The optional fields because of which Jira refused an issue; empty if it refused anything else. */
export function optionalFieldsIn(error: unknown): OptionalField[] {
  if (!(error instanceof ConnectorError) || error.code !== 'invalid') return [];
  const names = error.fields.vendorCode?.split(',') ?? [];
  const optional = OPTIONAL_FIELDS.filter((field) => names.includes(field));
  return optional.length === names.length ? optional : [];
}

/** Where and for what an issue is created. */
interface NewTicket {
  plan: TicketPlan;
  record: RunRecord;
  row: TicketRow;
}

/** The input of the create call. `now` is ISO 8601; the due date counts from it. */
export function createInput(
  { plan, record, row }: NewTicket,
  issue: NewIssue,
  { now, omit }: { now: string; omit: ReadonlySet<OptionalField> },
): JiraOperations['issues:create']['input'] {
  const due = plan.dueInMs === null ? null : new Date(Date.parse(now) + plan.dueInMs);
  return {
    project: plan.project,
    issueType: plan.issueType,
    labels: [...new Set([...plan.labels, controlLabel(record.org), row.label])],
    priority: omit.has('priority') ? null : plan.priority,
    dueDate: omit.has('duedate') ? null : (due?.toISOString().slice(0, 10) ?? null),
    ...issue,
  };
}
