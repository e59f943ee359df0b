import {
  DescribeInstancesCommand,
  EC2Client,
  GetPasswordDataCommand,
  StartInstancesCommand,
  type Instance,
} from '@aws-sdk/client-ec2';
import { printable } from '../../../lib/printable.ts';
import type { Ec2Instance, InstanceState, InstanceStatus } from '../../aws.ts';
import type { SdkCalls } from '../sdk-calls.ts';
import { isSet, pagesOf } from './pages.ts';

/** Most instances in one answer of DescribeInstances (EC2 API). */
const INSTANCES_IN_A_PAGE = 1000;
/** Every state but `terminated`: EC2 still lists such an instance for an hour. */
const STATES = ['pending', 'running', 'shutting-down', 'stopping', 'stopped'];

/** The EC2 instances of the region. */
export async function describeInstances(calls: SdkCalls): Promise<readonly Ec2Instance[]> {
  const what = {
    action: 'ec2:DescribeInstances',
    object: 'the instances of the region',
    purpose: 'read the names of the EC2 instances',
  };
  const instances: Ec2Instance[] = [];
  const pages = pagesOf((NextToken) =>
    calls.call('ec2', what, (config) =>
      new EC2Client(config).send(
        new DescribeInstancesCommand({
          Filters: [{ Name: 'instance-state-name', Values: STATES }],
          MaxResults: INSTANCES_IN_A_PAGE,
          NextToken,
        }),
      ),
    ),
  );
  for await (const page of pages) {
    const found = (page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []);
    instances.push(...found.map(instanceOf));
  }
  return instances;
}

/**
 * The state of one instance. A filter is used, because EC2 refuses an id that it does not know.
 *
 * @returns undefined when there is no such instance
 */
export async function describeInstance(
  calls: SdkCalls,
  id: string,
): Promise<InstanceStatus | undefined> {
  const what = {
    action: 'ec2:DescribeInstances',
    object: `instance ${id}`,
    purpose: `read the state of the instance ${id}`,
  };
  const answer = await calls.call('ec2', what, (config) =>
    new EC2Client(config).send(
      new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: [id] }] }),
    ),
  );
  const [instance] = (answer.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []);
  if (instance === undefined) return undefined;
  return { state: stateOf(instance), reason: printable(instance.StateReason?.Message ?? '') };
}

/** Starts an instance that is stopped. One that is starting or running stays as it is. */
export async function startInstance(calls: SdkCalls, id: string): Promise<void> {
  const what = {
    action: 'ec2:StartInstances',
    object: `instance ${id}`,
    purpose: `start the instance ${id}`,
  };
  await calls.call('ec2', what, (config) =>
    new EC2Client(config).send(new StartInstancesCommand({ InstanceIds: [id] })),
  );
}

/** The encrypted password of the administrator, in base64; empty when EC2 has none. */
export async function getPasswordData(calls: SdkCalls, id: string): Promise<string> {
  const what = {
    action: 'ec2:GetPasswordData',
    object: `instance ${id}`,
    purpose: `read the encrypted password of the instance ${id}`,
  };
  const answer = await calls.call('ec2', what, (config) =>
    new EC2Client(config).send(new GetPasswordDataCommand({ InstanceId: id })),
  );
  // EC2 puts line breaks around it.
  return (answer.PasswordData ?? '').trim();
}

/** EC2 returns the state of every instance. */
function stateOf({ State }: Instance): InstanceState {
  return State?.Name ?? 'running';
}

function instanceOf(instance: Instance): Ec2Instance {
  const addresses = (instance.NetworkInterfaces ?? [])
    .flatMap(({ PrivateIpAddresses }) => PrivateIpAddresses ?? [])
    .map(({ PrivateIpAddress }) => PrivateIpAddress);
  return {
    id: instance.InstanceId ?? '',
    state: stateOf(instance),
    nameTag: (instance.Tags ?? []).find(({ Key }) => Key === 'Name')?.Value ?? '',
    addresses: unique([instance.PrivateIpAddress, ...addresses]),
    hostNames: unique([instance.PrivateDnsName, instance.PublicDnsName]),
    details: {
      // No key of a tag can set the prototype of the object.
      tags: Object.fromEntries(
        (instance.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']),
      ),
      publicAddress: instance.PublicIpAddress ?? '',
      vpc: instance.VpcId ?? '',
      zone: instance.Placement?.AvailabilityZone ?? '',
      image: instance.ImageId ?? '',
      launchTime: instance.LaunchTime?.toISOString() ?? '',
    },
  };
}

function unique(texts: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(texts.filter(isSet))];
}
