import type { Colors } from '../support/io.ts';
import type { VariableSummary } from '../support/inspect.ts';

/** The outcome of `config check` for the terminal. */
export function configText(
  {
    file,
    digest,
    environment,
  }: { file: string | null; digest: string; policies: unknown; environment: VariableSummary[] },
  colors: Colors,
): string {
  const set = environment.filter((variable) => variable.set).map(({ name, value }) => `  ${name}=${value}`);
  return [`${colors.green('valid')} ${file ?? 'defaults, no file'} (digest ${digest.slice(0, 12)})`, ...set].join('\n');
}
