import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { silentLogger } from '../../src/logging/logger.ts';
import type { End } from '../../src/session/ending.ts';
import {
  createPresenter,
  endFailure,
  endStatus,
  endTexts,
  type EndFacts,
  type Presentation,
  type TextKind,
} from '../../src/session/presentation.ts';
import { commandTexts } from '../../src/session/texts/command-texts.ts';
import { callerPresentation } from './support/caller-presentation.ts';
import { testFailure } from '../support/test-failure.ts';
import { sessionFailures } from '../../src/failures/session.ts';

const ID = 'user-1';
const EXIT = `exit: \n\nExiting session with sessionId: ${ID}.\n\n`;
const TIMED_OUT = `Session: ${ID} timed out.\n`;
const BEGUN = { agentVersion: '3.3.0.0', session: { kind: 'shell' } } as const;
const CUT_OFF_STATUS = 7;
const FAILURE_STATUS = 255;

const stream = new PassThrough();
const PRESENTATION: Presentation = {
  ...callerPresentation(stream, stream),
  failureStatus: FAILURE_STATUS,
  cutOffStatus: CUT_OFF_STATUS,
};
const WITH_STATUS_REQUIRED: Presentation = {
  ...PRESENTATION,
  missingExitStatus: (version) => testFailure('session', `no status from ${version}`),
};

interface Row {
  readonly name: string;
  readonly end: End;
  readonly facts?: Partial<EndFacts>;
  readonly presentation?: Presentation;
  readonly before?: readonly string[];
  readonly after: readonly string[];
  readonly status: number;
  readonly reason?: string;
}

const CLOSED = (output: string): string => sessionFailures['session-closed'](output).problem;
const ENDED = sessionFailures['session-timed-out']().problem;

/** What is printed and which exit status it gives: end by end. */
const ROWS: readonly Row[] = [
  {
    name: 'the service closes the channel',
    end: { kind: 'closed-by-service', output: '' },
    after: [EXIT],
    status: 0,
  },
  {
    name: 'the service closes the channel, with an exit status of the command',
    end: { kind: 'closed-by-service', output: 'idle' },
    facts: { reportedStatus: 3 },
    after: [`reason: \n\nSessionId: ${ID} : idle\n\n`],
    status: 3,
    reason: CLOSED('idle'),
  },
  {
    name: 'the service closes the channel with a reason',
    end: { kind: 'closed-by-service', output: 'idle' },
    after: [`reason: \n\nSessionId: ${ID} : idle\n\n`],
    status: CUT_OFF_STATUS,
    reason: CLOSED('idle'),
  },
  {
    name: 'the service closes the channel with a reason before it began',
    end: { kind: 'closed-by-service', output: 'no agent' },
    facts: { begun: undefined },
    after: [`error: \n\nSessionId: ${ID} : no agent\n\n`],
    status: FAILURE_STATUS,
    reason: CLOSED('no agent'),
  },
  {
    name: 'the service closes the channel before it began',
    end: { kind: 'closed-by-service', output: '' },
    facts: { begun: undefined },
    presentation: WITH_STATUS_REQUIRED,
    after: [EXIT],
    status: 0,
  },
  {
    name: 'the service closes the channel without the exit status that is required',
    end: { kind: 'closed-by-service', output: '' },
    presentation: WITH_STATUS_REQUIRED,
    after: ['error: session-manager-plugin: no status from 3.3.0.0\n', EXIT],
    status: FAILURE_STATUS,
    reason: 'no status from 3.3.0.0',
  },
  {
    name: 'the session has timed out',
    end: { kind: 'timed-out' },
    after: [`reason: ${TIMED_OUT}`],
    status: FAILURE_STATUS,
    reason: ENDED,
  },
  {
    name: 'the connection is lost',
    end: { kind: 'lost', failure: testFailure('session', 'Cut.') },
    after: [
      'failure: session-manager-plugin: The connection to the session was lost. Cut.\n',
      `text: ${TIMED_OUT}`,
    ],
    status: FAILURE_STATUS,
    reason: 'Cut.',
  },
  {
    name: 'the connection cannot be made',
    end: { kind: 'not-opened', failure: testFailure('session', 'refused') },
    facts: { begun: undefined },
    after: ['error: Cannot perform start session: refused\n'],
    status: FAILURE_STATUS,
    reason: 'refused',
  },
  {
    name: 'the session cannot start',
    end: { kind: 'cannot-start', failure: testFailure('session', 'no key') },
    facts: { begun: undefined },
    after: ['error: Cannot perform start session: no key\n'],
    status: FAILURE_STATUS,
    reason: 'no key',
  },
  {
    name: 'the user leaves',
    end: { kind: 'leave', text: 'Bye.\n', exitCode: 130 },
    before: ['exit: Bye.\n'],
    after: [EXIT],
    status: 130,
  },
  {
    name: 'what runs cannot go on',
    end: { kind: 'fail', failure: testFailure('session', 'cannot write') },
    before: ['failure: session-manager-plugin: cannot write\n'],
    after: [EXIT],
    status: FAILURE_STATUS,
    reason: 'cannot write',
  },
  {
    name: 'the reader of stdout has closed it',
    end: { kind: 'reader-closed' },
    after: [EXIT],
    status: 0,
  },
  {
    name: 'the reader of stdout has closed it, and the command has ended',
    end: { kind: 'reader-closed' },
    facts: { reportedStatus: 2 },
    after: [EXIT],
    status: 2,
  },
  {
    name: 'the session cannot start, for a reason that callers know in other words',
    end: {
      kind: 'cannot-start',
      failure: { ...testFailure('session', 'In use.'), remedy: 'Wait.', callerText: 'bind' },
    },
    facts: { begun: undefined },
    after: ['error: Cannot perform start session: bind\n'],
    status: FAILURE_STATUS,
    reason: 'In use.',
  },
  {
    name: 'the program itself fails',
    end: { kind: 'fatal-error' },
    after: [],
    status: FAILURE_STATUS,
  },
];

describe('the presentation of an end', () => {
  for (const { name, end, facts, presentation = PRESENTATION, ...expected } of ROWS) {
    it(name, () => {
      const all: EndFacts = { sessionId: ID, begun: BEGUN, reportedStatus: undefined, ...facts };
      const { before, after } = endTexts(end, all, presentation);
      const shown = ({ kind, text }: { kind: TextKind; text: string }): string =>
        `${kind}: ${text}`;
      assert.deepEqual(before.map(shown), expected.before ?? []);
      assert.deepEqual(after.map(shown), expected.after);
      assert.equal(endStatus(end, all, presentation), expected.status);
      assert.equal(endFailure(end, all, presentation)?.problem, expected.reason);
    });
  }
});

const FOR_PEOPLE: Presentation = {
  ...PRESENTATION,
  wording: commandTexts('web (i-1)', (text) => text),
};
const AGAIN = 'Run the command again for a new session.';

/** What a command prints: first what has happened, then what to do. */
const COMMAND_ROWS: readonly (readonly [string, End, Partial<EndFacts>, readonly string[]])[] = [
  [
    'ends as it should',
    { kind: 'closed-by-service', output: '' },
    {},
    ['exit: Session with web (i-1) ended.\n'],
  ],
  [
    'was idle',
    {
      kind: 'closed-by-service',
      output: 'Your session timed out due to inactivity and has been terminated.',
    },
    {},
    [
      'reason: The service ended the session with web (i-1): Your session timed out due to inactivity and has been terminated.\n' +
        `${AGAIN} The session preferences of the account set the idle timeout.\n`,
    ],
  ],
  [
    'is ended by the service for another reason',
    { kind: 'closed-by-service', output: 'maintenance' },
    {},
    [`reason: The service ended the session with web (i-1): maintenance\n${AGAIN}\n`],
  ],
  [
    'is refused',
    { kind: 'closed-by-service', output: 'no agent' },
    { begun: undefined },
    ['error: The service refused the session with web (i-1): no agent\n'],
  ],
  [
    'has ended while the connection was lost',
    { kind: 'timed-out' },
    {},
    [
      'reason: The session with web (i-1) ended while the connection was lost: it was idle for too long, or was terminated.\n' +
        `${AGAIN}\n`,
    ],
  ],
  [
    'cannot be resumed',
    { kind: 'lost', failure: testFailure('session', 'no route') },
    {},
    [
      `failure: The connection to web (i-1) is lost and could not be resumed.\nReason: no route\n${AGAIN}\n`,
      'text: ',
    ],
  ],
];

describe('a session of a command', () => {
  for (const [name, end, facts, expected] of COMMAND_ROWS) {
    it(name, () => {
      const all: EndFacts = { sessionId: ID, begun: BEGUN, reportedStatus: undefined, ...facts };
      const { before, after } = endTexts(end, all, FOR_PEOPLE);
      assert.deepEqual(before, []);
      assert.deepEqual(
        after.map(({ kind, text }) => `${kind}: ${text}`),
        expected,
      );
    });
  }
});

type StreamName = 'stdout' | 'stderr' | 'nowhere';

/** Where each kind of text goes: first while stdout takes texts, then while it is a stream of data. */
const ROUTES: readonly (readonly [
  string,
  Readonly<Record<'texts' | 'notices' | 'failures', StreamName>>,
  Readonly<Record<TextKind, readonly [StreamName, StreamName]>>,
])[] = [
  [
    'for the AWS CLI',
    { texts: 'stdout', notices: 'stderr', failures: 'stdout' },
    {
      text: ['stdout', 'stderr'],
      exit: ['stdout', 'nowhere'],
      reason: ['stdout', 'stderr'],
      failure: ['stderr', 'stderr'],
      error: ['stdout', 'stderr'],
      notice: ['stderr', 'stderr'],
    },
  ],
  [
    'for the AWS CLI, quiet',
    { texts: 'nowhere', notices: 'nowhere', failures: 'stdout' },
    {
      text: ['nowhere', 'nowhere'],
      exit: ['nowhere', 'nowhere'],
      reason: ['nowhere', 'nowhere'],
      failure: ['stderr', 'stderr'],
      error: ['stdout', 'stderr'],
      notice: ['nowhere', 'nowhere'],
    },
  ],
  [
    'for a command',
    { texts: 'stderr', notices: 'stderr', failures: 'stderr' },
    {
      text: ['stderr', 'stderr'],
      exit: ['stderr', 'nowhere'],
      reason: ['stderr', 'stderr'],
      failure: ['stderr', 'stderr'],
      error: ['stderr', 'stderr'],
      notice: ['stderr', 'stderr'],
    },
  ],
];

describe('a presenter writes', () => {
  for (const [name, names, routes] of ROUTES) {
    for (const [kind, [whileText, whileData]] of Object.entries(routes)) {
      for (const [stdoutIsData, expected] of [
        [false, whileText],
        [true, whileData],
      ] as const) {
        const state = stdoutIsData ? 'stdout is data' : 'stdout takes texts';
        it(`${name}, ${kind}, ${state}: ${expected}`, () => {
          const stdout = new PassThrough({ encoding: 'utf8' });
          const stderr = new PassThrough({ encoding: 'utf8' });
          const streams = { stdout, stderr, nowhere: undefined };
          const presenter = createPresenter({
            presentation: {
              ...callerPresentation(stdout, stderr),
              texts: streams[names.texts],
              notices: streams[names.notices],
              failures: streams[names.failures] ?? stderr,
            },
            stdout,
            stderr,
            terminal: { writeLines: (to, lines) => void to.write(lines) },
            logger: silentLogger,
            stdoutIsData: () => stdoutIsData,
          });
          presenter.print({ kind: kind as TextKind, text: 'a\x1b[2Jb' });
          const written: unknown[] = [stdout.read(), stderr.read()];
          const place = { stdout: 0, stderr: 1, nowhere: undefined }[expected];
          assert.deepEqual(
            written,
            [0, 1].map((index) => (index === place ? 'a[2Jb' : null)),
          );
        });
      }
    }
  }
});
