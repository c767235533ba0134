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
 * An error as the command line tells it: a stable code, a sentence, what to do, and the exit code.
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

/** A credential was not there, or does not prove what was said: exit code 4. */
export function authenticationError(message: string, remedy: string): CliError {
  return new CliError({ code: 'unauthenticated', message, remedy, exit: EXIT.authentication });
}

/** The person stopped the command: exit code 130. */
export function interruptionError(message: string, remedy: string): CliError {
  return new CliError({ code: 'interrupted', message, remedy, exit: EXIT.interrupted });
}

/** The error document that scripts read (`arx.error/v1`). */
export interface ErrorDocument {
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

/** How a failure type, as it comes out of a workflow or the connectors, ends the command. */
const FAILURES: Record<string, { exit: ExitCode; remedy: string }> = {
  unauthenticated: {
    exit: EXIT.authentication,
    remedy: 'Check the token named in the message: `arx doctor` tries each credential.',
  },
  policy_denied: {
    exit: EXIT.denied,
    remedy: 'Look at the policies in force: `arx config check` lists them.',
  },
  configuration: {
    exit: EXIT.usage,
    remedy: 'Correct the configuration: `arx config check` shows what is wrong.',
  },
  invalid_argument: { exit: EXIT.usage, remedy: 'Correct the argument named in the message.' },
};

/** Exit code and remedy for a coded failure; an unknown code is a plain error. */
export function failure(code: string, message: string): CliError {
  const known = FAILURES[code];
  return new CliError({
    code,
    message,
    exit: known?.exit ?? EXIT.error,
    remedy: known?.remedy ?? 'Run `arx doctor` to see what does not work, then try again.',
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

/**
 * How refusals of delegated flows end the command; what is not there ends as everything that is not
 * there.
 */
const REFUSALS: Record<string, ExitCode> = {
  malformed: EXIT.usage,
  conflict: EXIT.usage,
  forbidden: EXIT.denied,
  not_allowed: EXIT.denied,
  disabled: EXIT.denied,
};

/** Errors of other rooms by name, so that their modules need not be loaded to tell them apart. */
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
  BackupError: (error) =>
    new CliError({
      code: text(error.code, 'backup_damaged'),
      message: text(error.message, 'The backup cannot be used.'),
      remedy: text(error.remedy, 'Take another backup.'),
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

/** Any thrown value as a CliError; messages of unforeseen errors are kept, their stacks are not. */
export function toCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  const fields = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Fields;
  const known = BY_NAME[fields.name ?? ''];
  if (known) return known(fields);
  return new CliError({
    code: typeof fields.code === 'string' && fields.code ? fields.code.toLowerCase() : 'internal',
    message: text(fields.message, 'Something went wrong that arx did not foresee.'),
    remedy: text(
      fields.remedy,
      'Run `arx doctor`; if all is well there, report this with the command you gave.',
    ),
  });
}
