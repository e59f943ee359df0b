import type { NodeCalls, PlatformType, SessionDocument } from '../../aws/aws.ts';
import type { CommandContext } from '../framework/command-context.ts';
import { optionalAnswer } from '../run/optional-answer.ts';
import type { ResolvedTarget } from '../target/resolve-target.ts';
import { isContainer } from './remote-shell.ts';

/** Runs one command without a terminal; with separate output its status is reported, too. */
export const DOCUMENT = 'AWS-StartNonInteractiveCommand';

/** Facts about a target and the document, as far as Systems Manager reports them to this caller. */
export interface TargetFacts {
  /** Undefined when it is not known. */
  readonly platform: PlatformType | undefined;
  readonly document: SessionDocument | 'missing' | 'unknown';
}

/**
 * Asks for platform and document at the same time, as the session waits for both. Without the permission, or
 * without an answer in time, the command continues without them.
 *
 * @throws AwsError when AWS cannot be reached, so that the session could not be started either
 */
export async function inspectTarget(
  context: CommandContext,
  { id, node }: ResolvedTarget,
): Promise<TargetFacts> {
  const calls = await context.aws.calls();
  const [platform, document] = await Promise.all([
    // Systems Manager knows no platform of tasks of ECS; nearly all of them are Linux.
    node !== undefined || isContainer(id)
      ? node?.platformType
      : optionalAnswer(context, platformOf(calls, id), () => undefined),
    optionalAnswer(context, calls.document(DOCUMENT), (reason) =>
      reason === 'not-found' ? 'missing' : 'unknown',
    ),
  ]);
  return { platform, document };
}

async function platformOf(calls: NodeCalls, id: string): Promise<PlatformType | undefined> {
  for await (const node of calls.nodes({ ids: [id] })) return node.platformType;
  return undefined;
}
