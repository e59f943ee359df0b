/** The AWS SDK's own switch for its warning about the version of Node.js. */
const VERSION_WARNING_SWITCH = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/**
 * Keeps the AWS SDK from printing on stderr, into the middle of a session, that its later versions will need
 * a newer Node.js: this program includes the version that it was tested with. Call it before the first client
 * is created.
 */
export function suppressVersionWarning(): void {
  process.env[VERSION_WARNING_SWITCH] ??= 'true';
}
