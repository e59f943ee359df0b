// Prints each failure of printed-failures.ts below its code, as a command of the program prints it.

import { createCommandOutput } from '../../../../src/cli/framework/command-output.ts';
import { CommandError } from '../../../../src/cli/framework/command-context.ts';
import { createCommandTerminal } from '../../../../src/cli/framework/command-terminal.ts';
import { processOutputs } from '../../../../src/cli/process/process-outputs.ts';
import { noStatusLine } from '../../../../src/cli/progress/status-line.ts';
import { asInput } from '../../../../src/lib/errors/failure.ts';
import { UNPLAYED } from './printed-failures.ts';

const streams = processOutputs();
const { line } = createCommandTerminal(streams, process);
const output = createCommandOutput({
  ...streams,
  ...{ line, status: noStatusLine, isJson: false, options: () => undefined },
  interrupted: new AbortController().signal,
});
for (const { failures } of UNPLAYED) {
  for (const failure of failures) {
    output.messages.write(`${failure.code}\n`);
    output.reportError(new CommandError(asInput(failure)));
  }
}
