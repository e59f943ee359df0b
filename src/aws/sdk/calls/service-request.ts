import { SSMClient, TerminateSessionCommand } from '@aws-sdk/client-ssm';
import { HttpRequest } from '@smithy/protocol-http';
import { isJsonObject, stringMember, type JsonObject } from '../../../lib/json.ts';
import type { Call } from '../describe-failure.ts';
import type { ClientConfig, SdkCalls } from '../sdk-calls.ts';
import { signingName, serviceUrl, type DirectService } from './regional-endpoints.ts';
import { jsonOfXml } from './xml-answer.ts';

/** How a service is called (botocore, `metadata` of its service-2.json). */
export type ServiceApi =
  /** AWS JSON 1.1. `target`: what `X-Amz-Target` has before the operation. */
  | { readonly service: DirectService; readonly protocol: 'json'; readonly target: string }
  /** A form that is answered in XML, as EC2 and RDS have it. `version`: of the API. */
  | { readonly service: DirectService; readonly protocol: 'query'; readonly version: string }
  /** JSON at a path. */
  | { readonly service: DirectService; readonly protocol: 'rest' };

/** An HTTP response of the AWS SDK, as the network has given it. */
interface RawResponse {
  readonly headers: Readonly<Record<string, string>>;
  readonly statusCode: number;
  body: unknown;
}

/** What the AWS SDK knows of an operation is in this member of its context (@smithy/types, `SMITHY_CONTEXT_KEY`). */
const SDK_CONTEXT = '__smithy_context';
/** In schemas of the AWS SDK: an operation, and JSON of any form (@smithy/types, `schema`). */
const OPERATION = 9;
const DOCUMENT = 15;

/**
 * Calls a service without a client of its own: that of Systems Manager sends the request to the other service, in the
 * form which that one reads. The SDK's client for ECS alone would be a twentieth of the program. Credentials, time limits,
 * retries and errors are those of all calls.
 *
 * @param operation - such as `ListTasks`; with `rest` the method and the path, such as `GET /2021-01-01/domain`
 * @param input - members of the request; with `query` the fields of the form, of which empty ones are
 *   left out
 * @returns the answer, unchecked. Of XML: the members of the result, each a text, an object or, when there are several of
 *   one name, an array
 */
export function callService(
  calls: SdkCalls,
  api: ServiceApi,
  what: Call,
  operation: string,
  input: JsonObject = {},
  onSend?: () => void,
): Promise<JsonObject> {
  return calls.call(api.service, what, async (config) => {
    const command = new TerminateSessionCommand({ SessionId: undefined, ...input });
    const { middlewareStack: stack } = command;
    stack.add(
      (next, context) => (args) => {
        const sdkContext: unknown = context[SDK_CONTEXT];
        if (isJsonObject(sdkContext)) {
          Reflect.set(sdkContext, 'operationSchema', operationSchema(operation));
        }
        return next(args);
      },
      { step: 'initialize' },
    );
    if (api.protocol !== 'json') {
      stack.add(
        (next) => (args) => {
          if (HttpRequest.isInstance(args.request)) rewrite(args.request, api, operation, input);
          return next(args);
        },
        // After the request is written as JSON.
        { step: 'serialize', priority: 'low' },
      );
    }
    if (api.protocol === 'query') {
      stack.add(
        (next) => async (args) => {
          const answer = await next(args);
          if (isRawResponse(answer.response)) {
            answer.response.body = await jsonOfXml(answer.response.body, operation);
          }
          return answer;
        },
        // Before the answer is read as JSON.
        { step: 'deserialize', priority: 'low' },
      );
    }
    onSend?.();
    const answer: unknown = await new SSMClient(configFor(api, config)).send(command);
    return isJsonObject(answer) ? answer : {};
  });
}

function configFor(
  api: ServiceApi,
  config: ClientConfig,
): ClientConfig & { readonly signingName: string } {
  const { region, useFipsEndpoint: useFips, useDualstackEndpoint: useDualStack } = config;
  const own = {
    ...config,
    endpoint:
      config.endpoint ?? serviceUrl(region, api.service, { url: undefined, useFips, useDualStack }),
    protocolSettings: {
      defaultNamespace: 'aws',
      serviceTarget: api.protocol === 'json' ? api.target : '',
      version: '',
      xmlNamespace: '',
      errorTypeRegistries: [],
    },
    signingName: signingName(api.service),
  };
  return own;
}

function operationSchema(operation: string): readonly unknown[] {
  return [OPERATION, 'aws', operation, 0, () => DOCUMENT, () => DOCUMENT];
}

/** Gives a request the form of a protocol other than AWS JSON. */
function rewrite(
  request: HttpRequest,
  api: Exclude<ServiceApi, { readonly protocol: 'json' }>,
  operation: string,
  input: JsonObject,
): void {
  delete request.headers['x-amz-target'];
  if (api.protocol === 'query') {
    const fields = Object.keys(input)
      .map((name) => [name, stringMember(input, name)])
      .filter(([, value]) => value !== '');
    request.headers['content-type'] = 'application/x-www-form-urlencoded; charset=utf-8';
    request.body = new URLSearchParams([
      ['Action', operation],
      ['Version', api.version],
      ...fields,
    ]).toString();
    return;
  }
  const [method = '', path = ''] = operation.split(' ');
  request.method = method;
  request.path = path;
  if (method === 'GET') {
    delete request.headers['content-type'];
    request.body = undefined;
  }
}

function isRawResponse(response: unknown): response is RawResponse {
  return isJsonObject(response) && 'body' in response;
}
