import { VARIABLES } from './variables.ts';
import type { Variable } from './variables.ts';

const TITLES = {
  okta: 'Okta: a token, or a service app',
  jira: 'Jira',
  slack: 'Slack',
  entra: 'Entra ID: only where its accounts are remedied',
  google: 'Google Workspace: only where its accounts are remedied',
  salesforce: 'Salesforce: only where its accounts are remedied',
  email: 'Mail: only where flows send some',
  arx: 'arx',
  server: 'The HTTP server; no worker needs it',
  cli: 'Whoever is at the command line; no worker needs it',
  temporal: 'Temporal (its own names; a profile in temporal.toml does as well)',
  vault: 'HashiCorp Vault, where arx.yaml keeps credentials there',
} as const satisfies Record<Variable['usedBy'], string>;

const HEAD = `# Copy to .env and fill in what you use. The environment wins over this file.
# Any NAME may be given as NAME_FILE instead: a file that holds the value.
`;

/**
 * The text of .env.example. To write it anew: `node src/config/env/env-example.ts > .env.example`.
 */
export function envExample(): string {
  const sections = Object.entries(TITLES).map(([owner, title]) => {
    const rows = VARIABLES.filter(({ usedBy }) => usedBy === owner);
    return `\n# ${title}\n${rows.map(lineOf).join('')}`;
  });
  return HEAD + sections.join('');
}

// Names with a usual value are commented out, so that copying the file changes nothing.
function lineOf({ name, does, default: usual, example }: Variable): string {
  const value = usual ?? example ?? '';
  return `# ${does}\n#${name}=${value.includes('#') ? `'${value}'` : value}\n`;
}

if (import.meta.main) process.stdout.write(envExample());
