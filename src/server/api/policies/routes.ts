import type { Hono } from 'hono';
import { argumentsProblem, explainDecision } from '../../../services/policies/explain-decision.ts';
import { lintBundle } from '../../../services/policies/lint-bundle.ts';
import { matrixDocument, policiesDocument } from '../../../services/policies/policies-document.ts';
import type { PolicyBundle } from '../../../governance/types.ts';
import { Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import type { KeyEnv } from '../key-access.ts';
import type { KeyApps } from '../key-apps.ts';
import { limitBody, NO_PARAMETERS, readBody, readQuery } from '../requests.ts';
import { EXPLAIN_BODY, MATRIX_QUERY } from './inputs.ts';

/** `/v1/policies`: the policies, what they decide, and probable mistakes. */
export function policyRoutes({ store, policies }: ServerParts, apps: KeyApps): Hono<KeyEnv> {
  const app = apps.create();
  app.get('/', async (context) => {
    readQuery(context, NO_PARAMETERS);
    return context.json(await policiesDocument(policies.bundle(), store));
  });
  app.get('/matrix', (context) => {
    const { connector } = readQuery(context, MATRIX_QUERY);
    const bundle = usable(policies.bundle());
    return context.json(matrixDocument(bundle, policies.config, connector));
  });
  app.get('/lint', (context) => {
    readQuery(context, NO_PARAMETERS);
    return context.json(lintBundle(usable(policies.bundle()), policies));
  });
  app.post('/explain', limitBody, async (context) => {
    readQuery(context, NO_PARAMETERS);
    const { as: principal, ...question } = await readBody(context, EXPLAIN_BODY);
    const problem = question.args && argumentsProblem(question.operation, question.args);
    if (problem)
      throw new Problem(400, 'invalid_argument', {
        message: 'The arguments do not have the required format.',
        remedy: `Write ${problem.parameter ? `as ${problem.parameter} ` : ''}${problem.expected}.`,
        path: problem.parameter ? `args.${problem.parameter}` : 'args',
      });
    const rules = { bundle: usable(policies.bundle()), config: policies.config };
    return context.json(explainDecision(rules, { principal, ...question }));
  });
  return app;
}

/** The bundle, if its files can be loaded. Throws Problem 409 with the place of the error. */
function usable(bundle: PolicyBundle): PolicyBundle & { ok: true } {
  if (bundle.ok) return bundle;
  throw new Problem(409, 'policies_invalid', {
    message: `The policies cannot be loaded: ${bundle.reason}`,
    remedy: 'Correct the file. Until then the worker keeps the policies that it loaded before.',
  });
}
