import { objectMember, stringMember, type JsonObject } from '../../../../lib/json.ts';
import { printable } from '../../../../lib/printable.ts';
import type { Ec2Instance, InstanceState, InstanceStatus } from '../../../aws.ts';
import type { Call } from '../../describe-failure.ts';
import type { SdkCalls } from '../../sdk-calls.ts';
import { isSet, pagesOf } from '../pages.ts';
import { callQuery } from '../direct/query-request.ts';
import { listMember } from '../direct/xml-answer.ts';

/** EC2 (botocore, service-2.json of ec2). */
export const EC2 = { service: 'ec2', version: '2016-11-15' } as const;
/** Most instances in one answer of DescribeInstances (EC2 API). */
const INSTANCES_IN_A_PAGE = 1000;
/** Every state but `terminated`: EC2 still lists such an instance for an hour. */
const STATES = ['pending', 'running', 'shutting-down', 'stopping', 'stopped'] as const;

/** The EC2 instances of the region. */
export async function describeInstances(calls: SdkCalls): Promise<readonly Ec2Instance[]> {
  const what = {
    action: 'ec2:DescribeInstances',
    object: 'the instances of the region',
    purpose: 'read the names of the EC2 instances',
  };
  const states = STATES.map((state, at) => [`Filter.1.Value.${at + 1}`, state] as const);
  const filter = { 'Filter.1.Name': 'instance-state-name', ...Object.fromEntries(states) };
  const instances: Ec2Instance[] = [];
  const pages = pagesOf(async (NextToken) => {
    const page = await callQuery(calls, EC2, what, 'DescribeInstances', {
      ...filter,
      MaxResults: String(INSTANCES_IN_A_PAGE),
      NextToken,
    });
    return { page, NextToken: stringMember(page, 'nextToken') };
  });
  for await (const { page } of pages) instances.push(...instancesOf(page).map(instanceOf));
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
  const answer = await callQuery(calls, EC2, what, 'DescribeInstances', {
    'Filter.1.Name': 'instance-id',
    'Filter.1.Value.1': id,
  });
  const [instance] = instancesOf(answer);
  if (instance === undefined) return undefined;
  const reason = stringMember(objectMember(instance, 'stateReason'), 'message');
  return { state: stateOf(instance), reason: printable(reason) };
}

/** Starts an instance that is stopped. One that is starting or running stays as it is. */
export async function startInstance(calls: SdkCalls, id: string): Promise<void> {
  const what = {
    action: 'ec2:StartInstances',
    object: `instance ${id}`,
    purpose: `start the instance ${id}`,
  };
  await callQuery(calls, EC2, what, 'StartInstances', { 'InstanceId.1': id });
}

/** The encrypted password of the administrator, in base64; empty when EC2 has none. */
export async function getPasswordData(calls: SdkCalls, id: string): Promise<string> {
  const what: Call = {
    action: 'ec2:GetPasswordData',
    object: `instance ${id}`,
    purpose: `read the encrypted password of the instance ${id}`,
  };
  const answer = await callQuery(calls, EC2, what, 'GetPasswordData', { InstanceId: id });
  // EC2 puts line breaks around it.
  return stringMember(answer, 'passwordData').trim();
}

function instancesOf(answer: JsonObject): readonly JsonObject[] {
  return listMember(answer, 'reservationSet', 'item').flatMap((reservation) =>
    listMember(reservation, 'instancesSet', 'item'),
  );
}

/** EC2 returns the state of every instance, one of these (EC2 API, `InstanceState`). */
function stateOf(instance: JsonObject): InstanceState {
  const name = stringMember(objectMember(instance, 'instanceState'), 'name');
  return [...STATES, 'terminated' as const].find((state) => state === name) ?? 'running';
}

function instanceOf(instance: JsonObject): Ec2Instance {
  const text = (name: string): string => stringMember(instance, name);
  const addresses = listMember(instance, 'networkInterfaceSet', 'item')
    .flatMap((one) => listMember(one, 'privateIpAddressesSet', 'item'))
    .map((address) => stringMember(address, 'privateIpAddress'));
  const tags = listMember(instance, 'tagSet', 'item').map(
    (tag) => [stringMember(tag, 'key'), stringMember(tag, 'value')] as const,
  );
  return {
    id: text('instanceId'),
    state: stateOf(instance),
    nameTag: tags.find(([key]) => key === 'Name')?.[1] ?? '',
    addresses: unique([text('privateIpAddress'), ...addresses]),
    hostNames: unique([text('privateDnsName'), text('dnsName')]),
    details: {
      // No key of a tag can set the prototype of the object.
      tags: Object.fromEntries(tags),
      publicAddress: text('ipAddress'),
      vpc: text('vpcId'),
      zone: stringMember(objectMember(instance, 'placement'), 'availabilityZone'),
      image: text('imageId'),
      launchTime: text('launchTime'),
    },
  };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.filter(isSet))];
}
