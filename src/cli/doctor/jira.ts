import { requireJira } from '../../config/env/vendors.ts';
import { attempt, fail } from './check.ts';
import type { CheckResult } from './check.ts';
import type { VendorCheckContext } from './vendors.ts';

const REMEDIES = {
  unauthenticated:
    'Create a new API token and set JIRA_API_TOKEN, with the JIRA_EMAIL of its account (no JIRA_EMAIL for Data Center).',
  forbidden:
    'Let the account browse the project, and create, edit, comment on and transition its issues.',
};

/** The owner of the token, the project, and the issue type of the tickets. */
export async function* jiraChecks({
  settings,
  connectors: { jira },
  callContext,
}: VendorCheckContext): AsyncGenerator<CheckResult> {
  const { projectKey } = requireJira(settings.arx);
  const wanted = settings.config.tickets.issue_type;
  yield await attempt(
    'jira myself',
    async () => {
      const { output } = await jira('myself:read', {}, callContext('myself'));
      return `account ${output.accountId}`;
    },
    REMEDIES,
  );
  let types: string[] | null = null;
  yield await attempt(
    'jira project',
    async () => {
      const { output } = await jira(
        'projects:read',
        { project: projectKey },
        callContext(projectKey),
      );
      types = output.issueTypes.map(({ name }) => name);
      return `${output.key}, ${output.name}`;
    },
    {
      ...REMEDIES,
      not_found: `Set JIRA_PROJECT_KEY to a project that the account can see; it cannot see ${projectKey}.`,
    },
  );
  yield await attempt('jira issue type', () => {
    if (types === null)
      return fail(
        'jira issue type',
        'not tried: the project could not be read',
        'Make the project readable first.',
      );
    if (types.includes(wanted)) return wanted;
    return fail(
      'jira issue type',
      `${projectKey} has no issue type ${wanted}`,
      `Set tickets.issue_type to one of ${types.join(', ')}.`,
    );
  });
}
