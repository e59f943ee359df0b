import { unescape } from 'node:querystring';

/** What a header may hold (RFC 9110, section 5.5): above all no line break, which would begin another header. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The request that asks a server for a WebSocket (RFC 6455, section 4.1), byte for byte as Node.js and `ws` send it.
 * Its characters are bytes (Latin-1).
 *
 * @param headers - to add; never log them
 * @param key - for `Sec-WebSocket-Key`: 16 random bytes in Base64
 * @throws TypeError for a header that cannot be sent. Its message has no value of it
 */
export function encodeUpgradeRequest(
  url: URL,
  headers: Readonly<Record<string, string>>,
  key: string,
): string {
  const all = {
    ...headers,
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    Host: url.host,
    ...('authorization' in headers ? {} : userInfo(url)),
  };
  let text = `GET ${url.pathname}${url.search} HTTP/1.1\r\n`;
  for (const [name, value] of Object.entries(all)) {
    if (!HEADER_VALUE.test(value)) throw new TypeError(`the header ${name} cannot be sent`);
    text += `${name}: ${value}\r\n`;
  }
  return `${text}\r\n`;
}

/** A user name and a password in the URL are sent as those of HTTP (RFC 7617). */
function userInfo({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const text = `${unescape(username)}:${unescape(password)}`;
  return { Authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}
