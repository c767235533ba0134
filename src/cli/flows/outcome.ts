import type { FlowRunDocument } from '../../services/flows/documents.ts';
import type { FlowOutcome } from '../../flows/types.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';

const EXITS: Readonly<Record<FlowOutcome, ExitCode>> = {
  succeeded: EXIT.ok,
  already_in_state: EXIT.ok,
  unrouted: EXIT.ok,
  manual: EXIT.ok,
  planned: EXIT.ok,
  denied: EXIT.denied,
  rejected: EXIT.approval,
  expired: EXIT.approval,
  stale: EXIT.error,
  failed: EXIT.error,
  unverified: EXIT.error,
};

/** How the command ends with a run that ended so; one that goes on is no failure. */
export const exitOf = ({ outcome }: Pick<FlowRunDocument, 'outcome'>): ExitCode =>
  outcome === null ? EXIT.ok : EXITS[outcome];
