/** Exit codes of every command; documented in docs/cli.md and relied on by scripts. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  findings: 3,
  authentication: 4,
  denied: 5,
  approval: 6,
  incomplete: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each exit code means, for help and documentation. */
export const EXIT_MEANING: Record<keyof typeof EXIT, string> = {
  ok: 'done, nothing to report',
  error: 'any other error',
  usage: 'wrong usage, configuration or environment',
  findings: 'findings of a kind named with --fail-on',
  authentication: 'a credential was refused',
  denied: 'denied by policy',
  approval: 'the approval was denied, has expired or is already closed',
  incomplete: 'incomplete: a run is not reliable, a permission was denied, or no worker answered',
  interrupted: 'interrupted',
};
