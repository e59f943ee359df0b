import { isAwsError, type AwsErrorReason } from '../../../aws/aws-error.ts';
import type { Fleet, PlatformType, SessionDocument } from '../../../aws/fleet.ts';
import { within } from '../../../within.ts';
import type { CommandContext } from '../command-context.ts';
import type { ResolvedTarget } from '../resolve-target.ts';

/** Runs one command without a terminal; with separate output its status is reported, too. */
export const DOCUMENT = 'AWS-StartNonInteractiveCommand';

/** What a target and the document are, as far as Systems Manager tells this caller. */
export interface TargetFacts {
  /** Undefined when it cannot be told. */
  readonly platform: PlatformType | undefined;
  readonly document: SessionDocument | 'missing' | 'unknown';
}

/** How long a command waits for what it can do without. */
const LOOK_UP_LIMIT_MS = 5_000;
/** Systems Manager knows no platform of tasks of ECS; nearly all of them are Linux. */
const CONTAINER = 'ecs:';
/** With these, starting the session would fail as well, and take as long. */
const UNREACHABLE: ReadonlySet<AwsErrorReason> = new Set(['network', 'tls', 'credentials-timeout']);

/**
 * Asks for platform and document at the same time, as the session waits for both. Whoever may not ask, or
 * gets no answer soon, goes on without.
 *
 * @throws AwsError when AWS cannot be reached, so that the session could not be started either
 */
export async function lookUpTarget(
  context: CommandContext,
  { id, node }: ResolvedTarget,
): Promise<TargetFacts> {
  const fleet = await context.fleet();
  const [platform, document] = await Promise.all([
    node !== undefined || id.startsWith(CONTAINER)
      ? node?.platformType
      : orElse(context, platformOf(fleet, id), () => undefined),
    orElse(context, fleet.document(DOCUMENT), (reason) =>
      reason === 'not-found' ? 'missing' : 'unknown',
    ),
  ]);
  return { platform, document };
}

async function platformOf(fleet: Fleet, id: string): Promise<PlatformType | undefined> {
  for await (const node of fleet.nodes({ id })) return node.platformType;
  return undefined;
}

/** @param otherwise - what holds when there is no answer, for a reason or in time */
async function orElse<T, U>(
  { clock, logger }: CommandContext,
  answer: Promise<T>,
  otherwise: (reason: AwsErrorReason | undefined) => U,
): Promise<T | U> {
  try {
    return await within<T | U>(clock, LOOK_UP_LIMIT_MS, answer, () => otherwise(undefined));
  } catch (error) {
    if (!isAwsError(error) || UNREACHABLE.has(error.reason)) throw error;
    logger.info(`going on without an answer: ${error.message}`);
    return otherwise(error.reason);
  }
}
