import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { findTargetAgain } from '../../../cli/target/resolve-target.ts';

/** A target, and how the one of a later session is found. */
export interface FollowedTarget {
  /** The id of the target. */
  readonly target: string;
  /** As the user wrote it; undefined when it was picked. */
  readonly targetText: string | undefined;
  /** By default the target of that text is found, or is the same one. Takes the id of the last one. */
  readonly findAgain?: ((before: string) => Promise<string>) | undefined;
}

/** @returns finds the target of the next session: a name may be another machine's now. All ports share the answer. */
export function followTarget(
  context: CommandContext,
  { target, targetText, ...followed }: FollowedTarget,
): (isLater: boolean) => string | Promise<string> {
  let last = target;
  let asking: Promise<string> | undefined;
  const {
    findAgain = targetText === undefined
      ? undefined
      : (before: string) => findTargetAgain(context, targetText, before),
  } = followed;
  const ask = async (find: (before: string) => Promise<string>): Promise<string> => {
    try {
      last = await find(last);
      return last;
    } finally {
      asking = undefined;
    }
  };
  return (isLater) => {
    if (!isLater || findAgain === undefined) return last;
    return (asking ??= ask(findAgain));
  };
}
