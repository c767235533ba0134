import { VARIABLES } from './variables.ts';
import type { Variable } from './variables.ts';

const TITLES = {
  okta: 'Okta: a token, or a service app',
  jira: 'Jira',
  slack: 'Slack',
  entra: 'Entra ID: only needed to remediate its accounts',
  google: 'Google Workspace: only needed to remediate its accounts',
  salesforce: 'Salesforce: only needed to remediate its accounts',
  email: 'Mail: only needed by flows that send mail',
  arx: 'arx',
  server: 'HTTP server; not needed by workers',
  cli: 'Command line; not needed by workers',
  temporal: 'Temporal: its own variables; a profile in temporal.toml works as well',
  vault: 'HashiCorp Vault: only needed if arx.yaml stores credentials there',
} as const satisfies Record<Variable['usedBy'], string>;

const HEAD = `# Copy to .env and fill in the variables you need. The environment takes precedence over this file.
# Instead of any NAME, set NAME_FILE to the path of a file that contains the value.
`;

/**
 * The text of .env.example. To generate it again: `node src/config/env/env-example.ts >
 * .env.example`.
 */
export function envExample(): string {
  const sections = Object.entries(TITLES).map(([owner, title]) => {
    const rows = VARIABLES.filter(({ usedBy }) => usedBy === owner);
    return `\n# ${title}\n${rows.map(lineOf).join('')}`;
  });
  return HEAD + sections.join('');
}

// All variables are commented out, so that copying the file changes nothing.
function lineOf({ name, does, default: usual, example }: Variable): string {
  const value = usual ?? example ?? '';
  return `# ${does}\n#${name}=${value.includes('#') ? `'${value}'` : value}\n`;
}

if (import.meta.main) process.stdout.write(envExample());
