import { VERSION } from '../../support/product.ts';

/** A text that differs from run to run, and the one that stands for it in files. */
export type Replacement = readonly [varying: string, constant: string];

/** The port of the local target, which the system chooses. */
const ENDPOINT_PORT = '50000';
/** A version of the program. */
const SHOWN_VERSION = '1.2.3.4';
/** How long something has taken by the time it is looked at. */
const ELAPSED = [/((?:…|reconnecting) )\d( s)/g, '$12$2'] as const;

/**
 * Everything that differs from run to run, replaced in what a program has printed before a terminal gets
 * it. The texts are as long as those that they replace: nothing moves.
 *
 * @param endpoint - of the local target
 */
export function constantText(
  text: string,
  endpoint: string,
  further: readonly Replacement[],
): string {
  const replacements: readonly Replacement[] = [
    [`:${new URL(endpoint).port}`, `:${ENDPOINT_PORT}`],
    [VERSION, SHOWN_VERSION],
    ...further,
  ];
  const constants = new Map<string, string>();
  for (const [varying, constant] of replacements) {
    if (varying.length !== constant.length && text.includes(varying)) {
      throw new Error(`"${constant}" is not as long as "${varying}": lines would break elsewhere`);
    }
    if (!constants.has(varying)) constants.set(varying, constant);
  }
  // One pass: the system may choose a port whose number is what stands for another one.
  const varying = [...constants.keys()]
    .toSorted((a, b) => b.length - a.length)
    .map((one) => one.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  const replaced = text.replaceAll(
    new RegExp(varying.join('|'), 'g'),
    (one) => constants.get(one) ?? one,
  );
  return replaced.replaceAll(...ELAPSED);
}
