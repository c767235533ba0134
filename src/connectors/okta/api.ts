import { principalOf } from '../../governance/principal.ts';
import { randomUUID } from 'node:crypto';
import { OKTA_OPERATIONS } from '../../governance/catalogue-okta.ts';
import { InvalidArgumentError } from '../errors.ts';
import type { OperationRow } from '../../governance/types.ts';
import type { Caller, CallContext, Connectors } from '../types.ts';
import type { OktaApi, OktaCallOptions } from './api-types.ts';

interface OktaApiSettings {
  /** Id of the agent; the principal is `agent:<agentId>`. Letters, digits and `._@-`. */
  agentId: string;
  /**
   * Host of the organisation, such as `example.okta.com`; it must be the one for which the
   * connectors were created.
   */
  orgId: string;
  /** From `createConnectors`. */
  connectors: Pick<Connectors, 'okta' | 'oktaHost'>;
  /** Default: `agent/<agentId>`, and a new run for each client. */
  workflowId?: string;
  run?: string;
  authenticatedBy?: Caller['authenticatedBy'];
}

/**
 * Okta for an agent, through the governed pipeline: each call is validated, decided by the policies
 * for `agent:<agentId>`, and audited before and after it is sent.
 *
 *     const okta = createOkta({ agentId: 'soc-triage', orgId: 'example.okta.com', connectors });
 *     const user = await okta.users.readDetail({ userId: '00u1a2b3c4d5e6f7g8h9' });
 *     await okta.groups.addMember({ groupId, userId: user.id }, { reason: 'INC-4711' });
 *     const page = await okta.users.read({ login: 'ann@example.com' });
 *     await okta.users.suspend({ userId }, { reason: 'INC-4711', grant: { requestId } });
 *
 * Methods throw InvalidArgumentError (an argument is invalid), PolicyDeniedError
 * (`approval_required` without a grant, `target_unchecked` for an operation that takes access away:
 * request it as a governed operation), ConnectorError (a failure of Okta or the network;
 * `fields.ambiguous`: a write may have been accepted) and AuditUnavailableError (`sent` is false:
 * nothing was sent; true: the call was sent but not recorded, so read the target before you repeat
 * a write). `createOkta` itself throws InvalidArgumentError for an invalid agent id or another
 * organisation.
 */
export function createOkta(settings: OktaApiSettings): OktaApi {
  const caller = callerOf(settings);
  const families: Record<string, Record<string, unknown>> = {};
  for (const row of OKTA_OPERATIONS) {
    const [family = '', verb = ''] = row.operation.split(':');
    (families[family] ??= {})[camel(verb)] = methodOf(settings.connectors.okta, caller, row);
  }
  // The types are derived from the table of types, the methods from the catalogue; a test checks
  // that they agree.
  return families as unknown as OktaApi;
}

function callerOf({ agentId, orgId, connectors, ...more }: OktaApiSettings): Caller {
  if (!/^[A-Za-z0-9][\w.@-]{0,127}$/.test(agentId)) {
    throw new InvalidArgumentError('agentId: expected at most 128 letters, digits and ._@-');
  }
  if (orgId.toLowerCase() !== connectors.oktaHost.toLowerCase()) {
    throw new InvalidArgumentError('orgId: the connectors are for another organisation');
  }
  return {
    principal: principalOf('agent', agentId),
    authenticatedBy: more.authenticatedBy ?? 'none',
    surface: 'api',
    workflowId: more.workflowId ?? `agent/${agentId}`,
    run: more.run ?? randomUUID(),
  };
}

type AnyCall = (
  operation: string,
  input: object,
  context: CallContext<unknown>,
) => Promise<{ output: unknown }>;

const methodOf =
  (call: Connectors['okta'], caller: Caller, row: OperationRow) =>
  async (input: object = {}, options: OktaCallOptions = {}): Promise<unknown> => {
    const { output } = await (call as AnyCall)(row.operation, input, {
      ...options,
      caller,
      subject: targetOf(row, input),
    });
    return output;
  };

/**
 * The target of a call: the last object in its path (for a membership, the user), else the
 * operation.
 */
function targetOf({ operation, path }: OperationRow, input: object): string {
  const name = [...path.matchAll(/\{(\w+)\}/g)].at(-1)?.[1];
  const id =
    name !== undefined && Object.hasOwn(input, name)
      ? (input as Record<string, unknown>)[name]
      : undefined;
  return typeof id === 'string' ? id : operation;
}

const camel = (verb: string): string =>
  verb.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
