/** HTML that is safe by construction: every inserted value is encoded. */

/** Safe markup, created only by `markup`. */
export class Markup {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

type Part = string | number | Markup | null | undefined | false | readonly Part[];

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
// Control characters are invalid in a page, and marks that reorder text could disguise a name.
const UNPRINTABLE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The only HTML encoder, for text and for quoted attribute values. */
const encode = (text: string): string =>
  text.replace(UNPRINTABLE, '\u{FFFD}').replace(/[&<>"']/g, (character) => ENTITIES[character]!);

function insert(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Markup) return part.toString();
  if (typeof part === 'object') return part.map(insert).join('');
  return encode(String(part));
}

/** Template tag for markup: encodes every value that is not markup itself. */
export function markup(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(strings.map((text, index) => text + insert(parts[index])).join(''));
}

/** The address if it is safe in a link (http and https only); null otherwise. */
export function safeUrl(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  const { protocol, href } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}
