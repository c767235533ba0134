import type { Issue } from '../../../src/flows/types.ts';
import { readIssue } from '../../../src/flows/issue.ts';

/** An event as in the documentation of Okta ISPM. */
export const ON_DEMAND: Readonly<Record<string, string>> = {
  eventId: 'f73a7741-6980-4d44-b0bf-13a2fa7ac556',
  eventTimestamp: '2024-06-09T14:56:58Z',
  eventSource: 'Okta ISPM',
  eventType: 'issue.onDemand',
  issueId: 'Alert_V32uL3CHijlQYHq-uqTkqWOXSJ8~',
  issueCategory: 'Least Privilege',
  issueSeverity: 'High',
  issueTitle: 'Unused Admin Account',
  issueFullDescription: 'Admin Accounts not logged in interactively for 91 days.',
  issueShortDescription: 'Admin Accounts not logged in interactively for 91 days.',
  issueDetectedAt: '2024-06-18',
  issueSuggestedRemediation:
    'Assess the essentiality of listed accounts; disable or suspend as necessary.',
  issueRiskAndImpact: 'Unused, unmonitored accounts attract threat actors.',
  issueLink: 'https://{your-ISPM-url}/issues/Alert_V32uL3CHijlQYHq-uqTkqWOXSJ8~',
  entityId: 'Account_Q1SMRm3vfzomaZwevHIoL9kVhWU~',
  entityIdInService: '00ktw0utvzPBXxny16x7',
  entityType: 'Account',
  entityDisplayName: 'john.smith@okta.com',
  entitySourceProductName: 'Okta',
  entitySourceProductTenant: 'example.okta.com',
  additionalDataTypes: 'Admin, Super admin',
  additionalDataLastLogin: '03/28/2024',
};

interface Created {
  [key: string]: unknown;
  eventData: { [key: string]: unknown; affectedEntity: Record<string, unknown> };
}

/** The same issue as issue.created. */
export const created = (entity: Record<string, unknown> = {}): Created => ({
  id: 'evt-1',
  timestamp: '2024-06-09T14:56:58.5+02:00',
  source: 'Okta ISPM',
  type: 'issue.created',
  eventData: {
    id: 'Alert_1',
    category: 'Least Privilege',
    severity: 'High',
    title: 'Unused Admin Account',
    fullDescription: 'Not logged in.\nFor 91 days.',
    shortDescription: 'Not logged in.',
    detectedAt: '2024-06-09T14:00:00Z',
    suggestedRemediation: 'Suspend.',
    riskAndImpact: 'Threats.',
    link: 'https://ispm.example.com/issues/Alert_1',
    affectedEntity: {
      id: 'Account_1',
      type: 'Account',
      displayName: 'John Smith',
      identifierInService: '00u1abcdefghijklmnop',
      sourceProductName: 'Okta',
      sourceProductTenant: 'example.okta.com',
      additionalData: { types: ['Admin', 'Super admin'], lastLogin: '03/28/2024' },
      ...entity,
    },
  },
});

/** The issue of the documented event, with fields changed. */
export function issueWith(changes: Readonly<Record<string, unknown>> = {}): Issue {
  const read = readIssue({ ...ON_DEMAND, ...changes });
  if (!read.ok) throw new Error(read.message);
  return read.issue;
}
