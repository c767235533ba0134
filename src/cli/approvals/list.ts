import type { ActionRecord } from '../../store/governance-types.ts';
import type { Store } from '../../store/types.ts';
import type { ApprovalOptions } from './command.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { withStore } from '../kit/store.ts';
import { approvalDocument } from '../../services/approvals/approval-document.ts';
import type { ApprovalDocument } from '../../services/approvals/approval-document.ts';
import { findApproval } from '../kit/requests.ts';
import { approvalServer } from './server.ts';
import { closeEnded } from './close-ended.ts';

// Requests that needed no approval are in the same list.
const MAX_REQUESTS = 2_000;

/** Requests that wait for a decision, oldest first. */
export async function pendingApprovals(store: Store): Promise<ApprovalDocument[]> {
  const records = await store.requests.list({ states: ['pending'], limit: MAX_REQUESTS });
  return approvalsOf(records).toReversed();
}

const approvalsOf = (records: readonly ActionRecord[]): ApprovalDocument[] =>
  records.filter(({ approval }) => approval !== null).map(approvalDocument);

/** `arx approvals list`. */
export async function listApprovals(
  io: Io,
  { all = false, limit, json, config, local }: ApprovalOptions & { all?: boolean; limit: number },
): Promise<ExitCode> {
  const server = approvalServer(io, { local });
  const found = server
    ? await server.list({ all, limit })
    : await withStore(io, async (store) => {
        await closeEnded(io, store, { config, local });
        return all
          ? approvalsOf(await store.requests.list({ limit: MAX_REQUESTS }))
          : pendingApprovals(store);
      });
  const items = found.slice(0, limit);
  if (json) await writeJson(io, { schema: 'arx.approvals/v1', items });
  else {
    const { approvalsTable } = await import('./render.ts');
    const none = all ? 'No request has needed approval.' : 'No requests wait for a decision.';
    await print(io, items.length > 0 ? approvalsTable(items, io.colors.out) : none);
  }
  return EXIT.ok;
}

/** `arx approvals show`. */
export async function showApproval(
  io: Io,
  reference: string,
  { json, config, local }: ApprovalOptions,
): Promise<ExitCode> {
  const server = approvalServer(io, { local });
  const document = server
    ? await server.show(reference)
    : await withStore(io, async (store) => {
        await closeEnded(io, store, { config, local }, reference);
        return approvalDocument(await findApproval(store, reference));
      });
  if (json) await writeJson(io, { schema: 'arx.approval/v1', ...document });
  else {
    const { approvalText } = await import('./render.ts');
    await print(io, approvalText(document, io.colors.out));
  }
  return EXIT.ok;
}
