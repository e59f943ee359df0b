import { testGuide } from '../../support/guide.ts';

testGuide('docs/tunnels.md');
