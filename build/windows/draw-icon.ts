/** Widths and heights in pixels that Windows asks for: lists, the taskbar, large icons. */
const SIZES = [16, 32, 48, 64] as const;

const BITS_PER_PIXEL = 32;
const BYTES_PER_PIXEL = BITS_PER_PIXEL / 8;

/** Blue, green, red: the order of a bitmap. */
type Colour = readonly [blue: number, green: number, red: number];
const BACKGROUND: Colour = [0x4e, 0x36, 0x1f];
const FOREGROUND: Colour = [0xf2, 0xf6, 0xf4];

/** All lengths of the picture are shares of its width; the corner at the top left is 0, 0. */
const EDGE = 0.03;
const CORNER_RADIUS = 0.18;
const STROKE_RADIUS = 0.055;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A prompt: an angle that opens to the left, and a line for the cursor. */
const STROKES: readonly (readonly [Point, Point])[] = [
  [
    { x: 0.25, y: 0.3 },
    { x: 0.46, y: 0.5 },
  ],
  [
    { x: 0.46, y: 0.5 },
    { x: 0.25, y: 0.7 },
  ],
  [
    { x: 0.55, y: 0.7 },
    { x: 0.76, y: 0.7 },
  ],
];

/**
 * The icon of the program and its setup: a shell's prompt on a dark square.
 *
 * @returns an ICO file: a directory of 6 + 16 × n bytes (ICONDIR), then n bitmaps of 32 bits for each
 *   pixel with their transparency (Win32, "Icons")
 */
export function drawIcon(): Buffer {
  const images = SIZES.map((size) => ({ size, bitmap: drawBitmap(size) }));
  const directory = Buffer.alloc(6 + 16 * images.length);
  directory.writeUInt16LE(1, 2);
  directory.writeUInt16LE(images.length, 4);
  let offset = directory.length;
  for (const [index, { size, bitmap }] of images.entries()) {
    const entry = 6 + 16 * index;
    directory.writeUInt8(size, entry);
    directory.writeUInt8(size, entry + 1);
    directory.writeUInt16LE(1, entry + 4);
    directory.writeUInt16LE(BITS_PER_PIXEL, entry + 6);
    directory.writeUInt32LE(bitmap.length, entry + 8);
    directory.writeUInt32LE(offset, entry + 12);
    offset += bitmap.length;
  }
  return Buffer.concat([directory, ...images.map(({ bitmap }) => bitmap)]);
}

/**
 * BITMAPINFOHEADER (40 bytes, twice the height because of the mask), the pixels from the bottom line
 * up, and a mask of one bit for each pixel in lines of 4 bytes, which is empty: transparency decides.
 */
function drawBitmap(size: number): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt32LE(header.length, 0);
  header.writeInt32LE(size, 4);
  header.writeInt32LE(2 * size, 8);
  header.writeUInt16LE(1, 12);
  header.writeUInt16LE(BITS_PER_PIXEL, 14);
  const pixels = Buffer.alloc(size * size * BYTES_PER_PIXEL);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = { x: (x + 0.5) / size, y: (y + 0.5) / size };
      const ink = coverage(distanceToStrokes(at), size);
      const [blue, green, red] = BACKGROUND.map((dark, channel) =>
        Math.round(dark + ink * ((FOREGROUND[channel] ?? dark) - dark)),
      );
      const alpha = Math.round(255 * coverage(distanceToSquare(at), size));
      pixels.set([blue ?? 0, green ?? 0, red ?? 0, alpha], ((size - 1 - y) * size + x) * 4);
    }
  }
  const mask = Buffer.alloc(Math.ceil(size / 32) * 4 * size);
  return Buffer.concat([header, pixels, mask]);
}

/** How much of a pixel is inside, from its distance to the outline, which is negative inside. */
function coverage(distance: number, size: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance * size));
}

function distanceToSquare({ x, y }: Point): number {
  const half = 0.5 - EDGE - CORNER_RADIUS;
  const beyondX = Math.max(0, Math.abs(x - 0.5) - half);
  const beyondY = Math.max(0, Math.abs(y - 0.5) - half);
  return Math.sqrt(beyondX * beyondX + beyondY * beyondY) - CORNER_RADIUS;
}

function distanceToStrokes(at: Point): number {
  return Math.min(...STROKES.map(([from, to]) => distanceToLine(at, from, to))) - STROKE_RADIUS;
}

function distanceToLine(at: Point, from: Point, to: Point): number {
  const along = { x: to.x - from.x, y: to.y - from.y };
  const share =
    ((at.x - from.x) * along.x + (at.y - from.y) * along.y) /
    (along.x * along.x + along.y * along.y);
  const nearest = Math.min(1, Math.max(0, share));
  const x = at.x - from.x - nearest * along.x;
  const y = at.y - from.y - nearest * along.y;
  return Math.sqrt(x * x + y * y);
}
