import { SSMClient, TerminateSessionCommand } from '@aws-sdk/client-ssm';
import { isJsonObject, type JsonObject } from '../../../lib/json.ts';
import type { Call } from '../describe-failure.ts';
import type { ClientConfig, SdkCalls } from '../sdk-calls.ts';
import { regionalUrl } from './regional-endpoints.ts';

/** The service in requests of AWS JSON 1.1 (botocore, service-2.json of ecs). */
const ECS = {
  defaultNamespace: 'com.amazonaws.ecs',
  serviceTarget: 'AmazonEC2ContainerServiceV20141113',
  version: '2014-11-13',
  xmlNamespace: '',
};
const SIGNING_NAME = 'ecs';
/** What the AWS SDK knows of an operation is in this member of its context (@smithy/types, `SMITHY_CONTEXT_KEY`). */
const SDK_CONTEXT = '__smithy_context';
/** In schemas of the AWS SDK: an operation, and JSON of any form (@smithy/types, `schema`). */
const OPERATION = 9;
const DOCUMENT = 15;

/**
 * Calls the Elastic Container Service. The client of Systems Manager speaks the same protocol, so it sends the request
 * to the other service: the SDK's client for ECS would be a twentieth of the program.
 *
 * @param operation - such as `ListTasks`
 * @returns the answer, unchecked
 */
export function callEcs(
  calls: SdkCalls,
  what: Call,
  operation: string,
  input: JsonObject,
  onSend?: () => void,
): Promise<JsonObject> {
  return calls.call('ecs', what, async (config) => {
    const command = new TerminateSessionCommand({ SessionId: undefined, ...input });
    command.middlewareStack.add(
      (next, context) => (args) => {
        const sdkContext: unknown = context[SDK_CONTEXT];
        if (isJsonObject(sdkContext)) {
          Reflect.set(sdkContext, 'operationSchema', operationSchema(operation));
        }
        return next(args);
      },
      { step: 'initialize' },
    );
    onSend?.();
    const answer: unknown = await new SSMClient(ecsConfig(config)).send(command);
    return isJsonObject(answer) ? answer : {};
  });
}

function ecsConfig(config: ClientConfig): ClientConfig & { readonly signingName: string } {
  const { region, useFipsEndpoint: useFips, useDualstackEndpoint: useDualStack } = config;
  const own = {
    ...config,
    endpoint:
      config.endpoint ?? regionalUrl(region, 'ecs', { url: undefined, useFips, useDualStack }),
    protocolSettings: { ...ECS, errorTypeRegistries: [] },
    signingName: SIGNING_NAME,
  };
  return own;
}

function operationSchema(operation: string): readonly unknown[] {
  return [OPERATION, ECS.defaultNamespace, operation, 0, () => DOCUMENT, () => DOCUMENT];
}
