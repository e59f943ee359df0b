/** Reads a value that another process has sent, or throws. */
export type Read<T> = (value: unknown) => T;

/** Throws for a value that is not what it should be; where such values are expected, it is caught. */
function refuse(what: string): never {
  throw new TypeError(`the message has no valid ${what}`);
}

/** A text. */
export const text: Read<string> = (value) => (typeof value === 'string' ? value : refuse('text'));

/** A number that is not negative. */
export const count: Read<number> = (value) =>
  typeof value === 'number' && value >= 0 ? value : refuse('number');

/** True or false. */
export const flag: Read<boolean> = (value) =>
  typeof value === 'boolean' ? value : refuse('true or false');

/** The value itself, or null. */
export function nullable<T>(read: Read<T>): Read<T | null> {
  return (value) => (value === null ? null : read(value));
}

/** The value, or undefined where there is none: a member that is left out. */
export function optional<T>(read: Read<T>): Read<T | undefined> {
  return (value) => (value === undefined ? undefined : read(value));
}

/** One of some texts. */
export function oneOf<T extends string>(texts: readonly T[]): Read<T> {
  return (value) => texts.find((one) => one === value) ?? refuse('word');
}

/** A list of values of the same kind. */
export function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (value) =>
    Array.isArray(value) ? value.map((one: unknown) => read(one)) : refuse('list');
}

/** An object with texts for values, by any names. */
export const texts: Read<Readonly<Record<string, string>>> = (value) =>
  Object.fromEntries(Object.entries(membersOf(value)).map(([name, one]) => [name, text(one)]));

/** An object with these members; others are left out, so that later versions can add some. */
export function shape<T extends object>(readers: {
  readonly [Name in keyof T]-?: Read<T[Name]>;
}): Read<T> {
  return (value) => {
    const members = membersOf(value);
    const entries = Object.entries<Read<unknown>>(readers).map(
      ([name, read]) => [name, read(members[name])] as const,
    );
    return Object.fromEntries(entries.filter(([, one]) => one !== undefined)) as T;
  };
}

/** Reads JSON of another process; undefined when it is not what it should be. */
export function decoded<T>(json: string, read: Read<T>): T | undefined {
  try {
    return read(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { ...value }
    : refuse('object');
}
