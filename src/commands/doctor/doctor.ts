import type { Command } from 'commander';
import { isCommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { printJson } from '../../cli/output/print-list.ts';
import { useConnection } from '../../cli/target/resolve-target.ts';
import { printable } from '../../lib/printable.ts';
import type { Finding } from './checks/finding.ts';
import { nextStep } from './next-step.ts';
import { createReport, showProgress } from './report.ts';
import { startChecks } from './checks/start-checks.ts';

/** `doctor [TARGET]`: what prevents sessions, and what to do about it. */
export function configureDoctor(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Checks what sessions need: AWS CLI, region, credentials, endpoints, clock and permissions, ' +
        'and with a target also its agent. To check the permissions, it starts a session and ends it at ' +
        'once. Without a target, it requests a session on an instance that does not exist: AWS checks ' +
        'the permissions first.',
    )
    .argument(
      '[target]',
      'machine to include in the checks: id, connection, Name tag, private address or host name',
    )
    .action((text: string | undefined) => runDoctor(context, text));
  return {
    examples: examples('doctor', 'doctor i-0123456789abcdef0', 'doctor --json --profile work'),
  };
}

/** Prints each finding as soon as it and those before it in the report are known. */
async function runDoctor(context: CommandContext, target: string | undefined): Promise<void> {
  const { options, output, terminal } = context;
  if (target !== undefined) await selectAccountOf(context, target);
  // Each check shows that it is in progress.
  context.waits.divert(() => undefined);
  const report = createReport(terminal.columns);
  const findings: Finding[] = [];
  for (const { check, findings: pending } of startChecks(context, target)) {
    const endProgress = showProgress(context, check);
    const found = await pending.finally(endProgress);
    for (const finding of found) {
      findings.push(finding);
      if (!options.json) await output.print(report.lines(finding));
    }
  }
  const isOk = !findings.some(({ verdict }) => verdict === 'failure');
  if (options.json) await printJson(context, { ok: isOk, findings });
  else {
    const { label, command } = nextStep(findings, target, options);
    await output.print(`\n${label}:\n  ${printable(command)}\n`);
  }
  if (!isOk) context.exitWith(EXIT_OWN_FAILURE);
}

/** All checks are about the account of a connection. One that cannot be used is a finding about the target. */
async function selectAccountOf(context: CommandContext, target: string): Promise<void> {
  try {
    await useConnection(context, target);
  } catch (error) {
    if (!isCommandError(error)) throw error;
  }
}
