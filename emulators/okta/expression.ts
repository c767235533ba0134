/** Returns the value of an attribute path, such as `profile.login`. */
type Attributes = (path: string) => unknown;
export type Predicate = (attributes: Attributes) => boolean;

/** A compiled expression, with what is known about its matches without testing each row. */
export interface Expression {
  test: Predicate;
  /** Attribute paths that it uses. */
  paths: readonly string[];
  /**
   * Ids and logins (in lower case) of which every match has one; null if the expression does not
   * limit them.
   */
  exact: readonly string[] | null;
}

/** Thrown for an invalid filter or search expression; Okta answers 400 E0000031. */
export class ExpressionError extends Error {}

const TOKEN = /\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([A-Za-z][\w.]*)|(-?\d+(?:\.\d+)?))/y;
/** Attributes whose values are unique. */
const NAMES: readonly string[] = ['id', 'profile.login'];
const cache = new Map<string, Expression>();

type Token = { kind: 'mark' | 'text' | 'word' | 'number'; value: string };

const COMPARE: Record<string, (actual: string, wanted: string) => boolean> = {
  eq: (actual, wanted) => actual === wanted,
  ne: (actual, wanted) => actual !== wanted,
  sw: (actual, wanted) => actual.startsWith(wanted),
  ew: (actual, wanted) => actual.endsWith(wanted),
  co: (actual, wanted) => actual.includes(wanted),
  gt: (actual, wanted) => actual > wanted,
  ge: (actual, wanted) => actual >= wanted,
  lt: (actual, wanted) => actual < wanted,
  le: (actual, wanted) => actual <= wanted,
};

/**
 * Compiles a SCIM-like expression: `status eq "ACTIVE" or profile.login sw "svc"`, with and, or,
 * parentheses and `pr`.
 */
export function compileExpression(text: string): Expression {
  const known = cache.get(text);
  if (known) return known;
  const parser = new Parser(tokens(text));
  const expression = parser.expression();
  parser.end();
  if (cache.size > 100) cache.clear();
  cache.set(text, expression);
  return expression;
}

function either(one: Expression, other: Expression): Expression {
  return {
    test: (attributes) => one.test(attributes) || other.test(attributes),
    paths: [...one.paths, ...other.paths],
    exact: one.exact && other.exact && [...one.exact, ...other.exact],
  };
}

/** Matches what both expressions match. */
export function both(one: Expression, other: Expression): Expression {
  return {
    test: (attributes) => one.test(attributes) && other.test(attributes),
    paths: [...one.paths, ...other.paths],
    exact: one.exact ?? other.exact,
  };
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new ExpressionError(`unexpected character at ${at}`);
    found.push(tokenOf(match));
  }
  return found;
}

function tokenOf([, mark, quoted, word, number]: RegExpExecArray): Token {
  if (mark !== undefined) return { kind: 'mark', value: mark };
  if (quoted !== undefined) return { kind: 'text', value: quoted.replace(/\\(.)/g, '$1') };
  if (word !== undefined) return { kind: 'word', value: word };
  return { kind: 'number', value: number ?? '' };
}

class Parser {
  readonly #tokens: Token[];
  #at = 0;

  constructor(all: Token[]) {
    this.#tokens = all;
  }

  expression(): Expression {
    let left = this.#conjunction();
    while (this.#takeWord('or')) left = either(left, this.#conjunction());
    return left;
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new ExpressionError('text after the end');
  }

  #conjunction(): Expression {
    let left = this.#operand();
    while (this.#takeWord('and')) left = both(left, this.#operand());
    return left;
  }

  #operand(): Expression {
    const token = this.#next();
    if (token.kind === 'mark' && token.value === '(') return this.#group();
    if (token.kind !== 'word') throw new ExpressionError('an attribute was expected');
    return this.#comparison(token.value);
  }

  #group(): Expression {
    const inner = this.expression();
    if (this.#next().value !== ')') throw new ExpressionError('a closing parenthesis was expected');
    return inner;
  }

  #comparison(path: string): Expression {
    const paths = [path];
    const operator = this.#next().value.toLowerCase();
    if (operator === 'pr')
      return { test: (attributes) => (attributes(path) ?? null) !== null, paths, exact: null };
    const compare = COMPARE[operator];
    if (!compare) throw new ExpressionError(`unknown operator ${operator}`);
    const wanted = this.#next();
    if (wanted.kind === 'mark') throw new ExpressionError('a value was expected');
    const fold = path.startsWith('profile.')
      ? (text: string) => text.toLowerCase()
      : (text: string) => text;
    const value = fold(wanted.value);
    const test: Predicate = (attributes) => {
      const actual = (attributes(path) ?? null) as string | number | boolean | null;
      return actual !== null && compare(fold(String(actual)), value);
    };
    return { test, paths, exact: operator === 'eq' && NAMES.includes(path) ? [value] : null };
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (!token) throw new ExpressionError('the expression ends too early');
    this.#at += 1;
    return token;
  }

  #takeWord(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word' || token.value.toLowerCase() !== word) return false;
    this.#at += 1;
    return true;
  }
}
