import type { SearchHit, SearchPart } from './twin-types.ts';

/** Bytes of one part: as many as one page of the database holds beside its head. A search goes through parts whole. */
const BYTES_A_PART = 7_600;
/** Separates entries; cannot be searched for. */
export const ENTRY = '\n';
/** Stands before each term of an entry; cannot be searched for. */
export const TERM = '\t';

/** A term as it is compared: in lower case, control characters as spaces. */
export const plainTerm = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').toLowerCase();

/** Makes the parts of a search index, entry by entry. */
export class SearchParts {
  #parts: SearchPart[] = [];
  #closed = 0;
  #hits: SearchHit[] = [];
  #lines: string[] = [];
  #bytes = 0;

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
    this.#parts.push({ part: this.#closed, body: this.#lines.join(ENTRY), entries: JSON.stringify(this.#hits) });
    this.#closed += 1;
    this.#hits = [];
    this.#lines = [];
    this.#bytes = 0;
  }
}
