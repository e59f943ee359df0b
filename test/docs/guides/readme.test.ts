import { testGuide } from '../support/guide.ts';

testGuide('README.md', {
  elsewhere: [
    // test/local-aws/tests/starting/demo.test.ts; and `npm test` is what runs this.
    'session-manager-plugin',
    // test/packaging/ installs the downloads in systems of their own.
    'macOS 11 or later, with the bundled installer',
    'macOS 11 or later, with the package',
    // test/bin/launcher.test.ts
    'From the sources',
  ],
});
