import { LoggingConfigurationError } from './configuration-error.ts';
import type { LevelSet } from '../level.ts';
import type { LogFormat } from './log-format.ts';
import type { LogReceiver, LogRoute, RollingRule } from './logging-configuration.ts';
import { levelList, requiredAttribute, wholeNumber } from './read-attributes.ts';
import type { XmlElement } from './xml-element.ts';

/** What an element of `<outputs>` takes over from those around it. */
export interface OutputContext {
  readonly levels: LevelSet;
  readonly format: LogFormat;
  /** @throws LoggingConfigurationError for an identifier that no format has */
  readonly formatNamed: (id: string) => LogFormat;
  /** Takes a sentence about something that was left out. */
  readonly notice: (sentence: string) => void;
}

const NO_ARCHIVE = 'none';

function sizeRule(element: XmlElement, notice: (sentence: string) => void): RollingRule {
  const archive = element.attributes.get('archivetype') ?? NO_ARCHIVE;
  if (archive !== NO_ARCHIVE) {
    notice(`rolled files are not packed (archivetype="${archive}")`);
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
    throw new LoggingConfigurationError(`<rollingfile type="${type}">: the type is "size"`);
  }
  notice(`rolling by date is not available: ${path} grows without limit (use type="size")`);
  return { kind: 'file', path, rolling: undefined };
}

/**
 * Follows an element of `<outputs>`, and those in it, to the receivers (seelog, "Dispatchers and
 * receivers"). A filter narrows what the filters around it let through; a format holds for
 * everything inside that names none of its own.
 *
 * @throws LoggingConfigurationError when an attribute is absent or wrong
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
      const passing = levelList(element);
      return inside({
        ...context,
        levels: new Set([...levels].filter((level) => passing.has(level))),
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
