import { AwsError, isAwsError } from '../../aws/sdk/aws-error.ts';
import type { Aws } from '../../aws/aws.ts';
import { withOptions } from '../framework/command-aws.ts';
import { CommandError, isCommandError, type CommandContext } from '../framework/command-context.ts';
import { canPrompt } from '../prompt/prompt.ts';
import { asInput } from '../../lib/errors/failure.ts';
import { printable } from '../../lib/printable.ts';

/** Values of the options that can be repeated. */
export interface PlaceOptions {
  readonly profile?: readonly string[];
  readonly region?: readonly string[];
}

/** A region of an account. */
export interface Place {
  /** Of a command in this place. */
  readonly context: CommandContext;
  /** As it was named; empty when it was not. */
  readonly profile: string;
  /** @throws CommandError when there is none */
  region(): Promise<string>;
  /** @throws CommandError as `region()` */
  calls(): Promise<Aws>;
  /** Names the place in texts. */
  title(): Promise<string>;
}

/** An error of one place, or what it has. */
export type InPlace<T> =
  | { readonly kind: 'listed'; readonly place: Place; readonly list: T }
  | { readonly kind: 'failed'; readonly error: AwsError | CommandError };

/**
 * The regions of all profiles. Without one of them, that of the environment. The regions of a profile share its
 * credentials: no user is asked twice for a code.
 */
export function placesOf(
  context: CommandContext,
  { profile: profiles = [], region: regions = [] }: PlaceOptions,
): readonly Place[] {
  if (profiles.length < 2 && regions.length < 2) return [placeOf(context)];
  return unique(profiles, context.options.profile).flatMap((profile) => {
    const first = withOptions(context, { profile });
    return unique(regions, context.options.region).map((region, i) =>
      placeOf(
        i === 0
          ? first
          : withOptions(context, { profile, region }, async () => {
              return (await first.aws.options().catch(() => undefined))?.credentials;
            }),
      ),
    );
  });
}

function unique(values: readonly string[], byDefault: string): readonly string[] {
  return values.length === 0 ? [byDefault] : [...new Set(values)];
}

function placeOf(context: CommandContext): Place {
  const { profile } = context.options;
  const { aws } = context;
  return {
    context,
    profile,
    region: () => aws.region(),
    calls: () => aws.calls(),
    async title() {
      const region = await aws.region().catch(() => '');
      if (region === '') return printable(profile);
      return profile === '' ? region : `${region} (${printable(profile)})`;
    },
  };
}

/**
 * Lists something in all places at once. A place that fails does not hide the others; where a person can be asked to sign
 * in, that is done before, for one profile after the other.
 *
 * @throws the error of the only place, or of the last one when each has failed, after the others are reported
 */
export async function listEverywhere<T>(
  context: CommandContext,
  places: readonly Place[],
  list: (place: Place) => Promise<T>,
): Promise<readonly InPlace<T>[]> {
  if (places.length > 1 && canPrompt(context)) {
    for (const place of places) await prepare(place);
  }
  const lists = await Promise.all(
    places.map(async (place): Promise<InPlace<T>> => {
      try {
        return { kind: 'listed', place, list: await list(place) };
      } catch (error) {
        if (!isPlaceError(error)) throw error;
        return { kind: 'failed', error: places.length === 1 ? error : await named(error, place) };
      }
    }),
  );
  const errors = lists.flatMap((one) => (one.kind === 'failed' ? [one.error] : []));
  const last = errors.length === places.length ? errors.pop() : undefined;
  if (last === undefined) return lists;
  for (const error of errors) context.output.reportError(error);
  throw last;
}

async function prepare(place: Place): Promise<void> {
  try {
    const calls = await place.calls();
    await calls.prepareCredentials();
  } catch (error) {
    // Its list reports it.
    if (!isPlaceError(error)) throw error;
  }
}

function isPlaceError(error: unknown): error is AwsError | CommandError {
  return isAwsError(error) || isCommandError(error);
}

/** The same error, with the place in its text. */
async function named(
  error: AwsError | CommandError,
  place: Place,
): Promise<AwsError | CommandError> {
  const { reason, code, remedy } = error;
  const failure = { code, remedy, problem: `${await place.title()}: ${error.problem}` };
  return isAwsError(error)
    ? new AwsError({ ...failure, reason: error.reason })
    : new CommandError(asInput({ ...failure, reason }));
}
