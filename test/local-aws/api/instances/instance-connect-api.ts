import { stringMember, type JsonObject } from '../../../../src/lib/json.ts';
import type { Request } from '../../iam/iam.ts';
import { admitCall, type CallGate } from '../answers/admit-call.ts';
import { jsonRoute } from '../answers/json-service.ts';
import { RefusedRequest } from '../answers/refused-request.ts';
import type { Route } from '../answers/route.ts';
import { LOCAL_IDENTITY } from '../credentials/sts-api.ts';
import { nodesIn, type LocalNode } from '../nodes-api.ts';

/** A key that was pushed to an instance. */
export interface PushedKey {
  readonly instanceId: string;
  readonly user: string;
  /** In the format of an authorized_keys file, as it was sent. */
  readonly publicKey: string;
  /** In milliseconds since the epoch, of the service's clock. */
  readonly expiresAt: number;
}

/** EC2 Instance Connect on this machine. */
export interface InstanceConnectApi {
  /** Answers SendSSHPublicKey. */
  readonly route: Route;
  /** Keys that were accepted so far, in their order, expired ones included. */
  readonly pushedKeys: readonly PushedKey[];
  /** The keys of a user that an instance accepts now. */
  activeKeys(instanceId: string, user: string): readonly string[];
}

/** What the API works on. */
export interface InstanceConnectBackend extends CallGate {
  readonly region: string;
  readonly nodes: readonly LocalNode[];
  /** The time of the service. */
  readonly now: () => Date;
}

/** How long a pushed key is valid (EC2 Instance Connect API, "SendSSHPublicKey": 60 seconds). */
export const KEY_VALID_MS = 60_000;

// From botocore's ec2-instance-connect/2018-04-02/service-2.json: `targetPrefix`, `jsonVersion`, and the patterns and
// lengths of `InstanceId`, `InstanceOSUser` and `SSHPublicKey`.
const PREFIX = 'AWSEC2InstanceConnectService.';
const REQUEST_ID = '00000000-0000-0000-0000-000000000000';
const INSTANCE_ID = /^i-[a-f0-9]{8,30}$/;
const USER =
  /^[A-Za-z_][A-Za-z0-9@._-]{0,30}[A-Za-z0-9$_-]?$|^(?=.{2,32}$)[0-9]{1,32}[A-Za-z@._-][A-Za-z0-9@._-]*[A-Za-z0-9$_-]?$/;
const MIN_KEY_LENGTH = 80;
const MAX_KEY_LENGTH = 4096;
/** Supported types of keys (EC2 user guide, "Connect to a Linux instance using EC2 Instance Connect"). */
const PUBLIC_KEY = /^(?:ssh-ed25519|ssh-rsa) [A-Za-z0-9+/]+=*(?: [^\n]*)?\n?$/;

/** Creates the API without any key. */
export function createInstanceConnectApi(backend: InstanceConnectBackend): InstanceConnectApi {
  const pushedKeys: PushedKey[] = [];
  const isActive = ({ expiresAt }: PushedKey): boolean => backend.now().getTime() < expiresAt;
  return {
    pushedKeys,
    activeKeys: (instanceId, user) =>
      pushedKeys
        .filter((key) => key.instanceId === instanceId && key.user === user && isActive(key))
        .map(({ publicKey }) => publicKey.trimEnd()),
    route: jsonRoute({
      ...{ prefix: PREFIX, messageMember: 'Message' },
      answer(operation, body, { headers }) {
        admitCall(backend, operation, [accessOf(operation, body, backend.region)]);
        const key = readKey(operation, body, nodesIn(backend.nodes, headers.authorization));
        pushedKeys.push({ ...key, expiresAt: backend.now().getTime() + KEY_VALID_MS });
        return { RequestId: REQUEST_ID, Success: true };
      },
    }),
  };
}

/** Throws {@link RefusedRequest} for what the service does not take. */
function readKey(
  operation: string,
  body: JsonObject,
  nodes: readonly LocalNode[],
): Omit<PushedKey, 'expiresAt'> {
  if (operation !== 'SendSSHPublicKey') {
    throw new RefusedRequest('UnknownOperationException', `no operation ${operation}`);
  }
  const instanceId = stringMember(body, 'InstanceId');
  const user = stringMember(body, 'InstanceOSUser');
  const publicKey = stringMember(body, 'SSHPublicKey');
  const { length } = publicKey;
  if (!INSTANCE_ID.test(instanceId) || !USER.test(user)) {
    throw new RefusedRequest('InvalidArgsException', 'Invalid instance ID or user name');
  }
  if (length < MIN_KEY_LENGTH || length > MAX_KEY_LENGTH || !PUBLIC_KEY.test(publicKey)) {
    throw new RefusedRequest('InvalidArgsException', 'Invalid SSH public key');
  }
  const node = nodes.find(({ id }) => id === instanceId);
  if (node === undefined) {
    throw new RefusedRequest('EC2InstanceNotFoundException', 'Instance not found');
  }
  if ((node.instanceState ?? 'running') !== 'running') {
    throw new RefusedRequest('EC2InstanceStateInvalidException', 'Instance is not running');
  }
  return { instanceId, user, publicKey };
}

/** What a call needs to be allowed (Service Authorization Reference, "Amazon EC2 Instance Connect"). */
function accessOf(operation: string, body: JsonObject, region: string): Request {
  return {
    action: `ec2-instance-connect:${operation}`,
    resource: `arn:aws:ec2:${region}:${LOCAL_IDENTITY.account}:instance/${stringMember(body, 'InstanceId')}`,
    context: { 'ec2:osuser': stringMember(body, 'InstanceOSUser') },
  };
}
