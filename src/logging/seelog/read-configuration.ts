import { ConfigurationError } from '../../lib/errors/configuration-error.ts';
import { wildcard, type LevelException } from './level-constraints.ts';
import { ALL_LEVELS } from '../level.ts';
import { compileFormat, DEFAULT_FORMAT, type LogFormat } from './log-format.ts';
import type { LoggingConfiguration, LogRoute } from './logging-configuration.ts';
import { constrainedLevels, requiredAttribute } from './read-attributes.ts';
import { readOutput } from './read-outputs.ts';
import { readXml, type XmlElement } from './xml-element.ts';

const ROOT = 'seelog';

type Notice = (sentence: string) => void;

const childrenOf = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.filter((child) => child.name === name);

/** The elements of all sections of a name, with a notice about the unknown ones. */
function sectionItems(
  root: XmlElement,
  section: string,
  item: string,
  notice: Notice,
): readonly XmlElement[] {
  return childrenOf(root, section)
    .flatMap(({ children }) => children)
    .filter((element) => {
      if (element.name === item) return true;
      notice(`<${element.name}> in <${section}> is not known`);
      return false;
    });
}

function readException(element: XmlElement): LevelException {
  return {
    file: wildcard(element.attributes.get('filepattern') ?? '*'),
    functionName: wildcard(element.attributes.get('funcpattern') ?? '*'),
    levels: constrainedLevels(element),
  };
}

function readFormats(root: XmlElement, notice: Notice): ReadonlyMap<string, string> {
  const formats = sectionItems(root, 'formats', 'format', notice);
  return new Map(
    formats.map((format) => [requiredAttribute(format, 'id'), requiredAttribute(format, 'format')]),
  );
}

function readRoutes(
  root: XmlElement,
  formats: ReadonlyMap<string, string>,
  notice: Notice,
): readonly LogRoute[] {
  const compile = (text: string): LogFormat => {
    const format = compileFormat(text);
    for (const verb of format.unknownVerbs) notice(`${verb} in a format is not known`);
    return format;
  };
  const context = {
    levels: ALL_LEVELS,
    format: compile(DEFAULT_FORMAT),
    formatNamed: (id: string) => {
      const text = formats.get(id);
      if (text !== undefined) return compile(text);
      throw new ConfigurationError('logging', `formatid="${id}": no format has this id`);
    },
    notice,
  };
  return childrenOf(root, 'outputs').flatMap((outputs) => readOutput(outputs, context));
}

// Editors on Windows offer UTF-16 as "Unicode". It begins with a byte order mark.
function decodeText(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes);
}

/**
 * Reads the bytes of a seelog.xml: UTF-8 or, with a byte order mark, little-endian UTF-16. The kind of
 * logger (`type`, `mininterval` and so on) is accepted and ignored: writing is always asynchronous. What
 * is unknown gives a notice. What makes it unclear what to log, or where, is an error.
 *
 * @throws ConfigurationError `logging`, when they are not an XML document or not a usable configuration
 */
export function readConfiguration(bytes: Uint8Array): LoggingConfiguration {
  const root = readXml(decodeText(bytes));
  if (root.name !== ROOT) {
    throw new ConfigurationError(
      'logging',
      `the outermost element is <${root.name}>, not <${ROOT}>`,
    );
  }
  const notices = new Set<string>();
  const notice: Notice = (sentence) => void notices.add(sentence);
  for (const { name } of root.children) {
    if (!['exceptions', 'outputs', 'formats'].includes(name)) notice(`<${name}> is not known`);
  }
  const routes = readRoutes(root, readFormats(root, notice), notice);
  if (routes.length === 0) notice('there is no output, so nothing is logged');
  const exceptions = sectionItems(root, 'exceptions', 'exception', notice).map(readException);
  return {
    constraints: { levels: constrainedLevels(root), exceptions },
    routes,
    notices: [...notices],
  };
}
