import type { Downloaded, DownloadOrder } from '../down/create-downloader.ts';
import type { InspectedSource } from '../down/inspect-source.ts';
import type { Inspection } from '../down/inspection/inspection-attempt.ts';
import type { RemoteKind } from './remote-path.ts';

/** A path of a target. */
export interface LocatedPath {
  /** Absolute, with slashes. */
  readonly path: Buffer;
  /** Its last name; undefined where it does not end with one. */
  readonly name: Buffer | undefined;
}

/** Paths of a target, and what is there. */
export interface TargetFiles {
  /** @param written - by the user: a relative path starts at the home directory of the session's user */
  locate(written: Buffer): LocatedPath;
  /** @throws ProgramError when the target cannot be asked */
  kindOf(path: Buffer, sudo: boolean): Promise<RemoteKind>;
  /** @throws CommandError when it cannot be read; ProgramError when the target cannot be asked */
  inspect(path: Buffer, inspection: PathInspection): Promise<InspectedSource>;
  /** @throws CommandError when the target cannot pack and unpack directories */
  requireTar(): void;
}

/** What is asked about a path. */
export type PathInspection = Pick<Inspection, 'title' | 'prefix' | 'sudo' | 'signal'>;

/** What is copied from a target. A directory comes as a tar archive, whose paths are relative to it. */
export type WantedPath =
  | { readonly kind: 'file'; readonly path: Buffer; readonly size: number }
  | { readonly kind: 'directory'; readonly path: Buffer };

/** A copy of a path of a target. */
export interface PathOrder extends Omit<DownloadOrder, 'source'> {
  readonly wanted: WantedPath;
}

/** Copies from one target. Its copies run one after the other. */
export interface PathDownloader {
  /** @throws ProgramError when it cannot be copied */
  download(order: PathOrder): Promise<Downloaded>;
  /** Ends all sessions, and removes what is on the target. */
  close(): Promise<void>;
}
