import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { writeOutput } from '../kit/files.ts';
import type { Io } from '../kit/io.ts';
import { printNote } from '../kit/io.ts';
import type { PostureProfile } from '../../twin/profile.ts';
import type { ProfileOptions } from './options.ts';
import { postureOf } from './posture.ts';
import { noTwinText, withTwin } from './reading.ts';
import type { NoTwin } from './reading.ts';

/** `arx twin profile`: writes the posture as Markdown, HTML or JSON. */
export async function showProfile(io: Io, options: ProfileOptions): Promise<ExitCode> {
  const format = options.format ?? (options.json ? 'json' : 'md');
  const profile = await withTwin(io, options, { task: postureOf, none: refuse });
  await writeOutput(io, [await WRITERS[format](profile)], options.out);
  if (options.out !== undefined && !options.json)
    printNote(io, `Profile written to ${options.out}`);
  return EXIT.ok;
}

const refuse = async (twin: NoTwin): Promise<never> => {
  throw new CliError({
    code: 'no_sync',
    message: noTwinText(twin),
    remedy: '`arx okta status` shows what is configured.',
  });
};

const WRITERS: Record<
  NonNullable<ProfileOptions['format']>,
  (profile: PostureProfile) => Promise<string>
> = {
  md: async (profile) => (await import('../../twin/profile-markdown.ts')).profileMarkdown(profile),
  html: async (profile) => (await import('./profile-html.ts')).profileHtml(profile),
  json: async (profile) => {
    const { org, run, at } = profile;
    return `${JSON.stringify({ schema: 'arx.twin/v1', view: 'profile', org, run, at, items: [profile] }, null, 2)}\n`;
  },
};
