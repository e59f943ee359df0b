/** Signs one executable as the environment configures: `sign-file.ts PATH SECONDS`. NSIS calls it. */
import { signWindowsExecutable, windowsSigning } from './windows-signing.ts';

const [path = '', signingTime = ''] = process.argv.slice(2);
signWindowsExecutable(path, windowsSigning(process.env), Number(signingTime));
