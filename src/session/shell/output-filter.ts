/** Removes from the output of a command what does not belong to it. */
export interface OutputFilter {
  /**
   * @param payload - of any type, also an exit status
   * @returns what of it is output; bytes may be kept that only the next payload explains
   */
  take(payloadType: number, payload: Buffer): Buffer;
  /** The remote side has ended: what was kept of stdout. */
  rest(): Buffer;
  /** The exit status that the output itself has carried; undefined for none. */
  readonly exitStatus: number | undefined;
}
