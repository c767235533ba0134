import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { OPENAPI } from '../../../src/server/api/openapi.ts';

const ajv = new Ajv2020({ strict: false });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema({ $id: 'openapi', ...OPENAPI });

/** The problems of a value by a schema of the served document; empty if it matches. */
export const fits = (schema: string, value: unknown): unknown => {
  const check = ajv.compile({ $ref: `openapi#/components/schemas/${schema}` });
  return check(value) ? [] : check.errors;
};
