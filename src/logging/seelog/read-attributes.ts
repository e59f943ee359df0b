import { ConfigurationError } from '../../lib/errors/configuration-error.ts';
import { ALL_LEVELS, levelRank, levelsBetween, LOG_LEVELS, type LevelSet } from '../level.ts';
import type { XmlElement } from './xml-element.ts';

/**
 * Reads a required attribute.
 *
 * @throws ConfigurationError `logging`, when it is absent or empty
 */
export function requiredAttribute({ name, attributes }: XmlElement, attribute: string): string {
  const value = attributes.get(attribute) ?? '';
  if (value !== '') return value;
  throw new ConfigurationError('logging', `<${name}> needs the attribute ${attribute}`);
}

/**
 * Reads an attribute that is a whole number in decimal digits.
 *
 * @throws ConfigurationError `logging`, when it is anything else or less than `minimum`
 */
export function wholeNumber(element: XmlElement, attribute: string, minimum: number): number {
  const text = requiredAttribute(element, attribute).trim();
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= minimum) return value;
  throw new ConfigurationError(
    'logging',
    `<${element.name} ${attribute}="${text}">: use a whole number from ${minimum} on`,
  );
}

function rankOf(element: XmlElement, attribute: string, text: string): number {
  const rank = levelRank(text.trim());
  if (rank !== undefined) return rank;
  throw new ConfigurationError(
    'logging',
    `<${element.name} ${attribute}="${text}">: the levels are ${LOG_LEVELS.join(', ')} and off`,
  );
}

/**
 * Reads the attribute `levels`: names separated by commas, or only `off`.
 *
 * @throws ConfigurationError `logging`, when it is absent or names no level
 */
export function levelList(element: XmlElement): LevelSet {
  const ranks = requiredAttribute(element, 'levels')
    .split(',')
    .map((name) => rankOf(element, 'levels', name));
  return new Set(ranks.flatMap((rank) => LOG_LEVELS[rank] ?? []));
}

/**
 * Reads the levels of an element: `levels`, or `minlevel` and `maxlevel`; all levels when it has none of
 * these attributes (seelog, "Constraints").
 *
 * @throws ConfigurationError `logging`, when one of them names no level, or minlevel is above maxlevel
 */
export function constrainedLevels(element: XmlElement): LevelSet {
  const { attributes } = element;
  if (attributes.has('levels')) return levelList(element);
  const minimum = attributes.get('minlevel');
  const maximum = attributes.get('maxlevel');
  if (minimum === undefined && maximum === undefined) return ALL_LEVELS;
  const lowest = minimum === undefined ? 0 : rankOf(element, 'minlevel', minimum);
  const highest = maximum === undefined ? LOG_LEVELS.length : rankOf(element, 'maxlevel', maximum);
  // A minimum of `off` is above every level, which is intended.
  if (lowest > highest && lowest < LOG_LEVELS.length) {
    throw new ConfigurationError('logging', `<${element.name}>: minlevel is above maxlevel`);
  }
  return levelsBetween(lowest, highest);
}
