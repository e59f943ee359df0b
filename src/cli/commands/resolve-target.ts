import { CommandError, type CommandContext } from './command-context.ts';

/** What Systems Manager takes as a target: EC2 and managed instances, and tasks of ECS. */
const TARGET_ID = /^(?:m?i-[0-9a-f]{8,17}|ecs:[^\s_]+_[^\s_]+_\S+)$/;

/**
 * Finds the target that a command's TARGET means.
 *
 * @param text - as the user wrote it; undefined when it was left out
 * @returns what StartSession takes as `Target`
 * @throws CommandError when it means nothing
 */
export function resolveTarget(context: CommandContext, text: string | undefined): Promise<string> {
  if (text !== undefined && TARGET_ID.test(text)) return Promise.resolve(text);
  const problem =
    text === undefined ? 'there is no target' : `"${text}" is no target that is known`;
  context.logger.info(problem);
  return Promise.reject(
    new CommandError(`${problem}: give the id of an instance (i-…, mi-…) or of a task (ecs:…)`),
  );
}
