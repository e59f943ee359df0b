import type { CommonOptions } from './command-context.ts';

/** The options with which another process of this program uses the same account. */
export function accountWords({
  profile,
  region,
  endpointUrl,
}: Pick<CommonOptions, 'profile' | 'region' | 'endpointUrl'>): readonly string[] {
  const given = [
    ['--profile', profile],
    ['--region', region],
    ['--endpoint-url', endpointUrl],
  ] as const;
  return given.flatMap(([option, value]) => (value === '' ? [] : [option, value]));
}
