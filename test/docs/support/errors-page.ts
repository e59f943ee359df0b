import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { backgroundFailures } from '../../../src/failures/background.ts';
import { callFailures } from '../../../src/failures/calls.ts';
import { callerFailures } from '../../../src/failures/caller.ts';
import { commandFailures } from '../../../src/failures/commands.ts';
import { connectionFailures } from '../../../src/failures/connections.ts';
import { recordingFailures } from '../../../src/failures/recordings.ts';
import { copyFailures } from '../../../src/failures/copies/copy.ts';
import { containerFailures } from '../../../src/failures/containers.ts';
import { credentialFailures } from '../../../src/failures/credentials.ts';
import { databaseClientFailures } from '../../../src/failures/database-clients.ts';
import { databaseFailures } from '../../../src/failures/databases.ts';
import { sshFailures } from '../../../src/failures/ssh.ts';
import { desktopFailures } from '../../../src/failures/desktops.ts';
import { downloadFailures } from '../../../src/failures/copies/download.ts';
import { fleetFailures } from '../../../src/failures/fleets.ts';
import { networkFailures } from '../../../src/failures/network.ts';
import { portFailures } from '../../../src/failures/ports.ts';
import { proxyFailures } from '../../../src/failures/proxy.ts';
import { readyFailures } from '../../../src/failures/ready.ts';
import { accessFailures } from '../../../src/failures/access.ts';
import { LOG_AND_REPORT, programFailures } from '../../../src/failures/program.ts';
import { s3Failures } from '../../../src/failures/copies/s3.ts';
import { sessionFailures } from '../../../src/failures/session.ts';
import { shellFailures } from '../../../src/failures/shells.ts';
import { storageFailures } from '../../../src/failures/storage.ts';
import { tunnelFailures } from '../../../src/failures/tunnels.ts';
import { uploadFailures } from '../../../src/failures/copies/upload.ts';
import type { Failure } from '../../../src/lib/errors/failure.ts';
import { ROOT } from './markdown.ts';

/** The tables in the order of the page: heading, file, and the failures by their codes. */
const TABLES: readonly (readonly [heading: string, file: string, table: object])[] = [
  ['Commands and targets', 'commands', commandFailures],
  ['Targets that become ready', 'ready', readyFailures],
  ['Just-in-time access', 'access', accessFailures],
  ['Connections', 'connections', connectionFailures],
  ['Connections in the background', 'background', backgroundFailures],
  ['Private files and sockets', 'storage', storageFailures],
  ['Shells with options', 'shells', shellFailures],
  ['Recordings', 'recordings', recordingFailures],
  ['Commands on many machines', 'fleets', fleetFailures],
  ['ECS containers', 'containers', containerFailures],
  ['Desktops', 'desktops', desktopFailures],
  ['SSH without keys', 'ssh', sshFailures],
  ['Databases', 'databases', databaseFailures],
  ['Clients of databases', 'database-clients', databaseClientFailures],
  ['AWS credentials', 'credentials', credentialFailures],
  ['Calls to AWS', 'calls', callFailures],
  ['The network', 'network', networkFailures],
  ['Local ports and Unix sockets', 'ports', portFailures],
  ['The proxy', 'proxy', proxyFailures],
  ['Fast tunnels', 'tunnels', tunnelFailures],
  ['Sessions', 'session', sessionFailures],
  ['Copies', 'copies/copy', copyFailures],
  ['Downloads', 'copies/download', downloadFailures],
  ['Copies to a target', 'copies/upload', uploadFailures],
  ['Copies through S3', 'copies/s3', s3Failures],
  ['What the AWS CLI passes', 'caller', callerFailures],
  ['The program itself', 'program', programFailures],
];

/** Facts that are no names: a list, or one that is left out. */
const FACTS: Readonly<Record<string, readonly unknown[]>> = {
  'target-unknown': ['NAME', []],
  'connection-unknown': ['NAME'],
  'connection-not-up': ['NAME', ['OTHERS']],
  'target-ambiguous': ['NAME', 'COUNT', ['ID  NAME  ADDRESS']],
  'fleet-offline': [['MACHINES']],
  'container-ambiguous': ['NAME', 'COUNT', ['NAMES']],
  'desktop-client-missing': ['PROTOCOL', ['PROGRAMS'], 'forward TARGET PORT'],
  'desktop-client-unknown': ['PROGRAM', ['PROGRAMS']],
  'database-client-missing': ['NAME', ['PROGRAMS'], 'PACKAGES'],
  'database-client-unknown': ['PROGRAM', 'NAME', ['PROGRAMS']],
  'database-untrusted': ['PROBLEM', 'NAME', true],
  'database-unknown': ['NAME', undefined],
  'database-ambiguous': ['NAME', 'COUNT', ['ENGINE/NAME']],
  'profile-not-found': ['PROFILE'],
  'certificate-untrusted': ['HOST', 'ISSUER', 'ROOT', ''],
  'certificate-issuer-unknown': ['HOST', 'ISSUER', 'UNKNOWN', ''],
  'certificate-self-signed': ['HOST', 'ISSUER', ''],
  'certificate-expired': ['CERTIFICATE', ''],
  'certificate-not-yet-valid': ['CERTIFICATE', ''],
  internal: ['FAULT', LOG_AND_REPORT.command],
};

/** A code and the names of the facts in its text, as the source has them. */
const ENTRY = /^ {2}'?([\w-]+)'?: \{\n {4}reason: '[\w-]+',\n {4}text: \(([^)]*)\)/gm;

/** One failure with its facts as words in capitals. */
export interface PageEntry {
  readonly code: string;
  readonly problem: string;
  readonly remedy: string;
}

/** The entries of each part of the page, in the order of the source. */
export function pageParts(): ReadonlyMap<string, readonly PageEntry[]> {
  return new Map(TABLES.map(([heading, file, table]) => [heading, entriesOf(file, table)]));
}

function entriesOf(file: string, table: object): readonly PageEntry[] {
  const source = readFileSync(join(ROOT, 'src', 'failures', `${file}.ts`), 'utf8');
  const named = [...source.matchAll(ENTRY)].map(([, code = '', parameters = '']) => {
    const make = Reflect.get(table, code) as (...facts: readonly unknown[]) => Failure;
    const { problem, remedy } = make(...(FACTS[code] ?? placeholders(parameters)));
    return { code, problem: oneLine(problem), remedy: oneLine(remedy) };
  });
  const missed = Object.keys(table).filter((code) => named.every((one) => one.code !== code));
  if (missed.length > 0)
    throw new Error(`src/failures/${file}.ts: cannot read ${missed.join(', ')}`);
  return named;
}

function placeholders(parameters: string): readonly string[] {
  return parameters
    .split(',')
    .map((parameter) => /^\s*(\w+)/.exec(parameter)?.[1] ?? '')
    .filter((name) => name !== '')
    .map((name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase());
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** An entry as the page shows it. */
export function entryText({ code, problem, remedy }: PageEntry): string {
  const escape = (text: string): string => text.replaceAll('*', '\\*');
  const shown = (text: string): string =>
    text
      .split(/(`[^`]*`)/)
      .map((part) => (part.startsWith('`') ? part : escape(part)))
      .join('');
  const what = `- \`${code}\`: ${shown(problem)}`;
  return remedy === '' ? what : `${what}\n  ${shown(remedy)}`;
}
