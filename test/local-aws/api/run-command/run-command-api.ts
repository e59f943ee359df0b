import { randomUUID } from 'node:crypto';
import { isJsonObject, stringMember, type JsonObject } from '../../../../src/lib/json.ts';
import { isConnected, type LocalNode } from '../nodes-api.ts';
import { pageOf, type PageLimits } from '../answers/page.ts';
import { RefusedRequest } from '../answers/refused-request.ts';
import { separateOutput } from './command-output.ts';
import {
  codeOf,
  describeCommand,
  describeInvocation,
  describePlugin,
  NO_OUTPUT,
} from './describe-command.ts';
import { startCommand, type Invocation, type LocalCommand, type Place } from './local-command.ts';
import { readRateControl } from './rate-control.ts';
import { invalid, selectNodes } from './select-nodes.ts';
import { runScript, type Script, type ScriptEnvironment } from './script.ts';

/** How the double of Run Command differs from the usual. */
export interface RunCommandOptions {
  /** How scripts are run; `AWS_SSM_INSTANCE_ID` and `SSM_COMMAND_ID` are added. */
  readonly environment: () => ScriptEnvironment;
  /** Runs the script of a Windows node; without it, `sh` reads it. */
  readonly powershell?: (lines: readonly string[], node: LocalNode) => Script;
  /** Nodes whose agent is online for the service, but gets no command. */
  readonly undeliverable?: readonly string[];
  /** Nodes that the service does not find among `Targets`: it lists nothing about them. */
  readonly unknown?: readonly string[];
  /** Takes what the agent stores in S3. */
  readonly store?: (bucket: string, key: string, content: Buffer) => Promise<void>;
}

/** Run Command of Systems Manager, and the commands that were sent to it. */
export interface RunCommandApi {
  readonly commands: readonly LocalCommand[];
  /** The answer of an operation; undefined for one of another API. Throws {@link RefusedRequest}. */
  answer(operation: string, request: JsonObject): JsonObject | undefined;
  close(): Promise<void>;
}

/** Limits of the service's model (botocore, service-2.json of ssm). */
const PAGE: PageLimits = { least: 1, most: 50, byDefault: 50 };
const MAX_COMMENT = 100;
const TIMEOUT_SECONDS = { least: 30, most: 2_592_000 };
/** The default of the documents, in seconds. */
const EXECUTION_TIMEOUT = 3600;
const DOCUMENTS: Readonly<
  Record<string, { readonly plugin: string; readonly isWindows: boolean }>
> = {
  'AWS-RunShellScript': { plugin: 'awsrunShellScript', isWindows: false },
  'AWS-RunPowerShellScript': { plugin: 'awsrunPowerShellScript', isWindows: true },
};

export function createRunCommandApi(
  nodes: readonly LocalNode[],
  options: RunCommandOptions,
): RunCommandApi {
  const commands: LocalCommand[] = [];

  const find = (request: JsonObject): LocalCommand => {
    const id = stringMember(request, 'CommandId');
    const command = commands.find(({ plan }) => plan.commandId === id);
    if (command === undefined) throw new RefusedRequest('InvalidCommandId', `no command ${id}`);
    return command;
  };

  const send = (request: JsonObject): JsonObject => {
    const documentName = stringMember(request, 'DocumentName');
    const document = DOCUMENTS[documentName];
    if (document === undefined) {
      throw new RefusedRequest(
        'InvalidDocument',
        `Document with name ${documentName} does not exist.`,
      );
    }
    const chosen = selectNodes(nodes, request, document.isWindows).filter(
      ({ id }) => options.unknown?.includes(id) !== true,
    );
    const rate = readRateControl(request['MaxConcurrency'], request['MaxErrors'], chosen.length);
    if (rate === undefined) throw invalid('MaxConcurrency or MaxErrors');
    const comment = stringMember(request, 'Comment');
    if (comment.length > MAX_COMMENT) throw invalid('comment');
    const timeout = request['TimeoutSeconds'] ?? EXECUTION_TIMEOUT;
    const { least, most } = TIMEOUT_SECONDS;
    if (typeof timeout !== 'number' || timeout < least || timeout > most) throw invalid('timeout');
    const parameters = parametersOf(request['Parameters']);
    const commandId = randomUUID();
    const place = placeOf(request);
    const command = startCommand({
      ...{ commandId, documentName, comment, parameters, rate, place },
      plugin: document.plugin,
      nodes: chosen,
      executionTimeout: Number(parameters['executionTimeout']?.[0] ?? EXECUTION_TIMEOUT),
      isReachable: (node) => isConnected(node) && options.undeliverable?.includes(node.id) !== true,
      start(node) {
        const lines = parameters['commands'] ?? [];
        if (document.isWindows && options.powershell !== undefined) {
          return options.powershell(lines, node);
        }
        const { environment, ...rest } = options.environment();
        const ids = { AWS_SSM_INSTANCE_ID: node.id, SSM_COMMAND_ID: commandId };
        return runScript(lines, { ...rest, environment: { ...environment, ...ids } });
      },
      async store(node, output) {
        if (place === undefined) return;
        const outputs = { stdout: output.stdout, stderr: output.stderr };
        for (const [name, content] of Object.entries(outputs)) {
          // The agent stores no empty file (agent, `fileS3.go`).
          if (content.length === 0) continue;
          const key = keyOf(place.prefix, commandId, node.id, document.plugin, name);
          await options.store?.(place.bucket, key, content);
        }
      },
    });
    commands.push(command);
    return { Command: describeCommand(command) };
  };

  const urls = (command: LocalCommand, { node }: Invocation): JsonObject => {
    const { commandId, place, plugin } = command.plan;
    if (place === undefined) return { StandardOutputUrl: '', StandardErrorUrl: '' };
    const url = (name: string): string =>
      `https://s3.us-east-1.amazonaws.com/${place.bucket}/${keyOf(place.prefix, commandId, node.id, plugin, name)}`;
    return { StandardOutputUrl: url('stdout'), StandardErrorUrl: url('stderr') };
  };

  const list = (request: JsonObject): JsonObject => {
    const command = find(request);
    const { items, nextToken } = pageOf(command.invocations, request, PAGE);
    const described = items.map((invocation) => ({
      ...describeInvocation(command, invocation),
      ...urls(command, invocation),
      CommandPlugins: request['Details'] === true ? [describePlugin(command, invocation)] : [],
    }));
    return {
      CommandInvocations: described,
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    };
  };

  const get = (request: JsonObject): JsonObject => {
    const command = find(request);
    const id = stringMember(request, 'InstanceId');
    const invocation = command.invocations.find(({ node }) => node.id === id);
    if (invocation === undefined) throw new RefusedRequest('InvocationDoesNotExist', id);
    const { output } = invocation;
    return {
      ...describeInvocation(command, invocation),
      ...urls(command, invocation),
      ResponseCode: codeOf(invocation),
      ...separateOutput(output ?? NO_OUTPUT),
    };
  };

  return {
    commands,
    answer(operation, request) {
      switch (operation) {
        case 'SendCommand':
          return send(request);
        case 'ListCommandInvocations':
          return list(request);
        case 'GetCommandInvocation':
          return get(request);
        case 'ListCommands':
          return { Commands: [describeCommand(find(request))] };
        case 'CancelCommand': {
          const ids = request['InstanceIds'];
          find(request).cancel(Array.isArray(ids) ? ids.map(String) : undefined);
          return {};
        }
        default:
          return undefined;
      }
    },
    async close() {
      await Promise.all(commands.map((command) => command.close()));
    },
  };
}

function placeOf(request: JsonObject): Place | undefined {
  const bucket = stringMember(request, 'OutputS3BucketName');
  return bucket === '' ? undefined : { bucket, prefix: stringMember(request, 'OutputS3KeyPrefix') };
}

/** Where the agent stores an output (agent, `runcommand/utils.go`, `docparser.go`). */
function keyOf(...[prefix, command, node, plugin, name]: readonly string[]): string {
  return [prefix, command, node, plugin, `0.${plugin}`, name]
    .filter((part) => part !== '')
    .join('/');
}

function parametersOf(value: unknown): Readonly<Record<string, readonly string[]>> {
  if (!isJsonObject(value)) throw invalid('Parameters');
  return Object.fromEntries(
    Object.entries(value).map(([name, list]) => {
      if (!Array.isArray(list)) throw invalid(`parameter ${name}`);
      return [name, list.map(String)];
    }),
  );
}
