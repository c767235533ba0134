const HELP = {
  arx_server_requests_total: 'HTTP requests answered, by status.',
  arx_server_slack_refused_total: 'Messages to the Slack address that were refused, by reason.',
  arx_server_decisions_total: 'Decisions about approvals, by surface and outcome.',
  arx_server_flow_requests_total: 'Requests about delegated flows, by subject and outcome.',
} as const;

/**
 * Counters of this process for Prometheus. Label values come from small fixed sets, never from
 * callers.
 */
export class Counters {
  readonly #counts = new Map<string, number>();

  count(name: keyof typeof HELP, labels: Readonly<Record<string, string>>): void {
    const pairs = Object.entries(labels).map(
      ([label, value]) => `${label}="${value.replaceAll(/[^\w.-]/g, '_')}"`,
    );
    const series = `${name}{${pairs.join(',')}}`;
    this.#counts.set(series, (this.#counts.get(series) ?? 0) + 1);
  }

  /** The text format, version 0.0.4. */
  text(): string {
    const sections = Object.entries(HELP).map(([name, help]) => {
      const own = [...this.#counts].filter(([series]) => series.startsWith(`${name}{`));
      return [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} counter`,
        ...own.map(([series, count]) => `${series} ${count}`),
      ];
    });
    return `${sections.flat().join('\n')}\n`;
  }
}
