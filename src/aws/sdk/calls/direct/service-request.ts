import { SSMClient, TerminateSessionCommand } from '@aws-sdk/client-ssm';
import { HttpRequest } from '@smithy/protocol-http';
import { isJsonObject, type JsonObject } from '../../../../lib/json.ts';
import type { Call } from '../../describe-failure.ts';
import type { ClientConfig, SdkCalls } from '../../sdk-calls.ts';
import { signingName, serviceUrl, type DirectService } from './regional-endpoints.ts';

/** A service that speaks AWS JSON 1.1 (botocore, `metadata` of its service-2.json). */
export interface JsonApi {
  readonly service: DirectService;
  /** What `X-Amz-Target` has before the operation. */
  readonly target: string;
}

/** A form of requests and answers other than AWS JSON. */
export interface OtherProtocol {
  /** Gives the request that form. */
  rewrite(request: HttpRequest): void;
  /**
   * The answer as AWS JSON has it; undefined when it is that already.
   *
   * @param body - a stream of bytes
   */
  readonly read?: (body: unknown) => Promise<Uint8Array>;
}

/** An HTTP response of the AWS SDK, as the network has given it. */
interface RawResponse {
  body: unknown;
}

/** What the AWS SDK knows of an operation is in this member of its context (@smithy/types, `SMITHY_CONTEXT_KEY`). */
const SDK_CONTEXT = '__smithy_context';
/** In schemas of the AWS SDK: an operation, and JSON of any form (@smithy/types, `schema`). */
const OPERATION = 9;
const DOCUMENT = 15;

/** What is asked of a service. */
interface JsonRequest {
  /** Such as `ListTasks`. */
  readonly operation: string;
  /** Members of the request. */
  readonly input: JsonObject;
  /** Called when the request is about to be sent. */
  readonly onSend?: (() => void) | undefined;
}

/**
 * Calls a service without a client of its own: that of Systems Manager sends the request to the other service, in the
 * form which that one reads. The SDK's client for ECS alone would be a twentieth of the program. Credentials, time limits,
 * retries and errors are those of all calls.
 *
 * @returns the answer, unchecked
 */
export function callJson(
  calls: SdkCalls,
  { service, target }: JsonApi,
  what: Call,
  request: JsonRequest,
): Promise<JsonObject> {
  return callService(calls, service, what, { ...request, target });
}

/** As {@link callJson}, in another form. */
export function callOther(
  calls: SdkCalls,
  service: DirectService,
  what: Call,
  other: OtherProtocol,
): Promise<JsonObject> {
  return callService(calls, service, what, { target: '', operation: '', input: {}, other });
}

interface ServiceRequest extends JsonRequest {
  readonly target: string;
  readonly other?: OtherProtocol;
}

function callService(
  calls: SdkCalls,
  service: DirectService,
  what: Call,
  { target, operation, input, onSend, other }: ServiceRequest,
): Promise<JsonObject> {
  return calls.call(service, what, async (config) => {
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
    if (other !== undefined) {
      stack.add(
        (next) => (args) => {
          if (HttpRequest.isInstance(args.request)) {
            delete args.request.headers['x-amz-target'];
            other.rewrite(args.request);
          }
          return next(args);
        },
        // After the request is written as JSON.
        { step: 'serialize', priority: 'low' },
      );
      stack.add(
        (next) => async (args) => {
          const answer = await next(args);
          if (other.read !== undefined && isRawResponse(answer.response)) {
            answer.response.body = await other.read(answer.response.body);
          }
          return answer;
        },
        // Before the answer is read as JSON.
        { step: 'deserialize', priority: 'low' },
      );
    }
    onSend?.();
    const answer: unknown = await new SSMClient(configFor(service, target, config)).send(command);
    return isJsonObject(answer) ? answer : {};
  });
}

function configFor(
  service: DirectService,
  target: string,
  config: ClientConfig,
): ClientConfig & { readonly signingName: string } {
  const { region, useFipsEndpoint: useFips, useDualstackEndpoint: useDualStack } = config;
  const own = {
    ...config,
    endpoint:
      config.endpoint ?? serviceUrl(region, service, { url: undefined, useFips, useDualStack }),
    // The rules of Systems Manager accept them with no endpoint of the caller.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    protocolSettings: {
      defaultNamespace: 'aws',
      serviceTarget: target,
      version: '',
      xmlNamespace: '',
      errorTypeRegistries: [],
    },
    signingName: signingName(service),
  };
  return own;
}

function operationSchema(operation: string): readonly unknown[] {
  return [OPERATION, 'aws', operation, 0, () => DOCUMENT, () => DOCUMENT];
}

function isRawResponse(response: unknown): response is RawResponse {
  return isJsonObject(response) && 'body' in response;
}
