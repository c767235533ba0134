import type { EmulatorDocument } from '../../../emulators/start.ts';
import { grid } from '../kit/grid.ts';
import type { Io } from '../kit/io.ts';
import { recordText } from '../kit/record.ts';
import { paragraph } from '../kit/width.ts';

/** The addresses of the emulators and what they accept, for a reader at a terminal. */
export function addressTable(document: EmulatorDocument, { colors }: Pick<Io, 'colors'>): string {
  const { tokens } = document;
  const vendors = [
    ['Okta', document.okta, `API token ${tokens.okta}`],
    ['Jira', document.jira, jiraCredential(document)],
    ['Slack', document.slack, `bot token ${tokens.slack}`],
    [
      'Entra ID',
      document.entraGraph,
      `client ${tokens.entraClientId} with secret ${tokens.entraClientSecret}`,
    ],
    ['Google', document.google, `key file ${document.googleServiceAccountFile}`],
    [
      'Salesforce',
      document.salesforce,
      `client ${tokens.salesforceClientId} with secret ${tokens.salesforceClientSecret}`,
    ],
    ['control', document.control, 'anyone on this machine'],
  ];
  const more = recordText(
    [
      ['Entra ID sign-in', document.entraLogin],
      ['Entra ID tenant', tokens.entraTenantId],
      ['Google administrator', document.googleAdminSubject],
      ['Jira project', document.jiraProject],
      ['Slack channel', document.slackChannel],
      ['accept log', document.acceptLog ?? 'none (--log FILE keeps one)'],
    ],
    colors.out,
  );
  return [
    grid(['emulator', 'address', 'accepts'], vendors, colors.out),
    '',
    more,
    '',
    paragraph(
      'Ctrl-C stops them. --dotenv FILE writes these values as variables, --json prints them as one document.',
      colors.out,
    ),
  ].join('\n');
}

const jiraCredential = ({ jiraEdition, tokens }: EmulatorDocument): string =>
  jiraEdition === 'cloud'
    ? `${tokens.jiraEmail} with API token ${tokens.jira}`
    : `personal access token ${tokens.jira}`;
