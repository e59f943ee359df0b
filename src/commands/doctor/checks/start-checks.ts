import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { checkIdentity } from './check-credentials.ts';
import { checkClock } from './check-endpoints.ts';
import { checkPermissions } from './check-permissions.ts';
import { checkAwsCli, checkProgram } from './check-program.ts';
import { checkConnection, checkNode, findTarget, type FoundTarget } from './check-target.ts';
import type { Finding } from './finding.ts';
import { layGroundwork, type Groundwork } from './groundwork.ts';
import { checkWith } from './needs.ts';
import { ownCommand } from '../next-step.ts';

/** A check that has begun. */
export interface PendingCheck {
  /** Its name, while it is in progress. */
  readonly check: string;
  readonly findings: Promise<readonly Finding[]>;
}

/**
 * Starts all checks at the same time, each with its own limits. Each begins when what it needs has
 * succeeded, and is skipped when that has failed.
 *
 * @param text - the target as it was named; undefined to check none
 * @returns them in the order of the report
 */
export function startChecks(
  context: CommandContext,
  text: string | undefined,
): readonly PendingCheck[] {
  const ground = layGroundwork(context);
  const target = findTarget(context, text, ground.toCall('ssm'));
  const pending = [
    { check: 'program', findings: Promise.resolve(checkProgram(context)) },
    { check: 'AWS CLI', findings: listOf(checkAwsCli(context)) },
    ...foundations(ground),
    ...ofAccount(ground, target, (...words) =>
      ownCommand(context.options, ['shell', text ?? '', ...words]),
    ),
    ...(text === undefined ? [] : ofTarget(ground, target)),
  ];
  // A rejection is thrown when its turn has come.
  for (const { findings } of [...pending, { findings: target }]) findings.catch(() => undefined);
  return pending;
}

function foundations({ place, credentials, endpoints }: Groundwork): readonly PendingCheck[] {
  const all = Promise.all(endpoints.map(({ result }) => result));
  return [
    {
      check: 'region',
      findings: place.then(({ profile, region }) =>
        profile === undefined ? [region] : [profile, region],
      ),
    },
    { check: 'credentials', findings: credentials },
    ...endpoints.map(({ check, result }) => ({
      check,
      findings: listOf(result.then(({ finding }) => finding)),
    })),
    { check: 'clock', findings: listOf(all.then(checkClock)) },
  ];
}

function ofAccount(
  { aws, preferences, toCall }: Groundwork,
  target: Promise<FoundTarget>,
  shellCommand: (...options: readonly string[]) => string,
): readonly PendingCheck[] {
  const identity = checkWith('identity', toCall('sts'), async () => [
    await checkIdentity((await aws).aws),
  ]);
  const permissions = checkWith('permissions', toCall('ssm'), async () => [
    await checkPermissions(await aws, await target, shellCommand),
  ]);
  return [
    { check: 'identity', findings: identity },
    { check: 'permissions', findings: permissions },
    { check: 'preferences', findings: listOf(preferences.then(({ finding }) => finding)) },
  ];
}

function ofTarget({ aws }: Groundwork, target: Promise<FoundTarget>): readonly PendingCheck[] {
  const node = target.then(async (found): Promise<readonly Finding[]> => {
    if (found.kind === 'found') return checkNode((await aws).aws, found.id);
    return found.kind === 'not-found' ? [found.finding] : [];
  });
  const connection = target.then(async (found) =>
    found.kind === 'found' ? [await checkConnection((await aws).aws, found.id)] : [],
  );
  return [
    { check: 'target', findings: node },
    { check: 'connection', findings: connection },
  ];
}

async function listOf(finding: Promise<Finding>): Promise<readonly Finding[]> {
  return [await finding];
}
