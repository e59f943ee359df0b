import type { Readable } from 'node:stream';

/** Objects of one bucket of S3, or of a store with its API. Each call rejects with an `AwsError` only. */
export interface ObjectStore {
  /**
   * Stores an object that fits in memory.
   *
   * @param signal - ends the request
   */
  put(key: string, body: Buffer, signal: AbortSignal): Promise<void>;
  /**
   * Begins an object that is stored in parts.
   *
   * @param signal - ends the requests for parts, and the one that completes the object
   */
  startParts(key: string, signal: AbortSignal): Promise<PartUpload>;
  /**
   * Reads an object.
   *
   * @param from - the first byte
   * @param signal - ends the request, also its answer
   */
  read(key: string, from: number, signal: AbortSignal): Promise<Readable>;
  /** Removes an object. There may be none. */
  remove(key: string): Promise<RemovedObject>;
  /** URLs that one request may use, without credentials: each is a secret until it expires. */
  urlToRead(key: string): Promise<string>;
  urlToWrite(key: string): Promise<string>;
}

/** What the removal of an object has done. */
export interface RemovedObject {
  /** Whether the bucket keeps its content as an old version. */
  readonly isKept: boolean;
}

/** An object that is being stored in parts. It exists when it is complete. */
export interface PartUpload {
  /**
   * Stores a part.
   *
   * @param number - from 1 on; at most 10 000
   * @param body - at least 5 MiB, except that of the last part
   * @returns its tag, for {@link PartUpload.complete}
   */
  put(number: number, body: Buffer): Promise<string>;
  /** As {@link ObjectStore.urlToWrite}. */
  urlToWrite(number: number): Promise<string>;
  /** @param tags - of all parts, in their order */
  complete(tags: readonly string[]): Promise<void>;
  /** Removes the parts. There may be none any more. */
  abort(): Promise<void>;
}

/** Storage for what does not fit through a session. */
export interface ObjectStoreCalls {
  /** Finds the region of a bucket, in which it is called. */
  objectStore(bucket: string): Promise<ObjectStore>;
}
