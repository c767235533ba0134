import { guardrailsOf } from '../../config/schema/guardrails.ts';
import { OPERATIONS } from '../../governance/catalogue.ts';
import { evaluate } from '../../governance/evaluate.ts';
import { matchesAny } from '../../governance/glob.ts';
import type { ConnectorName } from '../../governance/types.ts';
import { policiesOf } from '../kit/inspect.ts';
import type { Settings } from '../kit/settings.ts';
import { plural } from '../kit/text.ts';
import { attempt, fail } from './check.ts';
import type { CheckResult } from './check.ts';

/** The principal of the check, as named in its policy file. */
const MFA_PRINCIPAL = 'workflow:mfa-enforcement-check';

/** Whether the policies load, and allow the check everything that its configuration permits. */
export const policyCheck = (settings: Settings): Promise<CheckResult> =>
  attempt('policies', () => {
    const bundle = policiesOf(settings);
    const denied = configOperations(settings).filter(({ connector, operation }) => {
      const request = { connector, operation, principal: MFA_PRINCIPAL };
      return ['deny', 'approval'].includes(
        evaluate(request, bundle, guardrailsOf(settings.config), OPERATIONS).effect,
      );
    });
    if (denied.length === 0)
      return `${plural(bundle.policies.length, 'policy', 'policies')}, digest ${bundle.digest.slice(0, 12)}`;
    const names = denied.map(({ connector, operation }) => `${connector} ${operation}`).join(', ');
    return fail(
      'policies',
      `not allowed for ${MFA_PRINCIPAL}: ${names}`,
      `Add policies/mfa-enforcement-check.yaml to \`policies\` in the configuration (paths are relative to ${settings.baseDir}).`,
    );
  });

/** The operations that match the globs of the configuration. */
function configOperations({ config }: Settings): { connector: ConnectorName; operation: string }[] {
  return OPERATIONS.filter(({ connector, operation }) =>
    matchesAny(config.connectors[connector]?.operations ?? [], operation),
  );
}
