import type { TestContext } from 'node:test';
import type { LocalAwsOptions, LocalNode } from '../../../local-aws/local-aws.ts';
import type { CompletedRun, ProcessEnd } from '../../support/piped-program.ts';
import type { Environment } from '../../support/program.ts';
import { outcomeOf, startCommand, startCommandTarget, type CommandTarget } from './run-command.ts';

export const WEB_1: LocalNode = {
  id: 'i-00000000000000001',
  nameTag: 'web',
  computerName: 'web-1.example.internal',
  ipAddress: '10.0.0.7',
  agentVersion: '3.3.987.0',
};
export const WEB_2: LocalNode = {
  id: 'i-00000000000000002',
  nameTag: 'web',
  computerName: 'web-2.example.internal',
  ipAddress: '10.0.0.8',
};
export const PRINTER: LocalNode = {
  id: 'mi-00000000000000003',
  name: 'printer',
  nameTag: 'office',
  computerName: 'printer',
  ipAddress: '10.0.0.9',
  platformType: 'Windows',
  platformName: 'Microsoft Windows Server 2022 Datacenter',
  platformVersion: '10.0.20348',
  pingStatus: 'ConnectionLost',
  agentVersion: '2.3.612.0',
};

/** An account with managed nodes, for as long as the test lasts. */
export interface Account extends CommandTarget {
  /** Runs the program in pipes, its stdin at its end, until it has ended. */
  readonly run: (args: readonly string[], env?: Environment) => Promise<PipedRun>;
}

/** A run that has ended. */
export type PipedRun = CompletedRun & ProcessEnd;

/** Starts the local target with these nodes. */
export async function startAccount(
  t: TestContext,
  nodes: readonly LocalNode[] = [WEB_1, WEB_2, PRINTER],
  options: Omit<LocalAwsOptions, 'nodes'> = {},
): Promise<Account> {
  const target = await startCommandTarget(t, { ...options, nodes });
  return {
    ...target,
    run: async (args, env = {}) => {
      const program = startCommand(t, target, args, { env });
      const outcome = await outcomeOf(program);
      return { ...outcome, ...(await program.end()) };
    },
  };
}
