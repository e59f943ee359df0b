import { Option, type Command } from 'commander';
import type { AccessRequest, AccessState } from '../../aws/access-calls.ts';
import { ownRequests } from '../../cli/access/own-requests.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { printList } from '../../cli/output/print-list.ts';
import type { Column } from '../../cli/output/table.ts';
import { isoText, timeText } from '../../cli/output/time-text.ts';
import { resolveTarget } from '../../cli/target/resolve-target.ts';

const STATES: readonly AccessState[] = ['Pending', 'Approved', 'Rejected', 'Revoked', 'Expired'];

interface ListOptions {
  readonly state?: string;
  readonly target?: string;
}

/** The id is what `--access` takes. */
const COLUMNS: readonly Column[] = [
  { header: 'REQUEST', narrowest: 'whole' },
  { header: 'STATE', narrowest: 'whole', dispensable: 5 },
  { header: 'TARGET', narrowest: 'whole', dispensable: 4 },
  { header: 'REQUESTED', narrowest: 'whole', dispensable: 3 },
  { header: 'UNTIL', narrowest: 'whole', dispensable: 2 },
  { header: 'REASON', narrowest: 10, dispensable: 1 },
];

/** `access`: the user's requests for just-in-time access. */
export function configureAccess(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Lists your requests for just-in-time access: id, state, target, time of the request, end of the access, reason. ' +
        'In a pipe, the columns are tab-separated and have no header.',
    )
    .option('--target <target>', 'only requests for this target')
    .addOption(
      new Option('--state <state>', 'only requests in this state').choices(
        STATES.map((state) => state.toLowerCase()),
      ),
    )
    .action((options: ListOptions) => run(context, options));
  return { examples: examples('access', 'access --state pending', 'access --target web --json') };
}

async function run(context: CommandContext, { state, target }: ListOptions): Promise<void> {
  const id = target === undefined ? undefined : await resolveTarget(context, target);
  const { requests, areAll } = await ownRequests(await context.aws.calls(), context.clock, id);
  const wanted = requests.filter((one) => state === undefined || one.state.toLowerCase() === state);
  const { output } = context;
  if (!areAll) output.notify(`AWS has more requests than these ${requests.length}.`);
  if (wanted.length === 0) {
    const which = `${state === undefined ? '' : ` ${state}`} access request`;
    output.notify(
      `You have no${which} in ${await context.aws.region()}. To request access, add --request-access and --reason to a command such as \`session-manager-plugin shell TARGET\`.`,
    );
  }
  await printList(context, wanted.map(withTimes), {
    columns: COLUMNS,
    rows: wanted.map((one) => [
      one.id,
      one.state,
      one.target,
      timeText(one.requestedAt),
      one.until === undefined ? '' : timeText(one.until),
      one.reason,
    ]),
  });
}

function withTimes(request: AccessRequest): object {
  const { requestedAt, until } = request;
  return {
    ...request,
    requestedAt: isoText(requestedAt),
    until: until === undefined ? null : isoText(until),
  };
}
