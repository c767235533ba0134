import type { JiraOperations } from '../../../connectors/types.ts';
import { controlLabel } from '../../../mfa/identity.ts';
import type { TextBlock } from '../../../mfa/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { TicketRow } from '../../../store/ticket-types.ts';
import type { TicketPlan } from '../plan.ts';
import type { CreateForm } from './create-screen.ts';

/** A new issue; the labels that identify it are added. */
export interface NewIssue {
  summary: string;
  description: readonly TextBlock[];
  relatesTo: string | null;
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
  { description, ...issue }: NewIssue,
  { now, form }: { now: string; form: CreateForm },
): JiraOperations['issues:create']['input'] {
  const { omit } = form;
  const due = plan.dueInMs === null ? null : new Date(Date.parse(now) + plan.dueInMs);
  const fields = Object.entries(form.fields).filter(([id]) => !omit.has(id));
  return {
    project: plan.project,
    issueType: plan.issueType,
    labels: [...new Set([...plan.labels, controlLabel(record.org), row.label])],
    priority: omit.has('priority') ? null : plan.priority,
    dueDate: omit.has('duedate') ? null : (due?.toISOString().slice(0, 10) ?? null),
    ...(fields.length > 0 && { fields: Object.fromEntries(fields) }),
    ...(!omit.has('description') && { description }),
    ...issue,
  };
}
