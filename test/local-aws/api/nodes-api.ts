import type { InstanceState } from '../../../src/aws/aws.ts';
import { isJsonObject, stringMember, type JsonObject } from '../../../src/lib/json.ts';
import { pageOf } from './answers/page.ts';
import { RefusedRequest } from './answers/refused-request.ts';

/** A managed node of the local target. What is left out is as for a Debian with a current agent. */
export interface LocalNode {
  /** `i-…` or `mi-…`. */
  readonly id: string;
  /** Value of its Name tag; no tag when left out. */
  readonly nameTag?: string;
  /** Its other tags. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The name it was registered with, as on-premises servers have one. */
  readonly name?: string;
  readonly computerName?: string;
  readonly ipAddress?: string;
  /** Another private address of an EC2 instance, which Systems Manager does not know. */
  readonly secondAddress?: string;
  /** The region it is in; every one when left out. */
  readonly region?: string;
  /** `vpc-…`. */
  readonly vpc?: string;
  /** Its availability zone; the first one of its region when left out. */
  readonly zone?: string;
  readonly publicAddress?: string;
  readonly platformType?: 'Linux' | 'Windows' | 'MacOS';
  readonly platformName?: string;
  readonly platformVersion?: string;
  readonly agentVersion?: string;
  readonly pingStatus?: 'Online' | 'ConnectionLost' | 'Inactive';
  /** Whether its agent is at the message gateway; by default, as its state and its ping status. */
  readonly connected?: boolean;
  /** False for an EC2 instance that Systems Manager does not manage. */
  readonly managed?: boolean;
  /** Of an EC2 instance; `running` when left out. */
  readonly instanceState?: InstanceState;
  /** The encrypted password of its administrator, in base64; none when left out. */
  readonly passwordData?: string;
  /** Why EC2 has changed it. */
  readonly stateReason?: string;
  /**
   * What changes after StartInstances: a step after each GetConnectionStatus. A call that is made at the same time
   * sees the state before the step or after it.
   */
  readonly boot?: readonly Partial<LocalNode>[];
}

/** Results in one answer of DescribeInstanceInformation (Systems Manager API). */
const LIMITS = { least: 5, most: 50, byDefault: 10 };
/** Seconds since the epoch of what the tests do not look at. */
const REGISTERED_AT = 1_700_000_000;

/** The nodes of the region for which a request is signed. */
export function nodesIn(
  nodes: readonly LocalNode[],
  authorization: string | undefined,
): readonly LocalNode[] {
  if (nodes.every(({ region }) => region === undefined)) return nodes;
  const signed = /Credential=[^/]*\/\d+\/([^/]+)\//.exec(authorization ?? '')?.[1];
  return nodes.filter(({ region = signed }) => region === signed);
}

/** Whether the agent of a node is at the message gateway. */
export function isConnected(node: LocalNode): boolean {
  if (node.managed === false) return false;
  const isRunning = (node.instanceState ?? 'running') === 'running';
  return node.connected ?? (isRunning && (node.pingStatus ?? 'Online') === 'Online');
}

/** The answer of DescribeInstanceInformation; throws {@link RefusedRequest}. */
export function describeNodes(nodes: readonly LocalNode[], request: JsonObject): JsonObject {
  const filters = filtersOf(request['Filters']);
  const managed = nodes.filter((node) => node.managed !== false);
  const wanted = managed.filter((node) =>
    filters.every(({ key, values }) => values.includes(valueOf(node, key) ?? '')),
  );
  const { items, nextToken } = pageOf(wanted, request, LIMITS);
  return {
    InstanceInformationList: items.map(describe),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
  };
}

/** The answer of GetConnectionStatus. For an unknown node, too, the service answers that it is not connected. */
export function connectionStatus(nodes: readonly LocalNode[], request: JsonObject): JsonObject {
  const target = stringMember(request, 'Target');
  const node = nodes.find(({ id }) => id === target);
  const connected = node !== undefined && isConnected(node);
  return { Target: target, Status: connected ? 'connected' : 'notconnected' };
}

interface Filter {
  readonly key: string;
  readonly values: readonly string[];
}

function filtersOf(value: unknown): readonly Filter[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new RefusedRequest('InvalidFilterKey', 'Filters is no list');
  return value.map((filter: unknown) => {
    const values = isJsonObject(filter) ? filter['Values'] : undefined;
    if (!isJsonObject(filter) || !Array.isArray(values) || values.length === 0) {
      throw new RefusedRequest('ValidationException', 'a filter has no Values');
    }
    return { key: stringMember(filter, 'Key'), values: values.map(String) };
  });
}

function valueOf(node: LocalNode, key: string): string | undefined {
  switch (key) {
    case 'InstanceIds':
      return node.id;
    case 'PingStatus':
      return node.pingStatus ?? 'Online';
    case 'PlatformTypes':
      return node.platformType ?? 'Linux';
    default:
      if (key.startsWith('tag:')) return tagsOf(node)[key.slice('tag:'.length)];
      throw new RefusedRequest('InvalidFilterKey', `The filter key ${key} is not valid.`);
  }
}

/** The tags of a node by their keys. */
export function tagsOf({ nameTag, tags }: LocalNode): Readonly<Record<string, string>> {
  return { ...(nameTag === undefined ? {} : { Name: nameTag }), ...tags };
}

function describe(node: LocalNode): JsonObject {
  return {
    InstanceId: node.id,
    PingStatus: node.pingStatus ?? 'Online',
    LastPingDateTime: REGISTERED_AT,
    AgentVersion: node.agentVersion ?? '3.3.987.0',
    IsLatestVersion: true,
    PlatformType: node.platformType ?? 'Linux',
    PlatformName: node.platformName ?? 'Debian GNU/Linux',
    PlatformVersion: node.platformVersion ?? '12',
    ResourceType: node.id.startsWith('mi-') ? 'ManagedInstance' : 'EC2Instance',
    RegistrationDate: REGISTERED_AT,
    ...(node.name === undefined ? {} : { Name: node.name }),
    IPAddress: node.ipAddress ?? '10.0.0.1',
    ComputerName: node.computerName ?? `${node.id}.internal`,
    SourceId: node.id,
    SourceType: 'AWS::EC2::Instance',
  };
}
