import type { Use } from '../permissions.ts';
import {
  BASTION,
  shell,
  shellWithAccess,
  startedShell,
  exec,
  cp,
  execWithInput,
  execOnTerminal,
  forward,
  forwardBeyond,
  proxy,
  forwardDatabase,
  sshProxy,
  sleep,
  ecsSleep,
  execByName,
  doctor,
  ecs,
  completion,
  endsSession,
  fleet,
  missingMachine,
  cancelsFleet,
  readsSecret,
  readsPassword,
  sshWithoutKeys,
  use,
  stopped,
} from './uses.ts';

/** What one action of a policy is for, and what happens without it. */
interface Check {
  readonly action: string;
  readonly use: Use;
  /** `fails`: the command does. `degrades`: it still succeeds. */
  readonly without: 'fails' | 'degrades' | 'offers-nothing' | 'is-not-resumed' | 'stays-open';
}

/** A section of the guide. */
export interface Subject {
  readonly heading: string;
  /** Sections whose policies the user has, too. */
  readonly with?: string | readonly string[];
  readonly checks: readonly Check[];
  /** What the policy must not allow. */
  readonly refused?: readonly Use[];
}

/** The sections of the guide that have policies. */
export const SUBJECTS: readonly Subject[] = [
  {
    heading: 'Shells',
    checks: ofSession(shell),
    refused: [use(['shell', BASTION], 'exit\n'), exec],
  },
  {
    heading: 'Commands',
    checks: [
      ...ofSession(exec, sleep),
      { action: 'ssm:GetDocument', use: exec, without: 'degrades' },
      { action: 'ssm:DescribeInstanceInformation', use: exec, without: 'degrades' },
    ],
    refused: [use(['exec', BASTION, '--', 'hostname']), execWithInput, execOnTerminal],
  },
  {
    heading: 'Commands on many machines',
    checks: [
      { action: 'ssm:SendCommand', use: fleet, without: 'fails' },
      { action: 'ssm:DescribeInstanceInformation', use: fleet, without: 'fails' },
      { action: 'ec2:DescribeInstances', use: fleet, without: 'degrades' },
      { action: 'ssm:ListCommandInvocations', use: fleet, without: 'fails' },
      { action: 'ssm:GetCommandInvocation', use: fleet, without: 'degrades' },
      { action: 'ssm:ListCommands', use: missingMachine, without: 'fails' },
      { action: 'ssm:CancelCommand', use: cancelsFleet, without: 'fails' },
    ],
    refused: [exec],
  },
  {
    heading: 'Copies',
    checks: [
      ...ofSession(cp, sleep),
      { action: 'ssm:StartSession', use: execWithInput, without: 'fails' },
      { action: 'ssm:StartSession', use: execOnTerminal, without: 'fails' },
      { action: 'ssm:GetDocument', use: cp, without: 'degrades' },
      { action: 'ssm:DescribeInstanceInformation', use: cp, without: 'degrades' },
    ],
    refused: [use(['cp', '-q', `${BASTION}:/proc/version`, '-'])],
  },
  {
    heading: 'Forwarded ports without shells',
    checks: [
      ...ofSession(stopped(forward), forward),
      ...ofSession(stopped(forwardBeyond)),
      { action: 'ssm:StartSession', use: proxy, without: 'fails' },
    ],
    refused: [shell, exec, sshProxy],
  },
  {
    heading: 'SSH',
    checks: ofSession(sshProxy),
    refused: [shell, stopped(forward)],
  },
  {
    heading: 'SSH without keys',
    with: 'SSH',
    checks: [
      { action: 'ssm:StartSession', use: sshWithoutKeys, without: 'fails' },
      {
        ...{ action: 'ec2-instance-connect:SendSSHPublicKey', use: sshWithoutKeys },
        without: 'degrades',
      },
      { action: 'ssm:GetDocument', use: sshWithoutKeys, without: 'degrades' },
      { action: 'ssm:DescribeInstanceInformation', use: sshWithoutKeys, without: 'degrades' },
    ],
  },
  {
    heading: 'ECS containers',
    checks: [
      { action: 'ecs:ExecuteCommand', use: ecs, without: 'fails' },
      { action: 'ecs:DescribeTasks', use: ecs, without: 'fails' },
      ...ofSession(ecs, ecsSleep).filter(({ action }) => action !== 'ssm:StartSession'),
    ],
    refused: [use(['shell', 'ecs:shop_0123456789abcdef_0123456789abcdef-1234567890'], 'exit\n')],
  },
  {
    heading: 'Containers by their names',
    with: 'ECS containers',
    checks: [
      { action: 'ecs:ListTasks', use: execByName, without: 'fails' },
      { action: 'ecs:ListClusters', use: use(['targets', '--ecs', '--quiet']), without: 'fails' },
    ],
    refused: [use(['forward', 'ecs://shop/web', '0:80'])],
  },
  {
    heading: 'Just-in-time access',
    with: 'Shells',
    checks: [
      { action: 'ssm:StartAccessRequest', use: shellWithAccess, without: 'fails' },
      { action: 'ssm:GetAccessToken', use: shellWithAccess, without: 'fails' },
      { action: 'ssm:DescribeOpsItems', use: use(['access']), without: 'fails' },
    ],
  },
  {
    heading: 'Encrypted sessions',
    with: 'Shells',
    checks: [
      { action: 'kms:GenerateDataKey', use: { ...shell, encrypted: true }, without: 'fails' },
      { action: 'kms:Decrypt', use: { ...shell, encrypted: true }, without: 'fails' },
    ],
  },
  {
    heading: 'Lists',
    with: 'Shells',
    checks: [
      { action: 'ssm:DescribeInstanceInformation', use: use(['targets']), without: 'fails' },
      { action: 'ec2:DescribeInstances', use: use(['targets']), without: 'degrades' },
      { action: 'ssm:DescribeSessions', use: use(['sessions']), without: 'fails' },
      { action: 'ssm:ListDocuments', use: completion, without: 'offers-nothing' },
      { action: 'ssm:TerminateSession', use: endsSession, without: 'fails' },
    ],
  },
  {
    heading: 'Targets that are started',
    with: 'Shells',
    checks: [
      { action: 'ec2:StartInstances', use: startedShell, without: 'fails' },
      { action: 'ec2:DescribeInstances', use: startedShell, without: 'fails' },
      { action: 'ssm:GetConnectionStatus', use: startedShell, without: 'degrades' },
      { action: 'ssm:DescribeInstanceInformation', use: startedShell, without: 'degrades' },
    ],
    refused: [],
  },
  {
    heading: 'Databases',
    with: 'Forwarded ports without shells',
    checks: [
      { action: 'ec2:DescribeInstances', use: forwardDatabase, without: 'fails' },
      { action: 'ssm:DescribeInstanceInformation', use: forwardDatabase, without: 'fails' },
      ...[
        ...['rds:DescribeDBInstances', 'rds:DescribeDBClusters', 'redshift:DescribeClusters'],
        ...['es:ListDomainNames', 'es:DescribeDomains', 'ec2:DescribeSubnets'],
        ...['ReplicationGroups', 'CacheClusters', 'ServerlessCaches', 'CacheSubnetGroups'].map(
          (things) => `elasticache:Describe${things}`,
        ),
      ].map((action): Check => ({ action, use: use(['db', 'list']), without: 'degrades' })),
    ],
  },
  {
    heading: 'Secrets of databases',
    with: ['Forwarded ports without shells', 'Databases'],
    checks: [{ action: 'secretsmanager:GetSecretValue', use: readsSecret, without: 'fails' }],
  },
  {
    heading: 'Passwords of Windows instances',
    with: 'Forwarded ports without shells',
    checks: [{ action: 'ec2:GetPasswordData', use: readsPassword, without: 'fails' }],
  },
  {
    heading: 'The doctor',
    checks: [
      { action: 'ssm:StartSession', use: doctor, without: 'fails' },
      { action: 'ssm:TerminateSession', use: doctor, without: 'stays-open' },
      { action: 'ssm:DescribeInstanceInformation', use: doctor, without: 'degrades' },
      { action: 'ssm:GetConnectionStatus', use: doctor, without: 'degrades' },
      { action: 'ssm:GetDocument', use: doctor, without: 'degrades' },
    ],
  },
];
/** What each session needs. @param lasting - a use that lasts until it is terminated */
function ofSession(one: Use, lasting = one): readonly Check[] {
  return [
    { action: 'ssm:StartSession', use: one, without: 'fails' },
    { action: 'ssmmessages:OpenDataChannel', use: one, without: 'fails' },
    {
      action: 'ssm:ResumeSession',
      use: { ...lasting, disturbance: 'cut' },
      without: 'is-not-resumed',
    },
    {
      action: 'ssm:TerminateSession',
      use: { ...lasting, disturbance: 'lost' },
      without: 'stays-open',
    },
  ];
}
