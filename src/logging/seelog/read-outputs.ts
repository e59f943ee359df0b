import { ConfigurationError } from '../../lib/errors/configuration-error.ts';
import type { LevelSet } from '../level.ts';
import type { LogFormat } from './log-format.ts';
import type { LogReceiver, LogRoute, RollingRule } from './logging-configuration.ts';
import { levelList, requiredAttribute, wholeNumber } from './read-attributes.ts';
import type { XmlElement } from './xml-element.ts';

/** What an element of `<outputs>` inherits from the elements around it. */
export interface OutputContext {
  readonly levels: LevelSet;
  readonly format: LogFormat;
  /** @throws ConfigurationError `logging`, when no format has this identifier */
  readonly formatNamed: (id: string) => LogFormat;
  /** Reports something that was ignored, in a sentence. */
  readonly notice: (sentence: string) => void;
}

const NO_ARCHIVE = 'none';

function sizeRule(element: XmlElement, notice: (sentence: string) => void): RollingRule {
  const archive = element.attributes.get('archivetype') ?? NO_ARCHIVE;
  if (archive !== NO_ARCHIVE) {
    notice(`rolled files are not compressed (archivetype="${archive}")`);
  }
  return {
    maxBytes: wholeNumber(element, 'maxsize', 1),
    maxRolls: element.attributes.has('maxrolls') ? wholeNumber(element, 'maxrolls', 0) : 0,
  };
}

function rollingFile(element: XmlElement, notice: (sentence: string) => void): LogReceiver {
  const type = requiredAttribute(element, 'type');
  const path = requiredAttribute(element, 'filename');
  if (type === 'size') return { kind: 'file', path, rolling: sizeRule(element, notice) };
  if (type !== 'date') {
    throw new ConfigurationError(
      'logging',
      `<rollingfile type="${type}">: the type must be "size"`,
    );
  }
  notice(`rolling by date is not available: ${path} grows without limit (use type="size")`);
  return { kind: 'file', path, rolling: undefined };
}

/**
 * Reads an element of `<outputs>` and the elements in it (seelog, "Dispatchers and receivers"). A filter
 * narrows the levels of the filters around it. A format applies to every element inside that has none.
 *
 * @throws ConfigurationError `logging`, when an attribute is absent or invalid
 */
export function readOutput(element: XmlElement, outer: OutputContext): readonly LogRoute[] {
  const { name, attributes, children } = element;
  const formatId = attributes.get('formatid') ?? '';
  const context = formatId === '' ? outer : { ...outer, format: outer.formatNamed(formatId) };
  const { levels, format, notice } = context;
  const inside = (inner: OutputContext): readonly LogRoute[] =>
    children.flatMap((child) => readOutput(child, inner));
  switch (name) {
    case 'outputs':
    case 'splitter':
    case 'buffered':
      return inside(context);
    case 'filter': {
      const allowed = levelList(element);
      return inside({
        ...context,
        levels: new Set([...levels].filter((level) => allowed.has(level))),
      });
    }
    case 'console':
      return [{ levels, format, receiver: { kind: 'console' } }];
    case 'file':
      return [
        {
          levels,
          format,
          receiver: { kind: 'file', path: requiredAttribute(element, 'path'), rolling: undefined },
        },
      ];
    case 'rollingfile':
      return [{ levels, format, receiver: rollingFile(element, notice) }];
    default:
      notice(`the output <${name}> is not available`);
      return [];
  }
}
