export { approval } from './approval.ts';
export { delegatedFlow } from './delegated-flow.ts';
export { enrichAccount } from './enrich-account.ts';
export { governedOperation } from './governed-operation.ts';
export { mfaEnforcementCheck } from './mfa-enforcement-check.ts';
export { oktaSync } from './okta-sync.ts';
