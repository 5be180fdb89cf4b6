// Option lists of PowerShell cmdlets and of cmd's own commands.
import type { OptionLists } from './optionList.ts';

const OBJECTS = 'no script blocks: the reader takes none';

const CMDLETS: OptionLists = {
  'get-childitem': {
    why: 'lists names',
    pathValues: 'path literalpath',
    long: 'recurse file directory name depth= filter= force path= literalpath= include= exclude= hidden',
    operands: 'path',
  },
  'get-item': {
    why: 'describes a file',
    pathValues: 'path literalpath',
    long: 'path= literalpath= force',
    operands: 'path',
  },
  'get-content': {
    why: 'prints files; no -Wait, -Stream',
    pathValues: 'path literalpath',
    long: 'path= literalpath= totalcount= head= tail= raw encoding= first= last= readcount=',
    operands: 'path',
  },
  'select-string': {
    why: 'searches',
    pathValues: 'path literalpath',
    long: 'pattern= simplematch casesensitive quiet list notmatch allmatches context= path= literalpath=',
    operands: 'pattern',
  },
  'select-object': {
    why: OBJECTS,
    long: 'first= last= skip= unique property= expandproperty= index=',
    operands: 'text',
  },
  'sort-object': {
    why: OBJECTS,
    long: 'descending unique property= casesensitive',
    operands: 'text',
  },
  'measure-object': {
    why: OBJECTS,
    long: 'line word character sum average maximum minimum property=',
    operands: 'text',
  },
  'where-object': {
    why: OBJECTS,
    long: 'property= value= eq= ne= gt= ge= lt= le= like= notlike= match= notmatch= contains= notcontains= in= notin= ceq= cne= clike= cmatch= not is= isnot=',
    operands: 'text',
  },
  'compare-object': {
    why: OBJECTS,
    long: 'includeequal excludedifferent property= casesensitive',
    operands: 'text',
  },
  'get-unique': { why: OBJECTS, long: 'asstring ontype', operands: 'none' },
  'get-member': { why: OBJECTS, long: 'name= membertype= static', operands: 'text' },
  'get-help': {
    why: 'prints help; no -Online',
    long: 'examples full detailed name= parameter=',
    operands: 'text',
    like: '[\\w*-]+',
  },
  'get-service': { why: 'lists services', long: 'name=', operands: 'text', like: '[\\w*-]+' },
  'group-object': { why: OBJECTS, long: 'property= noelement', operands: 'text' },
  'format-table': {
    why: OBJECTS,
    long: 'autosize wrap property= hidetableheaders',
    operands: 'text',
  },
  'format-list': { why: OBJECTS, long: 'property=', operands: 'text' },
  'out-string': { why: 'turns objects into text', long: 'width= stream', operands: 'none' },
  'out-null': { why: 'drops its input', operands: 'none' },
  'out-host': { why: 'prints', operands: 'none' },
  'convertfrom-json': { why: 'reads its input', long: 'depth= ashashtable', operands: 'none' },
  'convertto-json': { why: 'reads its input', long: 'depth= compress', operands: 'none' },
  'test-path': {
    why: 'looks whether a file is there',
    pathValues: 'path literalpath',
    long: 'pathtype= path= literalpath=',
    only: { pathtype: 'leaf|container|any' },
    operands: 'path',
  },
  'resolve-path': {
    why: 'resolves names',
    pathValues: 'path',
    long: 'path= relative',
    operands: 'path',
  },
  'split-path': { why: 'pure', long: 'leaf parent path= extension leafbase', operands: 'text' },
  'join-path': { why: 'pure', long: 'path= childpath=', operands: 'text' },
  'get-filehash': { why: 'hashes', pathValues: 'path', long: 'path= algorithm=', operands: 'path' },
  'write-output': { why: 'prints', long: 'noenumerate inputobject=', operands: 'text' },
  'write-host': {
    why: 'prints',
    long: 'nonewline foregroundcolor= backgroundcolor= separator= object=',
    operands: 'text',
  },
  'get-location': { why: 'prints the folder', operands: 'none' },
  'get-date': { why: 'prints the time', long: 'format= uformat= asutc', operands: 'none' },
  'get-command': {
    why: 'looks up commands',
    long: 'name= all commandtype=',
    operands: 'text',
    like: '[\\w.*-]+',
  },
  'get-process': {
    why: 'lists processes; no -ComputerName',
    long: 'name= id=',
    operands: 'text',
    like: '[\\w.*-]+',
  },
};

const REACTION = 'silentlycontinue|stop|continue|ignore';

/** Parameters of cmdlets are written with one dash, in any case; every cmdlet has a few in common. */
export const POWERSHELL_OPTIONS: OptionLists = Object.fromEntries(
  Object.entries(CMDLETS).map(([name, list]) => [
    name,
    {
      ...list,
      long: `${list.long ?? ''} erroraction= ea= verbose`.trim(),
      only: { ...list.only, erroraction: REACTION, ea: REACTION },
      singleDash: true,
      anyCase: true,
    },
  ]),
);

export const CMD_OPTIONS: OptionLists = {
  dir: {
    why: 'lists names',
    slash: '(?:/(?:[abdlnpqrswx4]|a:?[-dhsrail]*|o:?[-nsegd]*|t:?[caw]))+',
    operands: 'path',
  },
  type: { why: 'prints files', operands: 'path' },
  echo: { why: 'prints its words', free: true, operands: 'text' },
  findstr: {
    why: 'no /F, /G, /D: they read lists and other folders',
    slash: '/(?:[belrsivxmnop]+|off(?:line)?|a:[0-9a-f]+|c:.*)|(?:/[belrsivxmnop])+',
    operands: 'pattern',
  },
  find: {
    why: 'searches; the first operand is the text',
    slash: '/(?:[vcni]|off(?:line)?)',
    operands: 'pattern',
  },
  where: {
    why: 'looks up programs; no /R of other folders',
    slash: '/[qft]',
    operands: 'text',
    like: '[\\w.*?-]+',
  },
  more: { why: 'prints files', slash: '/[cps]', operands: 'path' },
  tree: { why: 'lists names', slash: '/[fa]', operands: 'path' },
  fc: { why: 'compares files', slash: '/(?:[abclnuw]|lb\\d+)', operands: 'path' },
  ver: { why: 'prints a version', operands: 'none' },
  vol: { why: 'describes the disk', operands: 'none' },
  whoami: { why: 'describes the user', operands: 'none' },
  hostname: { why: 'prints the name', operands: 'none' },
  tasklist: { why: 'lists processes; no /S, /U, /P', slash: '/(?:v|svc|nh)', operands: 'none' },
};
