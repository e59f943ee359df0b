import { testFailures } from '../support/failures/failing.ts';

const RECORD = ['shell', 'web-1', '--record'];
/** In a shell, where the working directory of the program is not that of the files. */
const FILE = '~/a.cast';

testFailures('recordings', {
  exists: { args: RECORD, shell: FILE, files: { 'a.cast': '' }, failure: 'recording-exists' },
  'no-directory': { args: [...RECORD, 'lost/a.cast'], failure: 'recording-unwritable' },
  'no-file': { args: ['play', 'lost.cast'], failure: 'recording-unreadable' },
  'no-recording': {
    args: ['play'],
    shell: FILE,
    files: { 'a.cast': '{"version":2,"width":80,"height":24}\n{}\n' },
    failure: 'recording-invalid',
  },
});
