import { isCommandError, type CommandContext } from '../../../cli/framework/command-context.ts';
import { checkNamedProfile } from '../../../cli/framework/named-profile.ts';
import { findNamedRegion } from '../../../cli/framework/region.ts';
import { explain } from './explain.ts';
import { failure, ok, skipped, type Finding } from './finding.ts';
import { UNMET } from './needs.ts';

/** The profile and the region that the command line, the environment and the shared files name. */
export interface Place {
  /** Undefined when the profile exists. */
  readonly profile: Finding | undefined;
  readonly region: Finding;
  /** Undefined when none is known. */
  readonly regionName: string | undefined;
}

/** Checks that the input names a profile and a region. */
export async function checkPlace({ options, env, aws }: CommandContext): Promise<Place> {
  const { sharedConfig } = aws;
  const profile = await failureOf('profile', () => checkNamedProfile(options, env, sharedConfig));
  let regionName: string | undefined;
  let source = '';
  const noRegion = await failureOf('region', async () => {
    ({ name: regionName, source } = await findNamedRegion(options, env, sharedConfig));
  });
  if (regionName !== undefined) {
    return { profile, region: ok('region', `${regionName}, from ${source}`), regionName };
  }
  const region = profile === undefined ? noRegion : undefined;
  return { profile, region: region ?? skipped('region', UNMET.profile), regionName };
}

async function failureOf(check: string, run: () => Promise<void>): Promise<Finding | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (!isCommandError(error)) throw error;
    const { text, next } = explain(error);
    return failure(check, text, next);
  }
}
