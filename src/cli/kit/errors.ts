/**
 * Errors of the command line: how each failure becomes a code, a message, a remedy and an exit
 * code.
 */

import type { ConfigPlace } from '../../config/errors.ts';
import { EXIT } from './exit.ts';
import type { ExitCode } from './exit.ts';

interface CliErrorFields {
  code: string;
  message: string;
  remedy: string;
  exit?: ExitCode;
  where?: ConfigPlace | null;
  others?: readonly CliError[];
}

/**
 * An error as the command line reports it: a stable code, a message, a remedy and the exit code.
 */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: string;
  readonly exit: ExitCode;
  readonly remedy: string;
  readonly where: ConfigPlace | null;
  /** Further errors of the same files. */
  readonly others: readonly CliError[];
  constructor(fields: CliErrorFields) {
    super(fields.message);
    this.others = fields.others ?? [];
    this.code = fields.code;
    this.exit = fields.exit ?? EXIT.error;
    this.remedy = fields.remedy;
    this.where = fields.where ?? null;
  }
}

/** Wrong flags or arguments: exit code 2. */
export function usageError(message: string, remedy = 'See `arx --help`.'): CliError {
  return new CliError({ code: 'usage', message, remedy, exit: EXIT.usage });
}

/** A missing credential, or one that does not prove the claimed identity: exit code 4. */
export function authenticationError(message: string, remedy: string): CliError {
  return new CliError({ code: 'unauthenticated', message, remedy, exit: EXIT.authentication });
}

/** The user interrupted the command: exit code 130. */
export function interruptionError(message: string, remedy: string): CliError {
  return new CliError({ code: 'interrupted', message, remedy, exit: EXIT.interrupted });
}

/** The error document that scripts read (`arx.error/v1`). */
interface ErrorDocument {
  schema: 'arx.error/v1';
  code: string;
  message: string;
  where?: ConfigPlace;
  remedy: string;
  /** Further errors of the same files. */
  others?: Omit<ErrorDocument, 'schema' | 'others'>[];
}

/** The document of an error. */
export function errorDocument(error: CliError): ErrorDocument {
  const others = error.others.map(fieldsOf);
  return { schema: 'arx.error/v1', ...fieldsOf(error), ...(others.length > 0 ? { others } : {}) };
}

const fieldsOf = ({
  code,
  message,
  where,
  remedy,
}: CliError): Omit<ErrorDocument, 'schema' | 'others'> => ({
  code,
  message,
  ...(where ? { where } : {}),
  remedy,
});

/** Exit code and remedy by failure code, as workflows and connectors report it. */
const FAILURES: Record<string, { exit: ExitCode; remedy: string }> = {
  unauthenticated: {
    exit: EXIT.authentication,
    remedy:
      'Check the credential of the vendor in the message: `arx doctor` tries each credential.',
  },
  policy_denied: {
    exit: EXIT.denied,
    remedy: '`arx policy explain OPERATION` shows which policy decides.',
  },
  configuration: {
    exit: EXIT.usage,
    remedy: 'Correct the configuration: `arx config check` shows what is wrong.',
  },
  audit_sink_unavailable: {
    exit: EXIT.error,
    remedy:
      'Make the sink of the audit trail work: `arx doctor` shows what is wrong and how many entries are missing there.',
  },
  invalid_argument: {
    exit: EXIT.usage,
    remedy: 'Correct the argument named in the message. See docs/operations.md for the arguments.',
  },
};

/** A CliError for a failure code. An unknown code gets exit code 1. */
export function failure(code: string, message: string): CliError {
  const known = FAILURES[code];
  return new CliError({
    code,
    message,
    exit: known?.exit ?? EXIT.error,
    remedy: known?.remedy ?? 'Run `arx doctor` to find the cause, then try again.',
  });
}

interface Fields {
  name?: string;
  message?: string;
  code?: unknown;
  remedy?: unknown;
  where?: unknown;
  field?: unknown;
  others?: unknown;
}
const text = (value: unknown, fallback: string): string =>
  typeof value === 'string' && value ? value : fallback;

/** Exit codes for refusals of delegated flows; other codes, such as not found, use exit code 1. */
const REFUSALS: Record<string, ExitCode> = {
  malformed: EXIT.usage,
  conflict: EXIT.usage,
  forbidden: EXIT.denied,
  not_allowed: EXIT.denied,
  disabled: EXIT.denied,
};

/** Converters by error name, so that other modules need not be loaded for `instanceof`. */
const BY_NAME: Record<string, (error: Fields) => CliError> = {
  ConfigError: (error) =>
    new CliError({
      code: text(error.code, 'configuration'),
      message: text(error.message, 'The configuration is not valid.'),
      remedy: text(error.remedy, 'Correct the configuration.'),
      where: (error.where as ConfigPlace | null) ?? null,
      others: Array.isArray(error.others) ? error.others.map(toCliError) : [],
      exit: EXIT.usage,
    }),
  InterruptedError: (error) =>
    interruptionError(text(error.message, 'Interrupted.'), text(error.remedy, 'Try again.')),
  FlowRefusal: (error) =>
    new CliError({
      code: text(error.code, 'refused'),
      message: text(error.message, 'Refused.'),
      remedy: text(error.remedy, 'See `arx flows list`.'),
      where: typeof error.field === 'string' ? { path: error.field } : null,
      exit: REFUSALS[text(error.code, '')] ?? EXIT.error,
    }),
  CheckRefusedError: (error) =>
    usageError(text(error.message, 'Refused.'), text(error.remedy, 'See `arx --help`.')),
  KeyRefusedError: (error) =>
    new CliError({
      code: text(error.code, 'key_not_allowed'),
      message: text(error.message, 'Refused.'),
      remedy: text(error.remedy, 'See `arx keys --help`.'),
      exit: error.code === 'key_not_allowed' ? EXIT.denied : EXIT.usage,
    }),
  BackupError: (error) =>
    new CliError({
      code: text(error.code, 'backup_damaged'),
      message: text(error.message, 'The backup cannot be used.'),
      remedy: text(error.remedy, 'Make a new backup.'),
      exit: error.code === 'backup_damaged' ? EXIT.error : EXIT.usage,
    }),
  PolicyDeniedError: (error) => failure('policy_denied', text(error.message, 'Denied by policy.')),
  InvalidArgumentError: (error) =>
    failure('invalid_argument', text(error.message, 'An argument is malformed.')),
  ConnectorError: (error) =>
    failure(text(error.code, 'unavailable'), text(error.message, 'A vendor call failed.')),
  CommanderError: (error) =>
    usageError(text(error.message, 'Wrong usage.').replace(/^error: /, '')),
};

/**
 * Converts any thrown value to a CliError. Keeps the message of an unexpected error, but not its
 * stack.
 */
export function toCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  const fields = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Fields;
  const known = BY_NAME[fields.name ?? ''];
  if (known) return known(fields);
  return new CliError({
    code: typeof fields.code === 'string' && fields.code ? fields.code.toLowerCase() : 'internal',
    message: text(fields.message, 'An unexpected error occurred.'),
    remedy: text(
      fields.remedy,
      'Run `arx doctor`. If it finds no problem, report this error with the command that you ran.',
    ),
  });
}
