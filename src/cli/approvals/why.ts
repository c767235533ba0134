import type { ApprovalOptions } from './command.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { withStore } from '../kit/store.ts';
import { approvalDocument } from '../../services/approvals/approval-document.ts';
import { verifyVotesAmong } from '../../services/approvals/verify-votes.ts';
import { entriesOf, findRequest } from '../kit/requests.ts';
import { historyOf } from './history.ts';

/** `arx approvals why`: shows the history of a request from the audit trail. */
export async function showHistory(
  io: Io,
  reference: string,
  { json }: ApprovalOptions,
): Promise<ExitCode> {
  const { record, entries, votes } = await withStore(io, async (store) => {
    const record = await findRequest(store, reference);
    const entries = await entriesOf(store, record);
    return { record, entries, votes: await verifyVotesAmong(store, entries) };
  });
  const document = approvalDocument(record);
  const story = historyOf(record, entries, votes);
  if (json) {
    await writeJson(io, { schema: 'arx.approval/v1', ...document, story });
    return EXIT.ok;
  }
  const { approvalText, historyText: historyText } = await import('./render.ts');
  await print(
    io,
    `${approvalText(document, io.colors.out)}\n\n${historyText(story, io.colors.out)}`,
  );
  return EXIT.ok;
}
