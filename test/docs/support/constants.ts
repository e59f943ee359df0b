import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from './markdown.ts';

/** A constant of the sources whose value is a number. */
export interface Constant {
  readonly name: string;
  /** In the project, with `/`. */
  readonly path: string;
  /** As it is written: `64 * KIB`. */
  readonly expression: string;
}

/** `const NAME = 64 * KIB;` at the beginning of a line, and the same with `export` or a type. */
const DECLARATION = /^(?:export )?const ([A-Z][A-Z0-9_]*)(?:: number)? = ([^;'"`]+);/gm;
const TOKEN = /[\w-]+:[A-Z][A-Z0-9_]*|[A-Z][A-Z0-9_]*|\d[\d_.]*|[-+*/]|\S/g;

/** Finds the constants of the sources whose value is a sum of products. */
export function readConstants(): readonly Constant[] {
  const candidates = globSync('src/**/*.ts', { cwd: ROOT }).flatMap((path) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(DECLARATION)].map(
      ([, name = '', expression = '']) => ({ name, path, expression }),
    ),
  );
  return candidates.filter(({ expression, path }) => {
    try {
      return evaluate(candidates, expression, path) !== undefined;
    } catch {
      // Made of something that is no constant.
      return false;
    }
  });
}

/**
 * The constants of a name. A directory or the name of a file may come before the name, to choose:
 * `network:CONNECT_TIMEOUT_MS`.
 */
export function constantsNamed(constants: readonly Constant[], name: string): readonly Constant[] {
  const [own, place] = name.split(':').reverse();
  return constants.filter(
    (constant) => constant.name === own && (place === undefined || isIn(constant.path, place)),
  );
}

/**
 * Computes a sum of products of numbers and constants: `2 * KEEP_ALIVE_INTERVAL_MS`.
 *
 * @param path - a file whose own constants come before those of others
 * @returns undefined when it is something else
 * @throws Error for a name that no constant or that several different ones have
 */
export function evaluate(
  constants: readonly Constant[],
  expression: string,
  path?: string,
): number | undefined {
  const tokens = expression.match(TOKEN) ?? [];
  const factors: (number | undefined)[] = [];
  const operators: string[] = [];
  for (const [at, token] of tokens.entries()) {
    if (at % 2 === 1) operators.push(token);
    else factors.push(/^\d/.test(token) ? Number(token.replaceAll('_', '')) : named(token));
  }
  if (factors.length !== operators.length + 1) return undefined;

  let sum = 0;
  let sign = 1;
  let product = factors[0];
  for (const [at, operator] of operators.entries()) {
    const factor = factors[at + 1];
    if (product === undefined || factor === undefined) return undefined;
    if (operator === '*') product *= factor;
    else if (operator === '/') product /= factor;
    else if (operator === '+' || operator === '-') {
      sum += sign * product;
      sign = operator === '+' ? 1 : -1;
      product = factor;
    } else return undefined;
  }
  return product === undefined ? undefined : sum + sign * product;

  function named(name: string): number | undefined {
    if (!/^(?:[\w-]+:)?[A-Z]/.test(name)) return undefined;
    const all = constantsNamed(constants, name);
    const own = all.filter((constant) => constant.path === path);
    const values = new Set(
      (own.length > 0 ? own : all).map((constant) =>
        evaluate(constants, constant.expression, constant.path),
      ),
    );
    if (values.size !== 1) {
      throw new Error(
        `${name}: ${values.size === 0 ? 'no' : 'more than one'} constant has this name`,
      );
    }
    return [...values][0];
  }
}

function isIn(path: string, place: string): boolean {
  return path.split('/').includes(place) || basename(path, '.ts') === place;
}
