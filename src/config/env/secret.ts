import { inspect } from 'node:util';

/**
 * A value that must not be printed: every way of turning it into text gives `[secret]`; only
 * `reveal` gives it out.
 */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  [inspect.custom](): string {
    return '[secret]';
  }
}
