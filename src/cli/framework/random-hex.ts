import type { CommandRandom } from './command-context.ts';

/** Random bytes as hexadecimal digits: a name that cannot be guessed. */
export function randomHex({ fill }: Pick<CommandRandom, 'fill'>, bytes: number): string {
  const random = Buffer.alloc(bytes);
  fill(random);
  return random.toString('hex');
}
