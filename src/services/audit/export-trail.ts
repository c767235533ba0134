import { EXPORT_FORMATS } from '../../audit/export.ts';

type Pages = AsyncIterable<{ index: number; text: string }[]>;

/** An export in chunks; calls `onPage` with the number of entries in each. */
export async function* exportChunks(
  format: keyof typeof EXPORT_FORMATS,
  pages: Pages,
  onPage: (entries: number) => void,
): AsyncGenerator<string> {
  const { head, line } = EXPORT_FORMATS[format];
  if (head !== '') yield head;
  for await (const page of pages) {
    onPage(page.length);
    yield page.map((stored) => line(stored)).join('');
  }
}
