import type { TestContext } from 'node:test';
import type { LocalAws, LocalAwsOptions, LocalNode } from '../../../../../local-aws/local-aws.ts';
import { startAccount, type Account } from '../../../support/account.ts';

/** The id of the n-th machine. */
export function idOf(n: number): string {
  return `i-${String(n).padStart(17, '0')}`;
}

/** The n-th machine, `web-1` from 1 on, with tags. */
export function machine(n: number, rest: Partial<LocalNode> = {}): LocalNode {
  return { id: idOf(n), nameTag: `web-${n}`, tags: { Role: 'web', Env: 'prod' }, ...rest };
}

/** Machines 1 to `count`. */
export function machines(count: number): readonly LocalNode[] {
  return Array.from({ length: count }, (_, i) => machine(i + 1));
}

/** An account with these machines. */
export function startFleet(
  t: TestContext,
  nodes: readonly LocalNode[],
  options: Omit<LocalAwsOptions, 'nodes'> = {},
): Promise<Account> {
  return startAccount(t, nodes, options);
}

/** How often an operation was called. */
export function callsOf(aws: LocalAws, operation: string): number {
  return aws.apiCalls.filter((call) => call.operation === operation).length;
}

/** Ids of the machines that each command was sent to. */
export function sentTo(aws: LocalAws): readonly (readonly string[])[] {
  return aws.commands.map(({ plan }) => plan.nodes.map(({ id }) => id));
}
