export { mfaEnforcementCheck } from './mfa-enforcement-check.ts';
