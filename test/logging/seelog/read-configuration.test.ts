import assert from 'node:assert/strict';
import { it } from 'node:test';

import { isConfigurationError } from '../../../src/lib/errors/configuration-error.ts';
import { mayBeWanted } from '../../../src/logging/seelog/level-constraints.ts';
import { ALL_LEVELS, LOG_LEVELS } from '../../../src/logging/level.ts';
import { readConfiguration } from '../../../src/logging/seelog/read-configuration.ts';

const read = (text: string) => readConfiguration(Buffer.from(text));

const OUTPUTS = '<outputs formatid="f"><console/></outputs>';
const FORMATS =
  '<formats><format id="f" format="%Msg"/><format id="g" format="%l %Msg"/></formats>';
const withRoot = (attributes: string): string =>
  `<seelog ${attributes}>${OUTPUTS}${FORMATS}</seelog>`;
const withOutputs = (outputs: string): string => `<seelog>${outputs}${FORMATS}</seelog>`;

const entry = { level: 'error', message: 'lost', time: 0, site: undefined } as const;

it('minlevel and maxlevel constrain what is logged', () => {
  const levelsOf = (attributes: string) => [...read(withRoot(attributes)).constraints.levels];
  assert.deepEqual(levelsOf('minlevel="warn"'), ['warn', 'error', 'critical']);
  assert.deepEqual(levelsOf('minlevel="debug" maxlevel="info"'), ['debug', 'info']);
  assert.deepEqual(levelsOf('maxlevel="debug"'), ['trace', 'debug']);
  assert.deepEqual(levelsOf('minlevel="off"'), []);
  assert.deepEqual(levelsOf('minlevel="off" maxlevel="error"'), []);
  assert.deepEqual(levelsOf('levels="trace, critical"'), ['trace', 'critical']);
  assert.deepEqual(levelsOf('levels="off"'), []);
  assert.deepEqual(levelsOf(''), LOG_LEVELS);
});

it('every kind of logger is accepted', () => {
  for (const type of ['adaptive', 'asyncloop', 'asynctimer', 'sync']) {
    const { notices } = read(withRoot(`type="${type}" mininterval="2" asyncinterval="5"`));
    assert.deepEqual(notices, []);
  }
});

it('exceptions keep their order and their patterns', () => {
  const { constraints } = read(
    `<seelog minlevel="error"><exceptions>
       <exception filepattern="*session*" funcpattern="open*" minlevel="trace"/>
       <exception filepattern="test*" minlevel="off"/>
     </exceptions>${OUTPUTS}${FORMATS}</seelog>`,
  );
  const [first, second] = constraints.exceptions;
  assert.ok(first && second);
  assert.equal(constraints.exceptions.length, 2);
  assert.ok(first.file('/opt/session.ts') && first.functionName('openChannel'));
  assert.ok(!first.functionName('close'));
  assert.ok(second.functionName('anything'), 'an absent pattern matches everything');
  assert.equal(second.levels.size, 0);
  assert.ok(mayBeWanted(constraints, 'trace'));
});

it('a rolling file has a size and a number of rolls; a plain file has neither', () => {
  const { routes, notices } = read(
    withOutputs(
      `<outputs>
         <rollingfile type="size" filename="/a.log" maxsize="100" maxrolls="5"/>
         <rollingfile type="size" filename="/b.log" maxsize="100"/>
         <file path="/c.log"/>
         <console/>
       </outputs>`,
    ),
  );
  assert.deepEqual(
    routes.map(({ receiver }) => receiver),
    [
      { kind: 'file', path: '/a.log', rolling: { maxBytes: 100, maxRolls: 5 } },
      { kind: 'file', path: '/b.log', rolling: { maxBytes: 100, maxRolls: 0 } },
      { kind: 'file', path: '/c.log', rolling: undefined },
      { kind: 'console' },
    ],
  );
  assert.deepEqual(notices, []);
});

it('filters in filters narrow each other, and a format applies to outputs without one', () => {
  const { routes } = read(
    withOutputs(
      `<outputs formatid="f">
         <console/>
         <filter levels="warn,error,critical" formatid="g">
           <console/>
           <splitter formatid="f">
             <filter levels="debug,error"><console/></filter>
             <buffered size="100" formatid="g"><console formatid="f"/></buffered>
           </splitter>
         </filter>
       </outputs>`,
    ),
  );
  assert.deepEqual(
    routes.map(({ levels, format }) => [[...levels], format.render(entry)]),
    [
      [[...ALL_LEVELS], 'lost'],
      [['warn', 'error', 'critical'], 'e lost'],
      [['error'], 'lost'],
      [['warn', 'error', 'critical'], 'lost'],
    ],
  );
});

it('an output without any format has the default one', () => {
  const { routes } = read('<seelog><outputs><console/></outputs></seelog>');
  assert.equal(routes[0]?.format.render(entry), '0 [Error] lost\n');
});

it('UTF-8 with a byte order mark and the "Unicode" of Windows editors are read', () => {
  const text = `\ufeff<?xml version="1.0"?>${withOutputs('<outputs><file path="/ö.log"/></outputs>')}`;
  for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le')]) {
    const { routes } = readConfiguration(bytes);
    assert.deepEqual(routes[0]?.receiver, { kind: 'file', path: '/ö.log', rolling: undefined });
  }
});

const noticed: readonly (readonly [what: string, text: string, notice: RegExp])[] = [
  ['an unknown section', `<seelog><colors/>${OUTPUTS}${FORMATS}</seelog>`, /<colors> is not known/],
  [
    'an unknown element among the exceptions',
    `<seelog><exceptions><rule/></exceptions>${OUTPUTS}${FORMATS}</seelog>`,
    /<rule> in <exceptions>/,
  ],
  ['an output by mail', withOutputs('<outputs><smtp/><console/></outputs>'), /<smtp>/],
  [
    'rolling by date',
    withOutputs('<outputs><rollingfile type="date" filename="/a.log" datepattern="02"/></outputs>'),
    /by date.*\/a\.log/,
  ],
  [
    'packing of rolled files',
    withOutputs(
      '<outputs><rollingfile type="size" filename="/a" maxsize="9" archivetype="zip"/></outputs>',
    ),
    /archivetype="zip"/,
  ],
  [
    'an unknown verb',
    `<seelog>${OUTPUTS}<formats><format id="f" format="%Pid %Msg"/></formats></seelog>`,
    /%Pid/,
  ],
  ['no output at all', '<seelog minlevel="info"/>', /no output/],
];

for (const [what, text, notice] of noticed) {
  it(`${what} is ignored with a notice`, () => {
    const { notices } = read(text);
    assert.equal(notices.length, 1);
    assert.match(notices.join(), notice);
  });
}

const file = (attributes: string): string =>
  withOutputs(`<outputs><rollingfile ${attributes}/></outputs>`);

const refused: readonly (readonly [what: string, text: string, reason: RegExp])[] = [
  ['an empty file', '', /root element/i],
  ['an unclosed element', '<seelog><outputs></seelog>', /line 1/],
  ['an attribute without quotes', '<seelog minlevel=info/>', /line 1/],
  ['two outermost elements', '<seelog/><seelog/>', /line 1/],
  ['nesting beyond measure', '<a>'.repeat(100_000), /./],
  ['another document', '<html/>', /<html>/],
  ['an unknown level', withRoot('minlevel="verbose"'), /minlevel="verbose".*trace/],
  ['a minimum above the maximum', withRoot('minlevel="error" maxlevel="info"'), /above maxlevel/],
  ['an unknown level in a list', withRoot('levels="info,loud"'), /levels="loud"/],
  ['a filter without levels', withOutputs('<outputs><filter/></outputs>'), /<filter>.*levels/],
  ['an unknown format', withOutputs('<outputs formatid="h"/>'), /formatid="h"/],
  ['a format without text', '<seelog><formats><format id="f"/></formats></seelog>', /format/],
  ['a file without a name', withOutputs('<outputs><file/></outputs>'), /path/],
  ['a rolling file without a name', file('type="size" maxsize="9"'), /filename/],
  ['a rolling file without a size', file('type="size" filename="/a"'), /maxsize/],
  ['a size that is no number', file('type="size" filename="/a" maxsize="30MB"'), /"30MB"/],
  ['a size of nothing', file('type="size" filename="/a" maxsize="0"'), /maxsize="0"/],
  ['a size beyond counting', file(`type="size" filename="/a" maxsize="${'9'.repeat(20)}"`), /999/],
  ['a negative number of rolls', file('type="size" filename="/a" maxsize="9" maxrolls="-1"'), /-1/],
  ['an unknown kind of rolling', file('type="moon" filename="/a"'), /moon/],
];

for (const [what, text, reason] of refused) {
  it(`${what} is refused with a reason`, () => {
    assert.throws(
      () => read(text),
      (error) => isConfigurationError(error, 'logging') && reason.test(error.message),
    );
  });
}
