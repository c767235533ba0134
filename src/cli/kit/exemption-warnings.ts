/** Exemptions that somebody should look at: ended, or about to end. */

import type { ArxConfig } from '../../config/schema/schema.ts';

const DAY_MS = 86_400_000;
/** Time enough to renew an exemption, or to enrol a factor instead. */
const SOON_MS = 14 * DAY_MS;

/** A sentence for each exemption that has ended or ends within two weeks. */
export function exemptionWarnings(exemptions: ArxConfig['exemptions'], now = Date.now()): string[] {
  return exemptions.flatMap((exemption) => {
    const { owner, until } = exemption;
    const what = `the exemption of ${subjectOf(exemption)} (owner ${owner})`;
    // It is valid to the end of its last day.
    const left = Date.parse(`${until}T00:00:00Z`) + DAY_MS - now;
    if (left <= 0) return [`${what} ended on ${until}: renew it or remove it`];
    return left <= SOON_MS ? [`${what} ends on ${until}`] : [];
  });
}

/** The user or group of an exemption, as configured. */
export const subjectOf = ({ user, group }: ArxConfig['exemptions'][number]): string =>
  user ?? `group ${group ?? ''}`;
