import { commandFailures } from '../../failures/commands.ts';
import {
  CommandError,
  type CommandAws,
  type CommandContext,
  type CommonOptions,
} from './command-context.ts';

/** The characters of a region's name, which becomes part of a host name. */
const REGION = /^[a-z0-9-]+$/;

/** A region, and what named it. */
export interface NamedRegion {
  readonly name: string;
  /** `--region`, `AWS_REGION`, `profile work`, … */
  readonly source: string;
}

/** The region that applies, without its source: see {@link findNamedRegion}. */
export async function findRegion(
  options: Pick<CommonOptions, 'region'>,
  env: CommandContext['env'],
  sharedConfig: CommandAws['sharedConfig'],
): Promise<string> {
  return (await findNamedRegion(options, env, sharedConfig)).name;
}

/**
 * The region that applies, in the order of the AWS CLI: `--region`, AWS_REGION, AWS_DEFAULT_REGION, `region`
 * of the profile.
 *
 * @throws CommandError when there is none, or it cannot be one
 */
export async function findNamedRegion(
  { region }: Pick<CommonOptions, 'region'>,
  env: CommandContext['env'],
  sharedConfig: CommandAws['sharedConfig'],
): Promise<NamedRegion> {
  const sources = [
    ['--region', region],
    ['AWS_REGION', env['AWS_REGION']],
    ['AWS_DEFAULT_REGION', env['AWS_DEFAULT_REGION']],
  ] as const;
  for (const [source, name = ''] of sources) {
    if (name !== '') return checked(name, source);
  }
  const config = await sharedConfig();
  const source = `profile ${config.profileName}`;
  const name = config.profile?.['region'] ?? '';
  if (name !== '') return checked(name, source);
  const why =
    config.profile === undefined
      ? `there is no ${source} in the AWS configuration`
      : `${source} has none`;
  throw new CommandError(commandFailures['region-missing'](why));
}

function checked(name: string, source: string): NamedRegion {
  if (REGION.test(name)) return { name, source };
  throw new CommandError(commandFailures['region-invalid'](source, name));
}
