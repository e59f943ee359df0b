import type { ManagedNode } from '../../aws/aws.ts';
import { printable } from '../../lib/printable.ts';

/** A node as messages name it: `web (i-0123456789abcdef0)`, or its id alone when it has no name. */
export function nodeTitle({ id, name }: Pick<ManagedNode, 'id' | 'name'>): string {
  return name === '' || name === id ? printable(id) : printable(`${name} (${id})`);
}
