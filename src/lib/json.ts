/** A JSON object whose members are not checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Narrows a parsed JSON value to an object, which excludes arrays and null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses JSON; undefined when it is not an object. */
export function parseObject(text: string): JsonObject | undefined {
  const value = parse(text);
  return isJsonObject(value) ? value : undefined;
}

/** Parses JSON; undefined when it is not an array. */
export function parseArray(text: string): readonly unknown[] | undefined {
  const value = parse(text);
  return Array.isArray(value) ? value : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The member if it is an object, else an empty one. */
export function objectMember(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

/** The member if it is a string, else the empty string: peers omit members that they do not use, or set them to null. */
export function stringMember(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}
