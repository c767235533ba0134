import { requireJira } from '../../config/env/vendors.ts';
import { attempt, fail, pass } from './check.ts';
import type { CheckResult } from './check.ts';
import { JIRA_REMEDIES } from './jira-remedies.ts';
import { ticketChecks } from './tickets.ts';
import type { VendorCheckContext } from './vendors.ts';
import type { JiraOperations } from '../../connectors/types.ts';

type Project = JiraOperations['projects:read']['output'];

const EDITIONS = { cloud: 'Jira Cloud', data_center: 'Jira Data Center' } as const;

/** For the first calls: whatever answers, it is not Jira. */
const NOT_JIRA = {
  malformed:
    'Set JIRA_URL to the address of Jira itself, such as https://example.atlassian.net, or Data Center with its context path: a page for signing in, or a redirect to one, is not its REST API.',
};

/** The permissions that the check needs in the project, by Jira's keys, with Jira's names. */
const NEEDED: Readonly<Record<string, string>> = {
  BROWSE_PROJECTS: 'Browse projects',
  CREATE_ISSUES: 'Create issues',
  EDIT_ISSUES: 'Edit issues',
  ADD_COMMENTS: 'Add comments',
  TRANSITION_ISSUES: 'Transition issues',
};

/** The owner of the token, the edition of Jira, the project, its permissions, and the tickets that a run would write. */
export async function* jiraChecks(context: VendorCheckContext): AsyncGenerator<CheckResult> {
  const { jira } = context.connectors;
  const { projectKey, site } = requireJira(context.settings.arx);
  const account = await attempt(
    'jira myself',
    async () => {
      const { output } = await jira('myself:read', {}, context.callContext('myself'));
      return `account ${output.accountId}`;
    },
    { ...JIRA_REMEDIES, ...NOT_JIRA },
  );
  yield account;
  if (account.ok) yield await serverCheck(context, site);
  const found: { project?: Project } = {};
  yield await attempt(
    'jira project',
    async () => {
      const project = await readProject(context, projectKey);
      found.project = project;
      const name = `${project.key}, ${project.name}`;
      if (!project.isArchived) return name;
      return fail(
        'jira project',
        `${name}, is archived`,
        'Restore the project, or set JIRA_PROJECT_KEY to another one.',
      );
    },
    {
      ...JIRA_REMEDIES,
      ...NOT_JIRA,
      not_found: `Set JIRA_PROJECT_KEY to a project that the account can see, or give it the permission Browse projects in ${projectKey}.`,
    },
  );
  if (found.project === undefined) {
    yield fail(
      'jira issue type',
      'not tried: the project could not be read',
      'Make the project readable first.',
    );
    return;
  }
  yield await permissionCheck(context, projectKey);
  yield typeCheck(context, found.project);
  yield* ticketChecks(context, projectKey);
}

const serverCheck = (
  { connectors, callContext }: VendorCheckContext,
  site: string | null,
): Promise<CheckResult> =>
  attempt(
    'jira server',
    async () => {
      const { output } = await connectors.jira('server:read', {}, callContext('server'));
      const { edition, version, baseUrl } = output;
      const links = site === null || site === baseUrl ? '' : `; links lead to ${site}`;
      return `${EDITIONS[edition]} ${version} at ${baseUrl}${links}`;
    },
    { ...JIRA_REMEDIES, ...NOT_JIRA },
  );

const readProject = async (
  { connectors, callContext }: VendorCheckContext,
  project: string,
): Promise<Project> =>
  (await connectors.jira('projects:read', { project }, callContext(project))).output;

const permissionCheck = (
  { connectors, callContext }: VendorCheckContext,
  project: string,
): Promise<CheckResult> =>
  attempt(
    'jira permissions',
    async () => {
      const { output } = await connectors.jira(
        'permissions:read',
        { project, permissions: Object.keys(NEEDED) },
        callContext(project),
      );
      const lacking = Object.entries(NEEDED).flatMap(([key, name]) =>
        output.granted.includes(key) ? [] : [name],
      );
      if (lacking.length === 0) return Object.values(NEEDED).join(', ');
      return fail(
        'jira permissions',
        `missing in ${project}: ${lacking.join(', ')}`,
        `Grant ${lacking.join(', ')} to the account in the permission scheme of ${project}.`,
      );
    },
    JIRA_REMEDIES,
  );

function typeCheck({ settings }: VendorCheckContext, { key, issueTypes }: Project): CheckResult {
  const wanted = settings.config.tickets.issue_type;
  const types = issueTypes.map(({ name }) => name);
  if (types.includes(wanted)) return pass('jira issue type', wanted);
  return fail(
    'jira issue type',
    `${key} has no issue type ${wanted}`,
    `Set tickets.issue_type to one of ${types.join(', ')}.`,
  );
}
