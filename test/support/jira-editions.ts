/** The editions of Jira, and the modes of tickets in each, for `describe.each`. */
import type { EmulatorOptions } from '../../emulators/options.ts';

/** What a test needs to know about an edition: its name, and how its emulator is started. */
export interface JiraEditionCase {
  edition: string;
  emulator: Pick<EmulatorOptions, 'jiraEdition' | 'jiraPath'>;
}

export const JIRA_EDITION_CASES: readonly JiraEditionCase[] = [
  { edition: 'Cloud', emulator: {} },
  { edition: 'Data Center', emulator: { jiraEdition: 'data_center', jiraPath: '/jira' } },
];

export const TICKET_CASES = JIRA_EDITION_CASES.flatMap((one) =>
  (['per_user', 'bulk'] as const).map((mode) => ({ ...one, mode })),
);
