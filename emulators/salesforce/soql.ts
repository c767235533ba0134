/** One condition of a query. */
export interface Condition {
  field: string;
  operator: '=' | '!=';
  value: string | boolean | null;
}

/** A query in the supported subset of SOQL. */
export interface Query {
  fields: string[];
  object: string;
  /**
   * Alternatives, each with conditions that must all be met; one empty alternative without WHERE.
   */
  where: Condition[][];
  limit: number | null;
}

/** Thrown for an invalid query; the message is Salesforce's. */
export class SoqlError extends Error {}

// Words, texts with escapes, comparisons and commas; everything else is invalid.
const TOKEN = /\s*(?:([A-Za-z_][\w.]*|\d+)|('(?:[^'\\\n\r]|\\.)*')|(!=|<>|[=,()<>]))/y;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
  _: '_',
  '%': '%',
};

/** Parses `SELECT a, b FROM User WHERE a = 'text' AND … LIMIT n`. Throws SoqlError. */
export function parseSoql(text: string): Query {
  const reader = new Reader(tokensOf(text));
  reader.word('SELECT');
  const fields = [reader.name()];
  while (reader.takes(',')) fields.push(reader.name());
  reader.word('FROM');
  const object = reader.name();
  const where = reader.takes('WHERE') ? alternatives(reader) : [[]];
  const limit = reader.takes('LIMIT') ? Number(reader.matching(/^\d+$/)) : null;
  reader.end();
  return { fields, object, where, limit };
}

// Salesforce requires parentheses to mix AND and OR; without them a query has only one of the two.
function alternatives(reader: Reader): Condition[][] {
  const first = condition(reader);
  const all = [first];
  while (reader.takes('AND')) all.push(condition(reader));
  if (all.length > 1) return [all];
  const any = [[first]];
  while (reader.takes('OR')) any.push([condition(reader)]);
  return any;
}

function condition(reader: Reader): Condition {
  const field = reader.name();
  const operator = reader.matching(/^(=|!=|<>)$/) === '=' ? '=' : '!=';
  return { field, operator, value: valueOf(reader.matching(/^('.*'|true|false|null)$/is)) };
}

function valueOf(token: string): Condition['value'] {
  if (!token.startsWith("'"))
    return { true: true, false: false, null: null }[token.toLowerCase()] ?? null;
  return token.slice(1, -1).replace(/\\(.)/g, (escape, letter: string) => {
    const meant = ESCAPES[letter];
    if (meant === undefined)
      throw new SoqlError(
        `Invalid string literal '${escape}'. Illegal character sequence '${escape}' in string literal.`,
      );
    return meant;
  });
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.trimEnd().length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match)
      throw new SoqlError(
        `line 1:${at} no viable alternative at character '${text.trim()[at] ?? '<EOF>'}'`,
      );
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  takes(word: string): boolean {
    const taken = this.#tokens[this.#at]?.toUpperCase() === word;
    if (taken) this.#at += 1;
    return taken;
  }

  word(word: string): void {
    if (!this.takes(word)) this.#fail();
  }

  name(): string {
    return this.matching(/^(?!(?:from|where|and|or|limit|select)$)[a-z_][\w.]*$/i);
  }

  matching(form: RegExp): string {
    const token = this.#tokens[this.#at];
    if (token === undefined || !form.test(token)) return this.#fail();
    this.#at += 1;
    return token;
  }

  end(): void {
    if (this.#at < this.#tokens.length) this.#fail();
  }

  #fail(): never {
    throw new SoqlError(`unexpected token: '${this.#tokens[this.#at] ?? '<EOF>'}'`);
  }
}
