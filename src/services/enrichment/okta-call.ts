import { setTimeout as delay } from 'node:timers/promises';
import type { CallContext, OktaOperations } from '../../connectors/types.ts';
import type { EnrichRequest, EnricherParts } from './types.ts';

/** The Okta operations that a look-up uses. */
export const OPERATIONS = [
  'users:read',
  'users:read_factors',
  'users:read_groups',
  'users:read_roles',
  'logs:read',
] as const;
type UsedOperation = (typeof OPERATIONS)[number] | 'users:read_detail';

/** Makes one governed call, retried if that may help. Throws the errors of the connector. */
export type OktaCall = <K extends UsedOperation>(
  operation: K,
  input: OktaOperations[K]['input'],
  subject: string,
) => Promise<OktaOperations[K]['output']>;

/** Waits before the second and third attempt of a call with a passing error. */
const WAITS_MS = [250, 1_000];
/** Okta's windows are a minute long. */
const LONGEST_WAIT_MS = 60_000;

/** The fields of a connector's error that matter here. */
interface Failure {
  name?: unknown;
  code?: unknown;
  retryable?: boolean;
  fields?: { status: number | null; retryAfterMs: number | null };
  decision?: unknown;
}

/** How a call failed, as code and HTTP status. */
export interface CallFailure {
  code: string;
  status: number | null;
}

/**
 * The entry of a failed call in the result; null for other errors, such as a store that is
 * unavailable.
 */
export function callFailure(thrown: unknown): CallFailure | null {
  const { name, code, fields } = thrown as Failure;
  if (name !== 'ConnectorError' && name !== 'PolicyDeniedError' && name !== 'InvalidArgumentError')
    return null;
  return { code: typeof code === 'string' ? code : 'failed', status: fields?.status ?? null };
}

/** The calls of one look-up, made in the name of its caller. */
export function createOktaCall(
  { connectors }: Pick<EnricherParts, 'connectors'>,
  request: EnrichRequest,
): OktaCall {
  const { caller, priority, watch } = request;
  const once = async <K extends UsedOperation>(
    operation: K,
    input: OktaOperations[K]['input'],
    subject: string,
  ) => {
    const started = performance.now();
    const step = { call: operation, asked: input as Readonly<Record<string, unknown>> };
    const ms = (): number => Math.round(performance.now() - started);
    try {
      const context: CallContext<OktaOperations[K]['output']> = { caller, subject, priority };
      const { output } = await connectors.okta(operation, input, context);
      watch?.({ ...step, ok: true, status: 200, code: null, ms: ms(), extracted: output });
      return output;
    } catch (thrown) {
      const { code = 'failed', status = null } = callFailure(thrown) ?? {};
      watch?.({ ...step, ok: false, status, code, ms: ms(), extracted: null });
      throw thrown;
    }
  };
  return async (operation, input, subject) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await once(operation, input, subject);
      } catch (thrown) {
        const wait = waitAfter(thrown as Failure, attempt);
        if (wait === null) throw thrown;
        await delay(wait);
      }
    }
  };
}

function waitAfter({ name, retryable, code, fields }: Failure, attempt: number): number | null {
  const wait = WAITS_MS[attempt];
  if (name !== 'ConnectorError' || retryable !== true || wait === undefined) return null;
  return code === 'rate_limited' ? Math.min(fields?.retryAfterMs ?? wait, LONGEST_WAIT_MS) : wait;
}
