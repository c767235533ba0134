import type { Store } from '../../store/types.ts';
import { exemptionWarnings, subjectOf } from '../kit/exemption-warnings.ts';
import type { Settings } from '../kit/settings.ts';
import { attempt, pass, warn } from './check.ts';
import type { CheckResult } from './check.ts';

const REMEDY = 'Correct `exemptions` in the configuration.';

/** Whether every exemption is valid, and names a user or group that a check or sync has read. */
export const exemptionCheck = (
  { config }: Pick<Settings, 'config'>,
  store: Pick<Store, 'names' | 'runs'>,
): Promise<CheckResult> =>
  attempt('exemptions', async () => {
    const { exemptions } = config;
    if (exemptions.length === 0) return pass('exemptions', 'none');
    const problems = exemptionWarnings(exemptions);
    // Before the first check nothing is known of users.
    const [newest] = await store.runs.list(1);
    if (newest !== undefined)
      for (const exemption of exemptions) {
        const subject = subjectOf(exemption);
        const found = await store.names.find(subject.replace(/^group /, ''));
        if (found.length === 0)
          problems.push(`the exemption of ${subject} matches nobody that was read`);
      }
    return problems.length === 0
      ? pass('exemptions', `${exemptions.length} valid`)
      : warn('exemptions', problems.join('; '), REMEDY);
  });
