import type { Guardrails, Risk } from '../../governance/types.ts';
import type { ArxConfig } from './schema.ts';

/** The guardrails of arx.yaml in the form that the evaluator takes. */
export const guardrailsOf = ({
  guardrails,
  environment_name: environment,
}: ArxConfig): Guardrails => ({
  ...(environment !== undefined && { environment }),
  riskMax: Object.fromEntries(
    Object.entries(guardrails).flatMap(([connector, rail]) =>
      rail ? [[connector, rail.risk_max.toUpperCase() as Risk]] : [],
    ),
  ),
});
