import type { SdkCalls } from '../../sdk-calls.ts';
import { callJson } from '../direct/service-request.ts';

/** EC2 Instance Connect (botocore, service-2.json of ec2-instance-connect). */
const INSTANCE_CONNECT = {
  service: 'ec2_instance_connect',
  target: 'AWSEC2InstanceConnectService',
} as const;

/** Lets a key log in to an instance for 60 seconds. */
export async function sendSshPublicKey(
  calls: SdkCalls,
  id: string,
  user: string,
  publicKey: string,
): Promise<void> {
  const what = {
    action: 'ec2-instance-connect:SendSSHPublicKey',
    object: `instance ${id}`,
    purpose: `push a key for the user ${user} to ${id}`,
  };
  const input = { InstanceId: id, InstanceOSUser: user, SSHPublicKey: publicKey };
  await callJson(calls, INSTANCE_CONNECT, what, { operation: 'SendSSHPublicKey', input });
}
