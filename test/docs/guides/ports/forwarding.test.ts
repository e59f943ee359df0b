import { testGuide } from '../../support/guide.ts';

testGuide('docs/forwarding.md');
