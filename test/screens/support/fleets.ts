import type { TestContext } from 'node:test';
import type { LocalAws, LocalAwsOptions, LocalNode, LocalTask } from '../../local-aws/local-aws.ts';
import {
  startCommandTarget,
  type CommandTarget,
} from '../../program/commands/support/run-command.ts';

export const WEB: LocalNode = node('i-0123456789abcdef0', 'web-1', '10.0.0.7');
export const WEB_2: LocalNode = { ...node('i-0fedcba9876543210', 'web-2', '10.0.0.8') };
const BASTION = node('i-02468ace13579bdf0', 'bastion', '10.0.0.20');
/** An offline machine outside of AWS. */
export const PRINTER: LocalNode = {
  ...node('mi-0a1b2c3d4e5f67890', 'printer', '10.1.0.9'),
  ...{ platformType: 'Windows', platformName: 'Microsoft Windows Server 2022 Datacenter' },
  ...{ platformVersion: '10.0.20348', pingStatus: 'ConnectionLost', agentVersion: '2.3.612.0' },
};

/** Some machines as most accounts have them. */
export const USUAL_NODES: readonly LocalNode[] = [WEB, WEB_2, BASTION, PRINTER];

/** Names whose characters take more or fewer cells of a terminal than there are characters. */
export const FOREIGN_NODES: readonly LocalNode[] = [
  node('i-00000000000000001', '東京のウェブサーバー', '10.0.1.1'),
  node('i-00000000000000002', '🚀 rockets 👩‍🔬', '10.0.1.2'),
  node('i-00000000000000003', 'cafe\u0301-se\u0301ance', '10.0.1.3'),
  node('i-00000000000000004', '데이터베이스', '10.0.1.4'),
  node('i-00000000000000005', 'a-name-as-long-as-the-template-that-made-it-liked', '10.0.1.5'),
  node('i-00000000000000006', 'plain', '10.0.1.6'),
];

/** More nodes than a terminal has rows; each tenth is offline. */
export const MANY_NODES: readonly LocalNode[] = Array.from({ length: 40 }, (_, i) => {
  const number = String(i + 1);
  return {
    ...node(`i-${number.padStart(17, '0')}`, `worker-${number}`, `10.0.2.${number}`),
    ...(i % 10 === 9 ? { pingStatus: 'Inactive' } : {}),
  };
});

const TWO_HOURS_MS = 7_200_000;
const startedAt = Date.now() - TWO_HOURS_MS;

/** Tasks of ECS: one with two containers, of which one can have sessions, and two without ECS Exec. */
export const USUAL_TASKS: readonly LocalTask[] = [
  {
    ...{ cluster: 'shop', service: 'web', id: '0a1b2c3d4e5f60718293a4b5c6d7e8f9', startedAt },
    containers: [
      { name: 'app', image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.4' },
      { name: 'log-router', image: 'fluent-bit:3', agentStatus: 'STOPPED' },
    ],
  },
  {
    ...{ cluster: 'shop', service: 'worker', id: '1f0e9d8c7b6a594837261504f3e2d1c0', startedAt },
    enableExecuteCommand: false,
    containers: [{ name: 'queue' }],
  },
  {
    ...{ cluster: 'shop', service: 'worker', id: '2a2b2c2d2e2f20212223242526272829' },
    ...{ enableExecuteCommand: false, status: 'PENDING' },
    containers: [{ name: 'queue' }],
  },
];

/** When everything happens. HTTP cuts it to a second; in the middle of one, clocks agree. */
export const NOW = new Date('2026-03-04T05:06:07.500Z');

/** An account with these nodes. The n-th session has the number n in its id. */
export function account(
  nodes: readonly LocalNode[],
  options: Omit<LocalAwsOptions, 'nodes'> = {},
): (t: TestContext) => Promise<CommandTarget> {
  return (t) =>
    startCommandTarget(t, {
      nodes,
      sessionId: (nth) => `alice-${String(nth).padStart(17, '0a1b2c3d4e5f67890')}`,
      now: () => NOW,
      ...options,
    });
}

/** The account with the usual nodes, in which something is prepared for the scene. */
export function preparedAccount(
  prepare: (aws: LocalAws) => Promise<void> | void,
): (t: TestContext) => Promise<CommandTarget> {
  return async (t) => {
    const target = await account(USUAL_NODES)(t);
    await prepare(target.aws);
    return target;
  };
}

function node(id: string, name: string, ipAddress: string): LocalNode {
  return {
    ...{ id, nameTag: name, ipAddress },
    ...{ computerName: `ip-${ipAddress.replaceAll('.', '-')}.ec2.internal` },
    ...{ platformName: 'Amazon Linux', platformVersion: '2023' },
  };
}
