import type { ApprovalOptions } from './command.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { withStore } from '../kit/store.ts';
import { approvalDocument } from '../../services/approvals/approval-document.ts';
import { approvalHistory } from '../../services/approvals/history.ts';
import { findRequest } from '../kit/requests.ts';
import { approvalServer } from './server.ts';
import { closeEnded } from './close-ended.ts';

/** `arx approvals why`: shows the history of a request from the audit trail. */
export async function showHistory(
  io: Io,
  reference: string,
  { json, config, local }: ApprovalOptions,
): Promise<ExitCode> {
  const server = approvalServer(io, { local });
  const { story, ...document } = server
    ? await server.history(reference)
    : await withStore(io, async (store) => {
        await closeEnded(io, store, { config, local }, reference);
        const record = await findRequest(store, reference);
        return { ...approvalDocument(record), story: await approvalHistory(store, record) };
      });
  if (json) {
    await writeJson(io, { schema: 'arx.approval/v1', ...document, story });
    return EXIT.ok;
  }
  const { approvalText, historyText } = await import('./render.ts');
  await print(
    io,
    `${approvalText(document, io.colors.out)}\n\n${historyText(story, io.colors.out)}`,
  );
  return EXIT.ok;
}
