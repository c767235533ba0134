import { ENTRA_ERRORS } from '../../../../src/connectors/entra/error-table.ts';
import { GOOGLE_ERRORS } from '../../../../src/connectors/google/error-table.ts';
import { OKTA_ERRORS } from '../../../../src/connectors/okta/error-table.ts';
import { SALESFORCE_ERRORS } from '../../../../src/connectors/salesforce/error-table.ts';
import type { ErrorTable } from '../../../../src/connectors/transport/error-table.ts';

/** How each vendor writes an error with a code and a message. */
export const ERROR_BODIES = {
  okta: (code: string, said: string) => ({
    errorCode: code,
    errorSummary: said,
    errorCauses: [{ errorSummary: `login: ${said}` }],
  }),
  entra: (code: string, said: string) => ({ error: { code, message: said } }),
  google: (code: string, said: string) => ({
    error: { code: 400, message: said, errors: [{ reason: code, message: said }] },
  }),
  salesforce: (code: string, said: string) => [
    { errorCode: code, message: said, fields: ['IsActive'] },
  ],
} as const;

export type ErrorVendor = keyof typeof ERROR_BODIES;

export const ERROR_TABLES: Readonly<Record<ErrorVendor, ErrorTable>> = {
  okta: OKTA_ERRORS,
  entra: ENTRA_ERRORS,
  google: GOOGLE_ERRORS,
  salesforce: SALESFORCE_ERRORS,
};
