/** Where the product is installed on Linux and macOS (install guide). */
export const INSTALL_DIRECTORY = '/usr/local/sessionmanagerplugin';
