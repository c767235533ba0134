import type { JsonObject } from '../../audit/types.ts';
import { InvalidArgumentError } from '../../connectors/errors.ts';
import { partsOf } from '../../governance/catalogue.ts';
import type { ConnectorName, Decision } from '../../governance/types.ts';
import type { AccountConnector } from '../../flows/types.ts';
import type { FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import { userIn } from '../../governance/principal.ts';
import { factsOf } from '../governance/facts.ts';
import type { FactDeps } from '../governance/facts.ts';
import type { UsesConnectors } from '../support/parts.ts';
import { inputsOf } from './notices.ts';
import { targetReaderOf, principalOf } from './record.ts';

type DecideDeps = FactDeps & UsesConnectors<AccountConnector | 'decide' | 'validate'>;

/** Adds the decision of the policies to each planned step. */
export async function decideSteps(
  deps: DecideDeps,
  record: FlowRunRecord,
  steps: readonly FlowStepRecord[],
): Promise<FlowStepRecord[]> {
  const done: FlowStepRecord[] = [];
  for (const step of steps) {
    done.push(
      step.state === 'planned' ? { ...step, decision: await decisionOn(deps, record, step) } : step,
    );
  }
  return done;
}

async function decisionOn(
  deps: DecideDeps,
  record: FlowRunRecord,
  step: FlowStepRecord,
): Promise<JsonObject> {
  const { connectors } = deps;
  const { connector: name, operation } = partsOf(step.operation);
  const connector = name as ConnectorName;
  const { caller } = targetReaderOf(deps, record);
  const input = inputsOf(step.operation, step.params, { run: record, step: step.id });
  try {
    const { args, argsDigest } = await connectors.validate(connector, operation, input, {
      caller,
      subject: record.run,
    });
    const { run, workflowId } = record;
    const asked = { principal: principalOf(record), onBehalfOf: userIn(record.caller.principal) };
    const call = { connector, operation, args, run, workflowId, ...asked };
    const facts = (await factsOf(deps, call)).raising;
    return decisionJson(
      connectors.decide(connector, operation, principalOf(record), { args, argsDigest, facts }),
    );
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    return { effect: 'deny', code: error.code, risk: null, policies: [], hints: [error.message] };
  }
}

const decisionJson = ({ effect, code, risk, determining, hints }: Decision): JsonObject => ({
  effect,
  code,
  risk,
  hints,
  policies: [...new Set(determining.map(({ policy }) => policy))],
});
