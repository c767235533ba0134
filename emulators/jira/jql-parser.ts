/** Thrown for an invalid query, or one with unknown names; Jira answers 400 with the message. */
export class JqlError extends Error {}

export type Clause =
  | { kind: 'and' | 'or'; parts: Clause[] }
  | { kind: 'not'; part: Clause }
  | { kind: 'test'; field: string; operator: Operator; values: string[] };
export type Operator =
  '=' | '!=' | '~' | '!~' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'is' | 'is not';
export interface Query {
  /** Null if the query has no restriction. */
  where: Clause | null;
  orderBy: { field: string; descending: boolean }[];
}

interface Token {
  text: string;
  quoted: boolean;
}

const TOKEN =
  /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(!=|!~|<=|>=|[=~<>(),])|([^\s"'=!~<>(),]+))/y;
const OPERATORS: readonly string[] = ['=', '!=', '~', '!~', '<', '<=', '>', '>='];

/**
 * Parses the part of JQL that automation uses: comparisons with and, or, not, parentheses, lists,
 * and ORDER BY.
 */
export function parseJql(text: string): Query {
  return new Parser(tokenise(text)).query();
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (!match)
      throw new JqlError(
        `Error in the JQL Query: unexpected character after position ${tokens.length}.`,
      );
    const quoted = match[1] ?? match[2];
    tokens.push(
      quoted === undefined
        ? { text: match[3] ?? match[4] ?? '', quoted: false }
        : { text: quoted.replace(/\\(.)/g, '$1'), quoted: true },
    );
  }
  return tokens;
}

class Parser {
  readonly #tokens: Token[];
  #at = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  query(): Query {
    const where =
      this.#at < this.#tokens.length && !this.#peekWord('order') ? this.#disjunction() : null;
    const orderBy = this.#takeWord('order') ? this.#order() : [];
    const left = this.#tokens[this.#at];
    if (left)
      throw new JqlError(`Error in the JQL Query: Expecting operator but got '${left.text}'.`);
    return { where, orderBy };
  }

  #order(): Query['orderBy'] {
    if (!this.#takeWord('by')) throw new JqlError("Error in the JQL Query: Expecting 'by'.");
    const keys: Query['orderBy'] = [];
    do {
      const field = this.#next().text;
      const descending = this.#takeWord('desc');
      if (!descending) this.#takeWord('asc');
      keys.push({ field, descending });
    } while (this.#takeWord(','));
    return keys;
  }

  #disjunction(): Clause {
    const parts = [this.#conjunction()];
    while (this.#takeWord('or')) parts.push(this.#conjunction());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'or', parts };
  }

  #conjunction(): Clause {
    const parts = [this.#factor()];
    while (this.#takeWord('and')) parts.push(this.#factor());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', parts };
  }

  #factor(): Clause {
    if (this.#takeWord('not')) return { kind: 'not', part: this.#factor() };
    if (!this.#takeWord('(')) return this.#test();
    const inner = this.#disjunction();
    this.#expect(')');
    return inner;
  }

  #test(): Clause {
    const field = this.#next().text;
    const operator = this.#operator();
    const listed = operator === 'in' || operator === 'not in';
    return {
      kind: 'test',
      field: field.toLowerCase(),
      operator,
      values: listed ? this.#list() : [this.#next().text],
    };
  }

  #operator(): Operator {
    const first = this.#next().text.toLowerCase();
    if (first === 'in') return 'in';
    if (first === 'not' && this.#takeWord('in')) return 'not in';
    if (first === 'is') return this.#takeWord('not') ? 'is not' : 'is';
    if (OPERATORS.includes(first)) return first as Operator;
    throw new JqlError(`Error in the JQL Query: Expecting operator but got '${first}'.`);
  }

  #list(): string[] {
    this.#expect('(');
    const values: string[] = [];
    do values.push(this.#next().text);
    while (this.#takeWord(','));
    this.#expect(')');
    return values;
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (!token) throw new JqlError('Error in the JQL Query: The query ends too early.');
    this.#at += 1;
    return token;
  }

  #expect(mark: string): void {
    if (!this.#takeWord(mark)) throw new JqlError(`Error in the JQL Query: Expecting '${mark}'.`);
  }

  #peekWord(word: string): boolean {
    const token = this.#tokens[this.#at];
    return token !== undefined && !token.quoted && token.text.toLowerCase() === word;
  }

  #takeWord(word: string): boolean {
    if (!this.#peekWord(word)) return false;
    this.#at += 1;
    return true;
  }
}
