import type { SearchHit, SearchPart } from './twin-types.ts';

/** Entries of one part: a search goes through parts whole, which costs a tenth of looking at rows one by one. */
const ENTRIES_A_PART = 200;
/** Separates entries; cannot be searched for. */
export const ENTRY = '\n';
/** Stands before each term of an entry; cannot be searched for. */
export const TERM = '\t';

/** A term as it is compared: in lower case, control characters as spaces. */
export const plainTerm = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').toLowerCase();

/** Makes the parts of a search index, entry by entry; keeps texts only. */
export class SearchParts {
  readonly #parts: SearchPart[] = [];
  #hits: SearchHit[] = [];
  #lines: string[] = [];

  /** Adds what is found by these terms, those that are null or empty left out. */
  add(hit: SearchHit, terms: readonly (string | null)[]): void {
    this.#hits.push(hit);
    this.#lines.push(terms.flatMap((term) => (term ? TERM + plainTerm(term) : [])).join(''));
    if (this.#hits.length === ENTRIES_A_PART) this.#close();
  }

  /** All parts. */
  done(): SearchPart[] {
    if (this.#hits.length > 0) this.#close();
    return this.#parts;
  }

  #close(): void {
    this.#parts.push({ body: this.#lines.join(ENTRY), entries: JSON.stringify(this.#hits) });
    this.#hits = [];
    this.#lines = [];
  }
}
