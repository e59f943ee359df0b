/** The AWS SDK's own switch for its warning about the version of Node.js. */
const VERSION_WARNING_SWITCH = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/**
 * Keeps the AWS SDK from printing on stderr, into the middle of a session, that its later versions
 * will need a newer Node.js: this program holds the version it was tested with. To be called before
 * the first client is made.
 */
export function suppressVersionWarning(): void {
  process.env[VERSION_WARNING_SWITCH] ??= 'true';
}
