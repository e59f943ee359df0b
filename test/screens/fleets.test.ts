import type { LocalNode } from '../local-aws/local-aws.ts';
import { account, WEB } from './support/fleets.ts';
import type { Scene } from './support/scene.ts';
import { testScenes } from './support/test-scenes.ts';

/** A fleet of 12, some of which are not as the others. */
const FLEET: readonly LocalNode[] = Array.from({ length: 12 }, (_, i) => {
  const number = String(i + 1);
  return { ...WEB, id: `i-${number.padStart(17, '0')}`, nameTag: `web-${number}` };
});
/** `AWS_SSM_INSTANCE_ID` is the id of the machine, as the agent sets it. */
const SCRIPT = 'case $AWS_SSM_INSTANCE_ID in *3) echo no such unit >&2; exit 4;; esac; echo active';
const LASTING = 'case $AWS_SSM_INSTANCE_ID in *3) exit 4;; *[12]) sleep 600;; esac';

const LINES: Scene = {
  name: 'lines',
  args: ['exec', '--all', '--yes', '--', SCRIPT],
  target: account(FLEET),
  rows: 40,
};

testScenes('fleets', [
  LINES,
  { ...LINES, name: 'fold', args: ['exec', '--all', '--yes', '--fold', '--', SCRIPT] },
  { ...LINES, name: 'summary', args: ['exec', '--all', '--yes', '--summary', '--', SCRIPT] },
  {
    ...LINES,
    name: 'question',
    args: ['exec', '--all', '--', SCRIPT],
    play: ({ until }) => until('the question', ({ lines }) => lines.join('\n').includes('(y/N)')),
  },
  {
    ...LINES,
    name: 'bar',
    args: ['exec', '--all', '--yes', '--', LASTING],
    play: ({ until }) =>
      until('the bar', ({ lines }) => {
        const text = lines.join('\n');
        return text.includes('web-3: status 4') && text.includes('8 of 12 done');
      }),
  },
]);
