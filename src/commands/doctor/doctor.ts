import type { Command } from 'commander';
import { isAwsError } from '../../aws/sdk/aws-error.ts';
import { errorText } from '../../lib/errors/error-text.ts';
import { printable } from '../../lib/printable.ts';
import {
  isCommandError,
  type CommandContext,
  type TextPart,
} from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { checkCredentials, checkIdentity } from './check-credentials.ts';
import { checkClock, checkEndpoint, ENDPOINT_SERVICES } from './check-endpoints.ts';
import { checkPermissions } from './check-permissions.ts';
import { checkPreferences } from './check-preferences.ts';
import { checkAwsCli, checkProgram } from './check-program.ts';
import { checkConnection, checkNode } from './check-target.ts';
import { failure, ok, type Finding } from './finding.ts';
import { nextStep } from './next-step.ts';
import { checkNamedProfile } from '../../cli/framework/named-profile.ts';
import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import { printJson } from '../../cli/output/print-list.ts';
import { findNamedRegion } from '../../cli/framework/region.ts';
import { resolveTarget } from '../../cli/target/resolve-target.ts';
import { wrapText } from '../../cli/output/wrap-text.ts';

const COLORS = { ok: 'green', warning: 'yellow', failure: 'red' } as const;
const VERDICT_COLUMNS = 'warning'.length;
const CHECK_COLUMNS = 'endpoint ssmmessages'.length;
/** Where the text begins: two spaces follow each of the columns before it. */
const INDENT_COLUMNS = VERDICT_COLUMNS + CHECK_COLUMNS + 4;
/** In a narrower column a text is easier to read where the terminal breaks it. */
const LEAST_COLUMNS = 30;
const STEP_MARK = '→ ';

/** `doctor [TARGET]`: what is in the way of sessions, and what to do about it. */
export function configureDoctor(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Checks what sessions need: AWS CLI, region, credentials, endpoints, clock and permissions, and with a target also its agent. ' +
        'To check the permissions, it starts a session and ends it at once.',
    )
    .argument('[target]', 'machine to include in the checks: an id or a name')
    .action((text: string | undefined) => runDoctor(context, text));
  return {
    examples: examples('doctor', 'doctor i-0123456789abcdef0', 'doctor --json --profile work'),
  };
}

/** Runs the checks at the same time, each with its own limits, and prints them in their order. */
async function runDoctor(context: CommandContext, text: string | undefined): Promise<void> {
  const findings: Finding[] = [];
  for await (const found of check(context, text)) {
    for (const finding of found) {
      findings.push(finding);
      if (!context.options.json) await context.output.print(format(finding, context));
    }
  }
  const failed = findings.some(({ verdict }) => verdict === 'failure');
  if (context.options.json) await printJson(context, { ok: !failed, findings });
  if (failed) context.exitWith(EXIT_OWN_FAILURE);
}

async function* check(
  context: CommandContext,
  text: string | undefined,
): AsyncGenerator<readonly Finding[]> {
  const awsCli = checkAwsCli(context);
  yield [checkProgram(context), await awsCli];
  const place = await checkPlace(context);
  yield [place];
  // Without a region there is no endpoint to ask.
  if (place.verdict === 'failure') return;
  const [options, calls] = await Promise.all([context.aws.options(), context.aws.calls()]);
  const credentials = checkCredentials(calls, options);
  const identity = checkIdentity(calls);
  const preferences = checkPreferences(calls);
  const usesKms = preferences.then((found) => found.usesKms);
  const endpoints = Promise.all(
    ENDPOINT_SERVICES.map((service) => checkEndpoint(service, calls, options, usesKms)),
  );
  const target = await findTarget(context, text);
  const permissions = target.kind === 'unknown' ? undefined : checkPermissions(calls, target.id);
  const ofTarget =
    target.kind === 'found'
      ? ([checkNode(calls, target.id), checkConnection(calls, target.id)] as const)
      : undefined;
  yield [await credentials];
  yield [await identity];
  const reached = await endpoints;
  yield reached.map(({ finding }) => finding);
  yield [checkClock(reached)];
  if (permissions !== undefined) yield [await permissions];
  yield [(await preferences).finding];
  if (target.kind === 'unknown') yield [target.finding];
  if (ofTarget !== undefined) yield [...(await ofTarget[0]), await ofTarget[1]];
}

/** Checks that the input names a profile and a region. */
async function checkPlace({ options, env, aws }: CommandContext): Promise<Finding> {
  const { sharedConfig } = aws;
  let check = 'profile';
  try {
    await checkNamedProfile(options, env, sharedConfig);
    check = 'region';
    const { name, source } = await findNamedRegion(options, env, sharedConfig);
    return ok(check, `${name}, from ${source}`);
  } catch (error) {
    if (!isCommandError(error)) throw error;
    return failure(check, error.message);
  }
}

/** What came of the target that was named. */
type Target =
  | { readonly kind: 'none'; readonly id: undefined }
  | { readonly kind: 'found'; readonly id: string }
  | { readonly kind: 'unknown'; readonly finding: Finding };

async function findTarget(context: CommandContext, text: string | undefined): Promise<Target> {
  if (text === undefined) return { kind: 'none', id: undefined };
  try {
    return { kind: 'found', id: await resolveTarget(context, text) };
  } catch (error) {
    if (!isCommandError(error) && !isAwsError(error)) throw error;
    return { kind: 'unknown', finding: failure('target', errorText(error), nextStep(error)) };
  }
}

function format(
  { check: name, verdict, text, next }: Finding,
  context: CommandContext,
): readonly TextPart[] {
  const indent = ' '.repeat(INDENT_COLUMNS);
  const lines = [...fitted(printable(text), context)];
  if (next !== undefined) {
    const [first = '', ...rest] = fitted(printable(next), context, STEP_MARK.length);
    lines.push(STEP_MARK + first, ...rest.map((line) => ' '.repeat(STEP_MARK.length) + line));
  }
  return [
    { color: COLORS[verdict], text: verdict.padEnd(VERDICT_COLUMNS) },
    `  ${name.padEnd(CHECK_COLUMNS)}  ${lines.join(`\n${indent}`)}\n`,
  ];
}

/** As lines that fit after the indentation; as one line when stdout is no terminal, or too narrow. */
function fitted(text: string, { terminal }: CommandContext, furtherColumns = 0): readonly string[] {
  const width = (terminal.columns ?? 0) - INDENT_COLUMNS - furtherColumns;
  return width < LEAST_COLUMNS ? [text] : wrapText(text, width);
}
