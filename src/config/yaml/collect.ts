import { ConfigError } from '../errors.ts';

/**
 * The value that `read` returns, or the errors of the ConfigError that it throws. Other exceptions
 * are passed on.
 */
export function collect<T>(read: () => T): { value?: T; errors: ConfigError[] } {
  try {
    return { value: read(), errors: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { errors: [error, ...error.others] };
    throw error;
  }
}
