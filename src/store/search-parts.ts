import type { SearchHit, SearchPart } from './twin-types.ts';

/**
 * Bytes of one part: as many as one page of the database holds beside its head. A search goes
 * through parts whole.
 */
const BYTES_A_PART = 7_600;
/** Separates entries; cannot be searched for. */
export const ENTRY = '\n';
/** Stands before each term of an entry; cannot be searched for. */
export const TERM = '\t';
/** From this part on stands what is gone: it is found behind everything that is there. */
export const GONE_FROM = 1_000_000_000;

/** A term as it is compared: in lower case, control characters as spaces. */
export const plainTerm = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').toLowerCase();

/** Makes the parts of a search index, entry by entry. */
export class SearchParts {
  #parts: SearchPart[] = [];
  #next: number;
  #hits: SearchHit[] = [];
  #lines: string[] = [];
  #bytes = 0;

  /** `first` is the place in the index of its first part: 0, or `GONE_FROM`. */
  constructor(first: 0 | typeof GONE_FROM = 0) {
    this.#next = first;
  }

  /** Adds what is found by these terms, those that are null or empty left out. */
  add(hit: SearchHit, terms: readonly (string | null)[]): void {
    const line = terms.flatMap((term) => (term ? TERM + plainTerm(term) : [])).join('');
    const bytes = Buffer.byteLength(line) + 1;
    if (this.#bytes + bytes > BYTES_A_PART && this.#hits.length > 0) this.#close();
    this.#hits.push(hit);
    this.#lines.push(line);
    this.#bytes += bytes;
  }

  /** The parts that are full and were not taken before. */
  take(): SearchPart[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  /** The last parts, full or not. */
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
