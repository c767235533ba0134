import type { SearchHit, SearchPart } from './twin-types.ts';

/**
 * Bytes of one part: as many as fit on one database page beside its header. A search reads whole
 * parts.
 */
const BYTES_PER_PART = 7_600;
/** Separates entries; cannot be searched for. */
export const ENTRY = '\n';
/** Precedes each term of an entry; cannot be searched for. */
export const TERM = '\t';
/** Parts from this number on contain deleted objects, which are listed after all others. */
export const GONE_FROM = 1_000_000_000;

/** A term in the form used for comparison: lower case, with control characters as spaces. */
export const plainTerm = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').toLowerCase();

/** Builds the parts of a search index, entry by entry. */
export class SearchParts {
  #parts: SearchPart[] = [];
  #next: number;
  #hits: SearchHit[] = [];
  #lines: string[] = [];
  #bytes = 0;

  /** `first` is the number of its first part: 0, or `GONE_FROM`. */
  constructor(first: 0 | typeof GONE_FROM = 0) {
    this.#next = first;
  }

  /** Adds an entry that is found by these terms; null and empty terms are omitted. */
  add(hit: SearchHit, terms: readonly (string | null)[]): void {
    const line = terms.flatMap((term) => (term ? TERM + plainTerm(term) : [])).join('');
    const bytes = Buffer.byteLength(line) + 1;
    if (this.#bytes + bytes > BYTES_PER_PART && this.#hits.length > 0) this.#close();
    this.#hits.push(hit);
    this.#lines.push(line);
    this.#bytes += bytes;
  }

  /** Returns the parts that are full and were not returned before. */
  take(): SearchPart[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  /** Returns the remaining parts, full or not. */
  done(): SearchPart[] {
    if (this.#hits.length > 0) this.#close();
    return this.take();
  }

  #close(): void {
    this.#parts.push({
      part: this.#next,
      body: this.#lines.join(ENTRY),
      entries: JSON.stringify(this.#hits),
    });
    this.#next += 1;
    this.#hits = [];
    this.#lines = [];
    this.#bytes = 0;
  }
}
