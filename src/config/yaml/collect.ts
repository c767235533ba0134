import { ConfigError } from '../errors.ts';

/**
 * What a read gives, or the errors of the ConfigError that it throws; anything else it throws goes
 * on.
 */
export function collect<T>(read: () => T): { value?: T; errors: ConfigError[] } {
  try {
    return { value: read(), errors: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { errors: [error, ...error.others] };
    throw error;
  }
}
