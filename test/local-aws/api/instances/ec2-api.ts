import type { InstanceState } from '../../../../src/aws/aws.ts';
import { readBody } from '../answers/json-request.ts';
import { nodesIn, tagsOf, type LocalNode } from '../nodes-api.ts';
import { pageOf } from '../answers/page.ts';
import { RefusedRequest, type ApiFailure } from '../answers/refused-request.ts';
import { listenerOf, type Route } from '../answers/route.ts';
import { element, text } from '../answers/xml.ts';

/** What the API works on. */
export interface Ec2Backend {
  readonly nodes: readonly LocalNode[];
  /** Changes the node with this id. */
  readonly change: (id: string, changes: Partial<LocalNode>) => void;
  /** Receives each call. */
  readonly onCall: (operation: string) => void;
  /** What an operation is refused with; undefined when it is not. */
  readonly refusal: (operation: string, instances: readonly LocalNode[]) => ApiFailure | undefined;
}

/** Results in one answer of DescribeInstances (EC2 API). */
const LIMITS = { least: 5, most: 1000, byDefault: 1000 };
const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const REQUEST_ID = '00000000-0000-0000-0000-000000000000';
/** Of every instance. */
const VPC = 'vpc-0a1b2c3d4e5f60718';
const IMAGE = 'ami-0a1b2c3d4e5f60718';
const LAUNCH_TIME = '2026-01-02T03:04:05.000Z';
/** Numbers of the states (EC2 API, `InstanceState`). */
const STATE_CODES: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

/** EC2, which answers in XML. */
export function ec2Route(backend: Ec2Backend): Route {
  return {
    isFor: ({ headers }) => /Credential=[^,]*\/ec2\/aws4_request/.test(headers.authorization ?? ''),
    listener: listenerOf(async (request, response) => {
      const form = new URLSearchParams(await readBody(request));
      const nodes = nodesIn(backend.nodes, request.headers.authorization);
      const operation = form.get('Action') ?? '';
      backend.onCall(operation);
      const ids = [...valuesOf(form, 'InstanceId'), form.get('InstanceId')];
      const named = nodes.filter(({ id }) => ids.includes(id));
      const refused = backend.refusal(operation, named);
      response.setHeader('content-type', 'text/xml;charset=UTF-8');
      if (refused !== undefined) {
        response.writeHead(refused.status).end(errorOf(refused));
        return;
      }
      try {
        response.end(answerTo(operation, form, { ...backend, nodes }));
      } catch (error) {
        if (!(error instanceof RefusedRequest)) throw error;
        response.writeHead(error.failure.status).end(errorOf(error.failure));
      }
    }),
  };
}

function answerTo(operation: string, form: URLSearchParams, backend: Ec2Backend): string {
  switch (operation) {
    case 'DescribeInstances':
      return describeInstances(backend.nodes, form);
    case 'DescribeSubnets':
      return describeSubnets(valuesOf(form, 'Filter\\.1\\.Value'));
    case 'StartInstances':
      return startInstances(backend, valuesOf(form, 'InstanceId'));
    case 'GetPasswordData':
      return getPasswordData(backend.nodes, form.get('InstanceId') ?? '');
    default:
      throw new RefusedRequest('InvalidAction', `The action ${operation} is not valid.`);
  }
}

/** `Name.1`, `Name.2`, … of the query protocol. */
function valuesOf(form: URLSearchParams, name: string): readonly string[] {
  const pattern = new RegExp(`^${name}\\.\\d+$`);
  return [...form].filter(([key]) => pattern.test(key)).map(([, value]) => value);
}

function describeInstances(nodes: readonly LocalNode[], form: URLSearchParams): string {
  const instances = nodes.filter((node) => node.id.startsWith('i-') && passesFilters(node, form));
  const { items, nextToken } = pageOf(
    instances,
    {
      MaxResults: Number(form.get('MaxResults') ?? LIMITS.byDefault),
      NextToken: form.get('NextToken'),
    },
    LIMITS,
  );
  return responseOf('DescribeInstances', [
    element('reservationSet', ...items.map(reservation)),
    ...(nextToken === undefined ? [] : [text('nextToken', nextToken)]),
  ]);
}

function passesFilters(node: LocalNode, form: URLSearchParams): boolean {
  for (let nth = 1; form.has(`Filter.${nth}.Name`); nth++) {
    const name = form.get(`Filter.${nth}.Name`) ?? '';
    const values = valuesOf(form, `Filter\\.${nth}\\.Value`);
    const filtered = { 'instance-state-name': stateOf(node), 'instance-id': node.id }[name];
    if (filtered === undefined) {
      throw new RefusedRequest('InvalidParameterValue', `The filter '${name}' is invalid`);
    }
    if (!values.includes(filtered)) return false;
  }
  return true;
}

/** Those with these ids. A subnet has the number of its VPC here (`subnetOf` in local-database.ts). */
function describeSubnets(ids: readonly string[]): string {
  const subnets = ids.map((id) =>
    item(text('subnetId', id), text('vpcId', id.replace('subnet-', 'vpc-'))),
  );
  return responseOf('DescribeSubnets', [element('subnetSet', ...subnets)]);
}

/**
 * Starts instances that are stopped; others that are not on their way to an end stay as they are (EC2 API,
 * "StartInstances"; error codes, `IncorrectInstanceState`).
 */
function startInstances({ nodes, change }: Ec2Backend, ids: readonly string[]): string {
  const changes = ids.map((id) => {
    const node = nodes.find((one) => one.id === id);
    if (node === undefined) throw unknownInstance(id);
    const before = stateOf(node);
    if (before !== 'stopped' && before !== 'pending' && before !== 'running') {
      const message = `The instance '${id}' is not in a state from which it can be started.`;
      throw new RefusedRequest('IncorrectInstanceState', message);
    }
    const current = before === 'stopped' ? 'pending' : before;
    change(id, { instanceState: current });
    return item(
      text('instanceId', id),
      element('currentState', ...stateParts(current)),
      element('previousState', ...stateParts(before)),
    );
  });
  return responseOf('StartInstances', [element('instancesSet', ...changes)]);
}

/** EC2 puts line breaks around the password, and returns an empty one until there is one (EC2 API, "GetPasswordData": its example). */
function getPasswordData(nodes: readonly LocalNode[], id: string): string {
  const node = nodes.find((one) => one.id === id);
  if (node === undefined) throw unknownInstance(id);
  const { passwordData } = node;
  return responseOf('GetPasswordData', [
    text('instanceId', id),
    text('timestamp', '2026-01-01T00:00:00.000Z'),
    text('passwordData', passwordData === undefined ? '' : `\r\n${passwordData}\r\n`),
  ]);
}

function unknownInstance(id: string): RefusedRequest {
  return new RefusedRequest('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
}

function stateOf({ instanceState = 'running' }: LocalNode): InstanceState {
  return instanceState;
}

function stateParts(state: InstanceState): readonly string[] {
  return [text('code', String(STATE_CODES[state])), text('name', state)];
}

function responseOf(operation: string, contents: readonly string[]): string {
  const name = `${operation}Response`;
  return `<${name} xmlns="${NAMESPACE}">${[text('requestId', REQUEST_ID), ...contents].join('')}</${name}>`;
}

/** Each instance has a reservation of its own, as those started one by one have. */
function reservation(node: LocalNode): string {
  const { id, ipAddress = '10.0.0.1', secondAddress, publicAddress, stateReason } = node;
  const addresses = secondAddress === undefined ? [ipAddress] : [ipAddress, secondAddress];
  const interfaceAddresses = addresses.map((address) => item(text('privateIpAddress', address)));
  const tags = Object.entries(tagsOf(node)).map(([key, value]) =>
    item(text('key', key), text('value', value)),
  );
  const instance = item(
    text('instanceId', id),
    element('instanceState', ...stateParts(stateOf(node))),
    ...(stateReason === undefined
      ? []
      : [element('stateReason', text('code', 'Client'), text('message', stateReason))]),
    text('privateDnsName', privateDnsName(ipAddress)),
    text('privateIpAddress', ipAddress),
    ...(publicAddress === undefined ? [] : [text('ipAddress', publicAddress)]),
    text('vpcId', node.vpc ?? VPC),
    text('imageId', IMAGE),
    text('launchTime', LAUNCH_TIME),
    element('placement', text('availabilityZone', node.zone ?? `${node.region ?? 'us-east-1'}a`)),
    element('networkInterfaceSet', item(element('privateIpAddressesSet', ...interfaceAddresses))),
    element('tagSet', ...tags),
  );
  return item(text('reservationId', `r-${id.slice(2)}`), element('instancesSet', instance));
}

/** The name EC2 gives to an address (EC2 user guide, "IP name"). */
function privateDnsName(address: string): string {
  return `ip-${address.replaceAll('.', '-')}.ec2.internal`;
}

function item(...contents: readonly string[]): string {
  return element('item', ...contents);
}

function errorOf({ type, message }: ApiFailure): string {
  const error = element('Error', text('Code', type), text('Message', message));
  return element('Response', element('Errors', error), text('RequestID', REQUEST_ID));
}
