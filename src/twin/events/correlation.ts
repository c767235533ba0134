/** Which entries belong together for thresholds and followers. */

import type { EntryParty, LogEntry, CorrelationKey } from './types.ts';

/** The keys under which an entry is counted or matched; empty if it has none of this kind. */
export function correlationKeys(entry: LogEntry, by: CorrelationKey): string[] {
  switch (by) {
    case 'actor':
      return partyKeys([entry.actor]);
    case 'target':
      return partyKeys(entry.targets);
    case 'person': {
      const people = partyKeys(entry.targets.filter(({ type }) => type === 'User'));
      return people.length > 0 ? people : partyKeys([entry.actor]);
    }
    case 'ip':
      return entry.ipAddress === null ? [] : [`ip ${entry.ipAddress}`];
  }
}

/**
 * As `correlationKeys`, for several kinds. Actors, targets and people are compared with each other.
 */
export const anyCorrelationKeys = (entry: LogEntry, by: readonly CorrelationKey[]): string[] => [
  ...new Set(by.flatMap((kind) => correlationKeys(entry, kind))),
];

const partyKeys = (parties: readonly (EntryParty | null)[]): string[] => [
  ...new Set(parties.flatMap((party) => (party && nameOf(party)) ?? [])),
];

// Okta writes "unknown" for a party that it does not know.
const valueOrNull = (text: string | null): string | null => (text === 'unknown' ? null : text);
const nameOf = ({ id, login }: EntryParty): string | null => valueOrNull(id) ?? valueOrNull(login);
