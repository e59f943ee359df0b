import type { Database } from '../../../aws/databases.ts';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import type { Place } from '../../../cli/target/places.ts';
import { chooseNode, namedNode, type ChosenNode } from './choose-node.ts';
import { findDatabase } from './find-database.ts';

/** A database that can be forwarded. */
export interface PreparedDatabase {
  readonly database: Database;
  /** @throws as `chooseNode` and `namedNode` */
  readonly findNode: () => Promise<ChosenNode>;
  /** Of a command in the region of the database. */
  readonly context: CommandContext;
}

/**
 * Finds a database, and a node that it is reached through.
 *
 * @param name - undefined for the one that the person chooses
 * @param through - the target that the user names; undefined to choose a node in the VPC
 * @throws as `findDatabase` and `namedNode`
 */
export async function prepareDatabase(
  context: CommandContext,
  places: readonly Place[],
  name: string | undefined,
  through: string | undefined,
): Promise<PreparedDatabase> {
  // A connection selects its account before AWS is asked.
  const isFirst = through !== undefined && places.length === 1;
  const named = isFirst ? await namedNode(context, through) : undefined;
  const { database, context: own } = await findDatabase(context, places, name);
  return {
    database,
    context: own,
    async findNode() {
      if (named !== undefined) return named;
      return through === undefined ? chooseNode(own, database) : namedNode(own, through);
    },
  };
}
