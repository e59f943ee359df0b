/** A frame as the oracle sees it. */
export interface NaiveFrame {
  readonly version: number;
  readonly command: number;
  readonly id: number;
  readonly data: string;
}

/** Latin-1 text of a frame, built byte by byte from the layout: version, command, length, stream. */
export function naiveEncode(command: number, id: number, data: string): string {
  const { length } = data;
  const header = [1, command, length % 256, Math.floor(length / 256)];
  for (let rest = id, i = 0; i < 4; i++, rest = Math.floor(rest / 256)) header.push(rest % 256);
  return String.fromCharCode(...header) + data;
}

/** Cuts Latin-1 text into whole frames; what is left over is no whole frame yet. */
export function naiveDecode(text: string): { frames: NaiveFrame[]; rest: string } {
  const frames: NaiveFrame[] = [];
  let rest = text;
  for (;;) {
    const byte = (i: number): number => rest.charCodeAt(i);
    if (rest.length < 8) return { frames, rest };
    const length = byte(2) + 256 * byte(3);
    if (rest.length < 8 + length) return { frames, rest };
    frames.push({
      version: byte(0),
      command: byte(1),
      id: byte(4) + 256 * (byte(5) + 256 * (byte(6) + 256 * byte(7))),
      data: rest.slice(8, 8 + length),
    });
    rest = rest.slice(8 + length);
  }
}
