/** What to do about each refusal of Jira, by code or by its own code. */
export const JIRA_REMEDIES = {
  unauthenticated:
    'Create a new API token and set JIRA_API_TOKEN, with the JIRA_EMAIL of its account (no JIRA_EMAIL for a service account or Data Center). Scoped tokens need JIRA_URL=https://api.atlassian.com/ex/jira/CLOUD_ID.',
  CAPTCHA_CHALLENGE:
    'Sign in to Jira in a browser as the account of the token and solve the CAPTCHA, then use an API token instead of a password.',
  forbidden:
    'Let the account browse the project, and create, edit, comment on and transition its issues.',
};
