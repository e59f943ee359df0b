import { AwsError } from '../../../aws/sdk/aws-error.ts';
import { readyFailures } from '../../../failures/ready.ts';
import type { CommandContext } from '../../framework/command-context.ts';
import { timeText } from '../../framework/wait-time.ts';
import type { KnownNode } from '../known-nodes.ts';
import { nodeTitle } from '../node-title.ts';
import { READY_POLL_MS } from './not-ready.ts';
import { pauseUnlessInterrupted } from './pause.ts';

const ONLINE = 'Online';
/** Nodes that a message names; `targets` lists all. */
const MAX_NAMED_NODES = 5;

/**
 * Lists nodes again and again until there is one, and all of them are online.
 *
 * @param place - the regions, for the line about the wait
 * @returns the last list
 * @throws AwsError when they are not online in time, or cannot be listed
 */
export async function awaitNodes<List extends { readonly nodes: readonly KnownNode[] }>(
  context: CommandContext,
  place: string,
  list: () => Promise<List>,
): Promise<List> {
  const { clock, waits, options } = context;
  const since = clock.monotonic();
  const until = context.readyUntil() ?? since;
  let endReport = (): void => undefined;
  let shown: string | undefined;
  try {
    for (;;) {
      const listed = await list();
      const missing = missingText(listed.nodes);
      if (missing === undefined) return listed;
      if (clock.monotonic() >= until) {
        const limit = timeText(options.ready?.limitMs ?? 0);
        throw new AwsError(readyFailures['nodes-not-online'](limit, missing));
      }
      const name = subjectOf(listed.nodes);
      if (name !== shown) {
        endReport();
        endReport = waits.report({ name, place }, since);
        shown = name;
      }
      await pauseUnlessInterrupted(context, READY_POLL_MS);
    }
  } finally {
    endReport();
  }
}

function offline(nodes: readonly KnownNode[]): readonly KnownNode[] {
  return nodes.filter(({ pingStatus }) => pingStatus !== ONLINE);
}

function subjectOf(nodes: readonly KnownNode[]): string {
  if (nodes.length === 0) return 'a managed node';
  const missing = offline(nodes);
  const [first] = missing;
  return first !== undefined && missing.length === 1
    ? `${nodeTitle(first)} to be online`
    : `${missing.length} of ${nodes.length} nodes to be online`;
}

/** What the nodes lack, after a colon; undefined for nothing. */
function missingText(nodes: readonly KnownNode[]): string | undefined {
  if (nodes.length === 0) return 'no managed node matches';
  const missing = offline(nodes);
  if (missing.length === 0) return undefined;
  const named = missing.slice(0, MAX_NAMED_NODES).map(nodeTitle);
  const rest = missing.length - named.length;
  const all = rest === 0 ? named : [...named, `${rest} more`];
  return `${missing.length} of ${nodes.length} are not: ${all.join(', ')}`;
}
