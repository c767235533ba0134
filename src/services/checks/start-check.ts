import { randomUUID } from 'node:crypto';
import { newWorkflowId, startMfaCheck } from '../../client.ts';
import type { StartedWorkflow, TemporalLink } from '../../client.ts';
import type { JsonObject } from '../../audit/types.ts';
import type { ArxConfig } from '../../config/schema/schema.ts';
import { matchesAny } from '../../governance/glob.ts';
import type { Store } from '../../store/types.ts';
import type { MfaEnforcementCheckInput } from '../../workflows/messages.ts';
import { draftOfRequest } from '../audit/requester.ts';
import type { Requester } from '../audit/requester.ts';

/** What a check may be asked for; the rest comes from the configuration. */
export interface CheckRequest {
  /** No tickets and no message. */
  dryRun?: boolean | undefined;
  mode?: 'full' | 'delta' | undefined;
  /** Groups by id or exact name, instead of those of the configuration. */
  groups?: string[] | undefined;
}

/** A check that the configuration does not allow: exit code 2, HTTP status 400. */
export class CheckRefusedError extends Error {
  override readonly name = 'CheckRefusedError';
  readonly code = 'usage';
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

interface CheckStarter {
  link: TemporalLink;
  store: Pick<Store, 'snapshots' | 'journal'>;
  /**
   * A snapshot of it applies; null: the configuration of the worker applies, as it does for the
   * schedule.
   */
  config: ArxConfig | null;
  /** Recorded in the audit trail, if known. */
  requester?: Requester;
}

/** Starts one check. Throws CheckRefusedError. */
export async function startCheck(
  starter: CheckStarter,
  request: CheckRequest,
): Promise<StartedWorkflow> {
  const input = await inputOf(starter, request);
  const workflowId = newWorkflowId(new Date());
  await recordRequest(starter, workflowId, request);
  return startMfaCheck(starter.link, input, workflowId);
}

async function inputOf(
  { store, config }: CheckStarter,
  { dryRun, mode, groups }: CheckRequest,
): Promise<MfaEnforcementCheckInput> {
  const how = { ...(dryRun && { dryRun }), ...(mode && { mode }) };
  if (config === null) return { ...how, ...(groups && { groups }) };
  refuseDeltaWithoutLog(config, mode);
  const scope = { ...config.scope, groups: groups ?? config.scope.groups };
  const configRef = await store.snapshots.put({ ...config, scope } as unknown as JsonObject);
  return { configRef, ...how };
}

async function recordRequest(
  { store, requester }: CheckStarter,
  workflowId: string,
  { dryRun = false, mode, groups = [] }: CheckRequest,
): Promise<void> {
  if (requester === undefined) return;
  const about = { kind: 'scan.requested', subject: workflowId, workflowId } as const;
  const outcome = { dryRun, mode: mode ?? null, groups: groups.length };
  const draft = { ...about, run: randomUUID(), at: new Date(), outcome };
  await store.journal.append([draftOfRequest(requester, draft)]);
}

/** `mode: delta` has the same precondition here as `scan.mode: delta` in the file. */
function refuseDeltaWithoutLog({ connectors }: ArxConfig, mode: CheckRequest['mode']): void {
  if (mode !== 'delta' || matchesAny(connectors.okta.operations, 'logs:read')) return;
  throw new CheckRefusedError(
    '--mode delta reads the System Log: add logs:read to connectors.okta.operations of the configuration.',
    'See `arx --help`.',
  );
}
