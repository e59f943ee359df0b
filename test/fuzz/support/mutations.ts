import type { Random } from '../../support/random.ts';

/** Numbers at which readers of numbers go wrong. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] as const;

/** Pieces of JSON that readers of JSON do not expect. */
const JSON_PIECES = [
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '-1',
  '1e999',
  '9007199254740993',
  '0.5',
  '[[[[[[[[[[]]]]]]]]]]',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":null,"toString":1,"hasOwnProperty":2}',
  '"\\u0000\\ud800"',
  '"\u202e\u0007"',
  ',',
  '}',
  '"',
  '\u0000',
] as const;

/** Bytes with one to eight faults: bits, limits of numbers, parts removed or repeated. */
export function mutateBytes(original: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(original);
  for (let changes = random.between(1, 8); changes > 0; changes--) {
    const at = random.below(bytes.length + 1);
    const end = Math.min(bytes.length, at + random.below(24));
    const [head, part, tail] = [
      bytes.subarray(0, at),
      bytes.subarray(at, end),
      bytes.subarray(end),
    ];
    switch (random.below(5)) {
      case 0:
        if (at < bytes.length) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at);
        break;
      case 1:
        if (at + 4 <= bytes.length) bytes.writeUInt32BE(random.pick([...EDGES]), at);
        break;
      case 2:
        bytes = Buffer.concat([head, tail]);
        break;
      case 3:
        bytes = Buffer.concat([head, part, part, tail]);
        break;
      default:
        bytes = Buffer.concat([head, random.bytes(random.below(16)), tail]);
    }
  }
  return bytes;
}

/** A text of JSON with one to six faults: values, names, parts removed or repeated. */
export function mutateJson(original: string, random: Random): string {
  let text = original;
  for (let changes = random.between(1, 6); changes > 0; changes--) {
    const at = random.below(text.length + 1);
    const end = Math.min(text.length, at + random.below(30));
    switch (random.below(6)) {
      case 0:
        text = replaceValue(text, random);
        break;
      case 1:
        text = text.slice(0, at) + random.pick(JSON_PIECES) + text.slice(at);
        break;
      case 2:
        text = text.slice(0, at) + text.slice(end);
        break;
      case 3:
        text = text.slice(0, at) + text.slice(at, end).repeat(2) + text.slice(end);
        break;
      case 4:
        text = text.slice(0, at) + String.fromCharCode(random.below(0x10000)) + text.slice(at + 1);
        break;
      default:
        text = replaceValue(text, random);
    }
  }
  return text;
}

/** Puts another value in the place of one: the text stays JSON, and means something else. */
function replaceValue(text: string, random: Random): string {
  const values = [
    ...text.matchAll(/(?<=[:[,])("[^"]*"|-?\d+|true|false|null|\{\}|\[\])(?=[,\]}])/g),
  ];
  const value = values[random.below(values.length)];
  if (value === undefined) return text;
  const end = value.index + value[0].length;
  return text.slice(0, value.index) + random.pick(JSON_PIECES) + text.slice(end);
}
