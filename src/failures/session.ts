import { defineFailures } from '../lib/errors/failure.ts';
import { CHECK_NETWORK, runInTerminal } from './remedies.ts';

const START_AGAIN = 'Start the session again';
const CHECK_TARGET =
  'Check the target: its agent or the document of the session may have been changed';
const UPDATE = 'Update session-manager-plugin';

/** Failures of a session that AWS has started, and of the settings for sessions. */
export const sessionFailures = defineFailures({
  'setting-invalid': {
    reason: 'input',
    text: (variable: string, value: string, remedy: string) => [
      `${variable} is "${value}", which is not a valid value`,
      remedy,
    ],
  },
  'gateway-refused': {
    reason: 'refused',
    text: (host: string, why: string) => [
      `The message gateway ${host} cannot be reached: ${why}`,
      'Check the network connection, the firewall and the proxy settings',
    ],
  },
  'gateway-closed': {
    reason: 'refused',
    text: (host: string) => [
      `The message gateway ${host} closed the connection before the session began`,
      START_AGAIN,
    ],
  },
  'gateway-status': {
    reason: 'http-status',
    text: (host: string, status: number) => [
      `The message gateway ${host} did not open the session (HTTP status ${status})`,
      'Start the session again. If it happens again, check that no proxy or firewall changes the connection',
    ],
  },
  'gateway-forbidden': {
    reason: 'http-status',
    text: (host: string, status: number) => [
      `The message gateway ${host} did not allow the session (HTTP status ${status})`,
      'Start the session again. If it happens again, check the clock of this machine, the proxy, and the policy of the VPC endpoint',
    ],
  },
  'gateway-throttled': {
    reason: 'http-status',
    text: (host: string, status: number) => [
      `The message gateway ${host} received too many connections from this account (HTTP status ${status})`,
      'Try again in a minute, and start fewer sessions at a time',
    ],
  },
  'gateway-unavailable': {
    reason: 'http-status',
    text: (host: string, status: number) => [
      `The message gateway ${host} is not available at the moment (HTTP status ${status})`,
      'Try again in a minute. AWS reports outages at https://health.aws.amazon.com/health/status',
    ],
  },
  'gateway-timeout': {
    reason: 'timeout',
    text: (host: string) => [`The message gateway ${host} did not answer in time`, CHECK_NETWORK],
  },
  'gateway-stalled': {
    reason: 'timeout',
    text: (host: string) => [
      `The message gateway ${host} no longer accepts data`,
      'Check the network connection',
    ],
  },
  'gateway-address-insecure': {
    reason: 'insecure',
    text: (why: string) => [why, 'Check the program that has started the session'],
  },
  'connection-canceled': {
    reason: 'aborted',
    text: (host: string) => [`Connecting to ${host} was canceled`, ''],
  },
  'session-lost': {
    reason: 'session',
    text: (problem: string, remedy: string) => [
      `The connection to the session was lost. ${problem}`,
      remedy,
    ],
  },
  'resume-without-credentials': {
    reason: 'session',
    text: (why: string) => [`The session cannot be resumed, because ${why}`, START_AGAIN],
  },
  'connection-broken': {
    reason: 'session',
    text: (why: string) => [`The message gateway cannot be reached: ${why}`, START_AGAIN],
  },
  'session-timed-out': {
    reason: 'session',
    text: () => [
      'The session has ended: it was idle for too long, or reached its longest duration, or was terminated',
      START_AGAIN,
    ],
  },
  'session-closed': {
    reason: 'session',
    text: (output: string) => [`The session was closed by the target or by AWS: ${output}`, ''],
  },
  'agent-silent': {
    reason: 'session',
    text: () => [
      'The SSM Agent of the target does not answer any more',
      'Check that the target still runs, and start the session again',
    ],
  },
  'session-kind-changed': {
    reason: 'session',
    text: (offered: string, requested: string) => [
      `The agent offers ${offered}, but ${requested} was requested. The session was ended before anything was opened or sent`,
      CHECK_TARGET,
    ],
  },
  'agent-request-unknown': {
    reason: 'session',
    text: (what: string) => [
      `The SSM Agent of the target asks for ${what}, which this version does not know`,
      UPDATE,
    ],
  },
  'handshake-invalid': {
    reason: 'session',
    text: (why: string) => [
      `The SSM Agent of the target sent an invalid handshake: ${why}`,
      CHECK_TARGET,
    ],
  },
  'encryption-unsupported-by-caller': {
    reason: 'session',
    text: () => [
      'This session is encrypted with a KMS key, and the AWS CLI is too old for that',
      'Upgrade the AWS CLI to version 1.16.213 or later',
    ],
  },
  'agent-data-invalid': {
    reason: 'session',
    text: (why: string) => [`The SSM Agent of the target sent invalid data: ${why}`, START_AGAIN],
  },
  'exit-status-missing': {
    reason: 'session',
    text: (agent: string, interactively: string) => [
      `${agent} reported no exit status: the command was cut off, or the agent is too old and needs an update`,
      runInTerminal(interactively),
    ],
  },
  'command-cut-off': {
    reason: 'session',
    text: () => [
      'The session ended before the command on the target did',
      'Check that the target and its SSM Agent still run, and run the command again',
    ],
  },
  'target-not-posix': {
    reason: 'session',
    text: () => [
      'The target did not answer as a system with a POSIX shell and its tools does',
      'Check that `sh`, `uname` and `printf` work there, for example with `session-manager-plugin shell`',
    ],
  },
  'input-cut-off': {
    reason: 'session',
    text: () => [
      'The session that carried the input of the command ended too early, so the command may have got only a part of it',
      'Check what the command has done with the first part of the input, and run it again',
    ],
  },
  'input-not-ready': {
    reason: 'session',
    text: () => [
      'The target was not ready for the input of the command within 30 s, so the command did not run',
      'Try again, and check that the target is not overloaded',
    ],
  },
  'output-cut-off': {
    reason: 'session',
    text: () => [
      'The command has ended, but the end of its output is missing',
      'Check that `base64` or `openssl` works on the target and that it has enough memory, and run the command again',
    ],
  },
});
