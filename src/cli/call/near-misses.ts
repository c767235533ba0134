/** Finds mistyped operations and parameters before anything is started. */

import type { JsonObject } from '../../audit/types.ts';
import { nearest, nearestFirst } from '../../config/yaml/nearest.ts';
import { findOperation, OPERATIONS } from '../../governance/catalogue.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';

const MOST_LISTED = 6;

/**
 * Refuses an operation that the vendor does not have, and a call without an argument that its path
 * needs. Throws CliError `unknown_operation` and `missing_argument`.
 */
export function refuseNearMisses(vendor: string, operation: string, args: JsonObject): void {
  const row = OPERATIONS.find((one) => one.connector === vendor && one.operation === operation);
  if (row === undefined) throw unknownOperation(vendor, operation);
  const needed = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const missing = needed.find((name) => !Object.hasOwn(args, name));
  if (missing !== undefined) throw missingArgument(operation, missing, Object.keys(args));
}

function unknownOperation(vendor: string, operation: string): CliError {
  const own = OPERATIONS.filter(({ connector }) => connector === vendor);
  const names = own.map((row) => row.operation);
  const near = nearest(operation, names);
  const elsewhere = OPERATIONS.filter(({ connector }) => findOperation(connector, operation))
    .map(({ connector }) => connector)
    .at(0);
  const others = nearestFirst(operation, names).slice(0, MOST_LISTED).join(', ');
  const hint =
    near !== null
      ? `Did you mean ${near}?`
      : elsewhere === undefined
        ? `The nearest are ${others}.`
        : `${elsewhere} has it: \`arx call ${elsewhere} ${operation}\`.`;
  return new CliError({
    code: 'unknown_operation',
    message: `${vendor} has no operation ${operation}.`,
    remedy: `${hint} \`arx call --help\` lists all operations.`,
    exit: EXIT.usage,
  });
}

function missingArgument(operation: string, missing: string, given: readonly string[]): CliError {
  const mistyped = nearest(missing, given);
  const remedy =
    mistyped === null
      ? `Add --param ${missing}=VALUE.`
      : `Did you mean ${missing} instead of ${mistyped}?`;
  return new CliError({
    code: 'missing_argument',
    message: `${operation} needs the argument ${missing}.`,
    remedy,
    exit: EXIT.usage,
  });
}
