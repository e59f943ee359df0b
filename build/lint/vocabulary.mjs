/**
 * A word or a phrase that readers have to read twice.
 *
 * @typedef {object} Entry
 * @property {RegExp} avoid - in upper or lower case, as whole words
 * @property {string} write - the standard term, or what to do
 * @property {boolean} [everywhere] - also in the texts of the program and in the guides. Without it, only in
 *   comments and names of tests, where no other text is quoted
 */

/**
 * @param {string} avoid
 * @param {string} write
 * @returns {Entry}
 */
function code(avoid, write) {
  return { avoid: new RegExp(`\\b(?:${avoid})\\b`, 'i'), write };
}

/**
 * @param {string} avoid
 * @param {string} write
 * @returns {Entry}
 */
function everywhere(avoid, write) {
  return { ...code(avoid, write), everywhere: true };
}

/** @type {readonly Entry[]} */
export const VOCABULARY = [
  everywhere('whoever|whomever', 'the user, the caller, a program that …'),
  everywhere('nobody|somebody', 'no user, another program, no reader, …'),
  everywhere('is to be had', 'is available'),
  everywhere('those there are|machines there are', 'all of them; managed nodes'),
  everywhere('parted by', 'separated by'),
  everywhere('own words?', 'subcommand'),
  everywhere('farewell|complain', 'exit message, reportError'),
  everywhere('leads? to', 'forwards to, causes, is'),
  everywhere('nothing came within', 'timed out after'),
  everywhere('see whether', 'check that'),
  everywhere('networks of companies', 'corporate networks'),
  code('no one|some(?:one)|any(?:one|body)|everybody', 'name who it is: the user, the caller, …'),
  code('mistakes?', 'fatal error, error'),
  code('own commands?', 'command'),
  code('dealt with', 'handled'),
  code('last calls', 'cleanup'),
  code('manner of|manners', 'presentation, kind'),
  code('told|tells?|telling', 'reported, notifies, sends, differs'),
  code('says?|said|saying', 'reports, prints, contains, describes'),
  code('heard|hears?|hearing', 'received'),
  code('silence', 'idle, idle time'),
  code('h[oe]ld(?:s|ing)? (?:it |them )?back', 'delay, buffer'),
  code('forgets?|forgotten|forgot', 'discard'),
  code('(?:is|are|was|were|has|have|had|be|been) gone', 'closed, exited, removed'),
  code('(?:is|are|was|were|be|been) over', 'has ended'),
  code('(?:gives?|given|gave|giving|put|puts) back', 'restore, release, return'),
  code('(?:takes?|taken|took|taking) back', 'terminate, remove'),
  code('hand(?:s|ed|ing)? (?:in|out|over|on)', 'inject, pass, return'),
  code('lends?|lent|lets? go', 'acquire, release'),
  code('look(?:s|ed|ing)? up', 'resolve, check, read'),
  code('passing errors?', 'transient, retryable'),
  code('careful growth|overtaken', 'congestion avoidance, reordered'),
  code('nearest(?! rank)', 'closest, most similar'),
  code(
    'in front(?! page)|(?<!(?:leaves?|left|stays?)(?: \\w+)? )behind(?! (?:a|the) (?:proxy|gateway|forwarded))',
    'before, after',
  ),
  code('remarks?|complaints?', 'notice, message'),
  code('lies|stands?(?! for\\b)(?!-)', 'is'),
  code('(?:what|all) there (?:is|are)', 'name what it is'),
  code('(?<!as |that )(?:for so long|so many|so much)(?! (?:as|that))', 'this many, for this time'),
  code('to be (?:read|waited for|had|told|known) (?:twice|any longer)', 'use the active voice'),
];
