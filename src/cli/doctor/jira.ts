import { requireJira } from '../../config/env/vendors.ts';
import { attempt, bad } from './check.ts';
import type { CheckResult } from './check.ts';
import type { Bench } from './vendors.ts';

const REMEDIES = {
  unauthenticated:
    'Make a new API token and set JIRA_API_TOKEN with the JIRA_EMAIL of its account (none for Data Center).',
  forbidden:
    'Give the account access to the project: browse, create, edit, comment and transition issues.',
};

/** Whose token it is, the project, and the issue type of the tickets. */
export async function* jiraChecks({
  settings,
  connectors: { jira },
  about,
}: Bench): AsyncGenerator<CheckResult> {
  const { projectKey } = requireJira(settings.arx);
  const wanted = settings.config.tickets.issue_type;
  yield await attempt(
    'jira myself',
    async () => {
      const { output } = await jira('myself:read', {}, about('myself'));
      return `account ${output.accountId}`;
    },
    REMEDIES,
  );
  let types: string[] | null = null;
  yield await attempt(
    'jira project',
    async () => {
      const { output } = await jira('projects:read', { project: projectKey }, about(projectKey));
      types = output.issueTypes.map(({ name }) => name);
      return `${output.key}, ${output.name}`;
    },
    {
      ...REMEDIES,
      not_found: `Set JIRA_PROJECT_KEY to a project that the account may see; ${projectKey} is none.`,
    },
  );
  yield await attempt('jira issue type', () => {
    if (types === null)
      return bad(
        'jira issue type',
        'not tried: the project could not be read',
        'Make the project readable first.',
      );
    if (types.includes(wanted)) return wanted;
    return bad(
      'jira issue type',
      `${projectKey} has no issue type ${wanted}`,
      `Set tickets.issue_type to one of ${types.join(', ')}.`,
    );
  });
}
