import type { Command } from 'commander';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { lastName } from './paths.ts';
import { isContainerWithoutPath, parsePlace, shownPlace, type Place } from './places.ts';

/** A copy that is possible, by its command line. */
export type CopyRequest =
  | {
      readonly direction: 'down';
      readonly sources: readonly RemotePlace[];
      readonly destination: Exclude<Place, RemotePlace>;
    }
  | {
      readonly direction: 'up';
      readonly sources: readonly Exclude<Place, RemotePlace>[];
      readonly destination: RemotePlace;
    };

/** A path of a target. */
export type RemotePlace = Extract<Place, { readonly kind: 'remote' }>;

/** The options that decide which copies are possible. */
export interface CopyKind {
  readonly isRecursive: boolean;
  readonly resumes: boolean;
}

const EXAMPLE = 'For example: `session-manager-plugin cp web:/var/log/syslog .`';

/**
 * Reads SOURCE… DESTINATION.
 *
 * @param operands - bytes as typed
 * @throws UsageError for a copy that is not possible
 */
export function readRequest(
  command: Command,
  operands: readonly Buffer[],
  platform: NodeJS.Platform,
  kind: CopyKind,
): CopyRequest {
  const places = operands.map((operand) => parsePlace(operand, platform));
  for (const place of places) checkPlace(command, place);
  const destination = places.at(-1);
  if (destination === undefined || places.length < 2) {
    throw usageError(command, 'The source or the destination is missing.', [EXAMPLE]);
  }
  const request = requestOf(command, places.slice(0, -1), destination);
  checkStreams(command, request, kind);
  checkNames(command, request.sources);
  return request;
}

function checkPlace(command: Command, place: Place): void {
  if (isContainerWithoutPath(place)) {
    throw usageError(command, `"${shownPlace(place)}" has no path.`, [
      'Write it after the name of the container, with a colon between them.',
    ]);
  }
  if (place.kind === 'local' && place.path.length === 0) {
    throw usageError(command, 'A path is empty.', ['For the current directory, write a dot.']);
  }
  if (place.kind === 'remote' && place.target === '') {
    throw usageError(command, `"${shownPlace(place)}" begins with a colon.`, [
      'Write the name of the target before it. A file of this machine with such a name needs ./ before it.',
    ]);
  }
}

function requestOf(command: Command, sources: readonly Place[], destination: Place): CopyRequest {
  if (destination.kind === 'remote') {
    const here = sources.filter((place) => place.kind !== 'remote');
    if (here.length === sources.length) return { direction: 'up', sources: here, destination };
    throw usageError(command, 'Both the source and the destination are on targets.', [
      'Copy to this machine first, and from here to the other target.',
    ]);
  }
  const there = sources.filter((place) => place.kind === 'remote');
  if (there.length === sources.length) return { direction: 'down', sources: there, destination };
  const [other] = sources.filter((place) => place.kind !== 'remote');
  throw usageError(
    command,
    other === undefined || there.length === 0
      ? 'Neither the source nor the destination is on a target.'
      : `The source "${shownPlace(other)}" is not on a target.`,
    [`Write TARGET:PATH for a path of a target. ${EXAMPLE}`],
  );
}

/** Each source keeps its name in the directory: the later one would replace the earlier, which cp(1) refuses, too. */
function checkNames(command: Command, sources: readonly Place[]): void {
  const named = new Map<string, Place>();
  for (const place of sources) {
    const name = place.kind === 'stream' ? undefined : lastName(place.path)?.toString('latin1');
    if (name === undefined) continue;
    const other = named.get(name);
    if (other !== undefined) {
      const [first, second] = [shownPlace(other), shownPlace(place)];
      if (first === second) throw usageError(command, `"${first}" is named twice.`);
      throw usageError(command, `"${first}" and "${second}" would get the same name.`, [
        'Copy them one by one, to different directories or under different names.',
      ]);
    }
    named.set(name, place);
  }
}

/** stdin and stdout are one file. */
function checkStreams(
  command: Command,
  { sources, destination }: CopyRequest,
  { isRecursive, resumes }: CopyKind,
): void {
  const usesStream = [...sources, destination].some(({ kind }) => kind === 'stream');
  if (usesStream && sources.length > 1) {
    throw usageError(command, 'With - for stdin or stdout, there is only one source.');
  }
  if (usesStream && isRecursive) {
    throw usageError(command, 'A directory cannot be copied to stdout or from stdin.', [
      'Name a directory in its place.',
    ]);
  }
  if (usesStream && resumes) {
    throw usageError(command, 'A copy to stdout or from stdin cannot be resumed.', [
      'Leave out --resume, or name a file.',
    ]);
  }
  if (resumes && isRecursive) {
    throw usageError(command, 'The copy of a directory cannot be resumed.', [
      'Leave out --resume or -r.',
    ]);
  }
}
