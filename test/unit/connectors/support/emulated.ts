import { Secret } from '../../../../src/config/env/secret.ts';
import { harness } from './harness.ts';
import type { ConnectorSettings } from '../../../../src/connectors/create.ts';
import type { EmulatorDocument } from '../../../../emulators/start.ts';
import type { Harness } from './harness.ts';

/** Connectors to emulated vendors, with every operation granted by default. */
export const emulatedHarness = (
  document: EmulatorDocument,
  overrides: Partial<ConnectorSettings> = {},
): Harness =>
  harness(document.okta, {
    okta: {
      origin: document.okta,
      host: new URL(document.okta).host,
      credential: { kind: 'ssws', token: new Secret(document.tokens.okta) },
    },
    jira: {
      origin: document.jira,
      edition: document.jiraEdition,
      email: document.jiraEdition === 'cloud' ? document.tokens.jiraEmail : null,
      token: new Secret(document.tokens.jira),
      projectKey: document.jiraProject,
    },
    slack: { apiUrl: document.slack, token: new Secret(document.tokens.slack) },
    ...overrides,
  });
