import { expect, test } from 'vitest';
import { addressTable } from '../../../src/cli/emulate/render.ts';
import { screensOf } from './support/screens.ts';

const origin = (port: number): string => `http://127.0.0.1:${port}`;

test('`arx emulate` at a terminal prints addresses and credentials as a table', async () => {
  const document = {
    schema: 'arx.emulate/v1',
    okta: origin(8401),
    jira: origin(8402),
    slack: `${origin(8403)}/api/`,
    control: origin(8400),
    entraLogin: origin(8404),
    entraGraph: origin(8404),
    google: origin(8405),
    googleServiceAccountFile: '/tmp/arx-emulators/google-service-account.json',
    googleAdminSubject: 'admin@northwind.example',
    salesforce: origin(8406),
    tokens: {
      okta: '00emulatedOktaToken',
      jira: 'emulated-jira-token',
      jiraEmail: 'arx@northwind.example',
      slack: 'xoxb-emulated',
      entraTenantId: '11111111-2222-3333-4444-555555555555',
      entraClientId: '66666666-7777-8888-9999-000000000000',
      entraClientSecret: 'emulated-entra-secret',
      salesforceClientId: '3MVG9.emulated.client',
      salesforceClientSecret: 'emulated-salesforce-secret',
      consoleClientId: '0oaEmulatedConsole',
      consoleClientSecret: 'emulated-console-secret',
      cliClientId: '0oaEmulatedCommandLine',
    },
    jiraProject: 'SEC',
    jiraEdition: 'cloud',
    slackChannel: 'C0123456789',
    acceptLog: null,
  } as const;
  await expect(
    screensOf((out) => addressTable(document, { colors: { out, err: out } })),
  ).toMatchFileSnapshot('screens/emulate.txt');
});
