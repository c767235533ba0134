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

/** The exit code for the outcome of a run; a run that continues is not a failure. */
export const exitOf = ({ outcome }: Pick<FlowRunDocument, 'outcome'>): ExitCode =>
  outcome === null ? EXIT.ok : EXITS[outcome];
