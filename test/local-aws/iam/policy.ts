import { isJsonObject, type JsonObject } from '../../../src/lib/json.ts';

/** A policy document (IAM user guide, "Grammar of the IAM JSON policy language"), as far as policies of sessions need it. */
export interface Policy {
  readonly statements: readonly Statement[];
}

/** One statement. `NotAction`, `NotResource` and `Principal` are not supported. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** With wildcards, such as `ssm:Describe*`. */
  readonly actions: readonly string[];
  /** With wildcards and variables. */
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
}

interface Condition {
  readonly operator: string;
  readonly key: string;
  /** With variables. */
  readonly values: readonly string[];
}

/** One thing that a caller does to one resource. */
export interface Access {
  /** `ssm:StartSession`. */
  readonly action: string;
  /** The ARN; `*` for an action that has no resources. */
  readonly resource: string;
  /** Condition keys and their values, those of the caller included. */
  readonly context: Readonly<Record<string, string>>;
}

/** How policies decide about an access. */
export type Decision = 'allowed' | 'not-allowed' | 'denied';

/** A policy document that is not one, or has a part that is not supported. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/** How condition operators compare (IAM user guide, "Condition operators"). */
const OPERATORS: Readonly<Record<string, (actual: string, wanted: string) => boolean>> = {
  StringEquals: (actual, wanted) => actual === wanted,
  StringLike: (actual, wanted) => matchesPattern(actual, wanted),
  Bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
};
/** With this suffix a condition holds when its key is missing. */
const IF_EXISTS = 'IfExists';
const STATEMENT_MEMBERS: ReadonlySet<string> = new Set([
  ...['Sid', 'Effect', 'Action', 'Resource', 'Condition'],
]);
const VERSION = '2012-10-17';

/** Reads a policy document; throws {@link PolicyError} for anything that {@link decide} does not evaluate. */
export function parsePolicy(text: string): Policy {
  const document: unknown = JSON.parse(text);
  if (!isJsonObject(document) || document['Version'] !== VERSION) {
    throw new PolicyError(`the version of a policy is ${VERSION}: older ones have no variables`);
  }
  const { Statement: statements } = document;
  if (!Array.isArray(statements)) throw new PolicyError('Statement is no list');
  return { statements: statements.map(parseStatement) };
}

/**
 * Evaluates policies in the order of IAM (user guide, "Policy evaluation logic"): an explicit deny
 * first, then an allow; without either, the access is not allowed.
 */
export function decide(policies: readonly Policy[], access: Access): Decision {
  const matching = policies
    .flatMap(({ statements }) => statements)
    .filter((statement) => matchesStatement(statement, access));
  if (matching.some(({ effect }) => effect === 'Deny')) return 'denied';
  return matching.length > 0 ? 'allowed' : 'not-allowed';
}

function parseStatement(value: unknown): Statement {
  if (!isJsonObject(value)) throw new PolicyError('a statement is no object');
  const unknown = Object.keys(value).filter((name) => !STATEMENT_MEMBERS.has(name));
  if (unknown.length > 0) throw new PolicyError(`not supported: ${unknown.join(', ')}`);
  const { Effect: effect } = value;
  if (effect !== 'Allow' && effect !== 'Deny') throw new PolicyError('Effect is Allow or Deny');
  return {
    effect,
    actions: textsOf(value, 'Action'),
    resources: textsOf(value, 'Resource'),
    conditions: parseConditions(value['Condition'] ?? {}),
  };
}

function parseConditions(value: unknown): readonly Condition[] {
  if (!isJsonObject(value)) throw new PolicyError('Condition is no object');
  return Object.entries(value).flatMap(([operator, keys]) => {
    if (OPERATORS[baseOf(operator)] === undefined || !isJsonObject(keys)) {
      throw new PolicyError(`not supported: the condition operator ${operator}`);
    }
    return Object.keys(keys).map((key) => ({ operator, key, values: textsOf(keys, key) }));
  });
}

function textsOf(object: JsonObject, name: string): readonly string[] {
  const value = object[name];
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.map((text) => {
    if (typeof text !== 'string') throw new PolicyError(`${name} is no text and no list of texts`);
    return text;
  });
}

function matchesStatement(statement: Statement, access: Access): boolean {
  const { action, resource, context } = access;
  const isFor = (pattern: string): boolean =>
    matchesPattern(action.toLowerCase(), pattern.toLowerCase());
  return (
    statement.actions.some(isFor) &&
    statement.resources.some((one) => matchesPattern(resource, withVariables(one, context))) &&
    statement.conditions.every((condition) => holds(condition, context))
  );
}

function holds({ operator, key, values }: Condition, context: Access['context']): boolean {
  const actual = context[key];
  if (actual === undefined) return operator.endsWith(IF_EXISTS);
  const compare = OPERATORS[baseOf(operator)];
  return values.some((value) => compare?.(actual, withVariables(value, context)));
}

function baseOf(operator: string): string {
  return operator.endsWith(IF_EXISTS) ? operator.slice(0, -IF_EXISTS.length) : operator;
}

/** Replaces `${aws:userid}` and the like; one without a value matches nothing. */
function withVariables(text: string, context: Access['context']): string {
  return text.replace(/\$\{([^}]+)\}/g, (variable, key: string) => context[key] ?? variable);
}

/** `*` stands for any text and `?` for one character. */
function matchesPattern(text: string, pattern: string): boolean {
  const escaped = pattern.replace(/[\\^$.+()[\]{}|]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
}
