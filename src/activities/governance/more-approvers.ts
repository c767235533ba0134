/** Finds approvers in sources that could not be read when the request was opened. */

import { mayDecide } from '../../governance/approval.ts';
import type { Approval } from '../../governance/approval.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { UsesStore } from '../support/parts.ts';
import { applyEvent, approvalOf } from './approval-state.ts';
import { recordOf } from './perform.ts';
import { findVoter, rereadSources } from './requirements.ts';
import type { RequirementDeps } from './requirements.ts';

/** Reads the sources again that could not be read so far. Returns the request as it is then. */
export async function findMoreApprovers(
  deps: UsesStore<'requests'> & RequirementDeps,
  record: ActionRecord,
  withinMs?: number,
): Promise<ActionRecord> {
  const approval = approvalOf(record);
  if (!mayHaveMore(approval)) return record;
  const read = await rereadSources(deps, record, approval, withinMs);
  const eligible = read.requirements.map((one) => one.eligible);
  await applyEvent(deps, record.requestId, { type: 'found', eligible, unread: read.unread });
  return recordOf(deps, record.requestId);
}

/** The request, with the voter among the approvers if an unread source contains the voter. */
export async function withVoter(
  deps: UsesStore<'requests'> & RequirementDeps,
  record: ActionRecord,
  person: string,
): Promise<ActionRecord> {
  const approval = approvalOf(record);
  if (mayDecide(approval, person) || !mayHaveMore(approval)) return record;
  const eligible = await findVoter(deps, record, approval, person);
  const { requestId } = record;
  await applyEvent(deps, requestId, { type: 'found', eligible, unread: approval.unread ?? [] });
  return recordOf(deps, requestId);
}

const mayHaveMore = ({ state, unread = [] }: Approval): boolean =>
  state === 'PENDING' && unread.some(({ temporary }) => temporary);
