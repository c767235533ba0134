import { filled, withConfig, withInheritedJson, withJson } from './support/options.ts';
import type { DefineVerb } from './support/verb.ts';

/** Options of `arx okta configure`. */
export interface ConfigureOptions {
  domain?: string;
  tokenFile?: string;
  out?: string;
  force?: boolean;
  config?: string;
  json?: boolean;
}

/** `arx okta`: the connection to the Okta organisation. */
export const defineOkta: DefineVerb = (program, run) => {
  const okta = withInheritedJson(program.command('okta').description('set up the connection to Okta'));
  const configure = okta
    .command('configure')
    .description("ask for Okta's domain and token, test them, and store them in a file that only you may read")
    .option('--domain <host>', 'host of the organisation, such as example.okta.com (default: asked for)', filled)
    .option('--token-file <file>', 'file that holds the API token, - for standard input (default: asked for)', filled)
    .option('--out <file>', 'where to store them (default: okta.json of ARX_HOME)', filled)
    .option('--force', 'replace the file where there is one');
  withJson(withConfig(configure)).action((options: ConfigureOptions) =>
    run(async (io) => (await import('./okta/configure.ts')).configure(io, options)),
  );
};
