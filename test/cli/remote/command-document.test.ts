import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DocumentParameter, SessionDocument } from '../../../src/aws/aws.ts';
import { readCommandDocument } from '../../../src/cli/remote/command-document.ts';

const YES_OR_NO = { defaultValue: 'false', allowedValues: ['true', 'false'] };

function documentOf(
  parameters: Readonly<Record<string, Partial<DocumentParameter>>>,
  properties: Readonly<Record<string, unknown>> = {},
): SessionDocument {
  const nothing = { defaultValue: undefined, allowedValues: undefined };
  return {
    sessionType: 'NonInteractiveCommands',
    parameters: new Map(
      Object.entries(parameters).map(([name, parameter]) => [name, { ...nothing, ...parameter }]),
    ),
    properties,
    inputs: {},
  };
}

describe('what a document makes of a command', () => {
  it('is recognised by its properties, whatever the names of its parameters', () => {
    const document = documentOf(
      { separate: YES_OR_NO, out: { defaultValue: 'OUT:\n' } },
      {
        linux: {
          separateOutputStream: '{{ separate }}',
          stdOutSeparatorPrefix: '{{out}}',
          stdErrSeparatorPrefix: 'ERR:',
        },
        windows: { separateOutputStream: 'True' },
      },
    );
    assert.deepEqual(readCommandDocument(document, undefined), {
      parameters: { separate: ['true'] },
      stdoutPrefix: 'OUT:\n',
      stderrPrefix: 'ERR:',
    });
    assert.deepEqual(readCommandDocument(document, 'Windows'), {
      parameters: {},
      stdoutPrefix: '',
      stderrPrefix: '',
    });
    assert.equal(readCommandDocument(document, 'MacOS')?.parameters['separate'], undefined);
  });

  it('is recognised by its parameters where it does not show their use', () => {
    const document = documentOf({
      separateOutputStream: { allowedValues: ['False', 'True'] },
      stdoutSeparatorPrefix: { defaultValue: 'STDOUT:' },
    });
    assert.deepEqual(readCommandDocument(document, 'Linux'), {
      parameters: { separateOutputStream: ['True'] },
      stdoutPrefix: 'STDOUT:',
      stderrPrefix: '',
    });
  });

  it('is nothing when it does not keep the outputs apart', () => {
    assert.equal(readCommandDocument(documentOf({ command: {} }), 'Linux'), undefined);
    const never = documentOf({}, { linux: { separateOutputStream: false } });
    assert.equal(readCommandDocument(never, 'Linux'), undefined);
  });
});
