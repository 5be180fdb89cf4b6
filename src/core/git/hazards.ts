// Which entries of a repository's own configuration make git run programs, load other configuration or talk to other
// places. Data, checked against git-config(1) up to 2.55, with a reason each. The first row that fits an entry speaks.
import type { GitSetting } from '../ports/git.ts';

/** What a sub-command does beyond looking: `work` runs hooks, editors and merges, `network` reaches remotes. */
export type Aspect = 'work' | 'network';

interface Row {
  /** Names as `section.key` and `section.*.key`, separated by blanks; `*` in the key stands for any letters. */
  names: string;
  /** Values that do no harm. */
  harmless?: RegExp;
  /** It counts only for commands that do this. */
  only?: Aspect;
  why: string;
}

const BOOLEAN = /^(?:true|false|yes|no|on|off|0|1|)$/i;
/** A word or a plain option: nothing a shell would take apart, no path. */
const PAGER = /^(?:cat|less|more)?(?: -[FRSXMi]+)*$/;
const EDITOR = /^(?::|true|(?:vi|vim|nvim|nano|emacs)|(?:code|codium|subl) (?:-w|--wait))$/;
const HELPER =
  /^(?:|cache|store|manager|manager-core|osxkeychain|libsecret|wincred|gnome-keyring)$/;
/** Addresses that git reaches by itself; no `ext::…`, no path, no option. */
const ADDRESS =
  /^(?:(?:https?|ssh|git):\/\/[\w@.[\]%:-]+(?:\/[\w.~%+@/=-]*)?|(?:[\w.-]+@)?[\w][\w.-]+:[\w.~][\w.~+/-]*)$/;

const PLAIN_CORE =
  'repositoryformatversion filemode bare logallrefupdates ignorecase precomposeunicode symlinks autocrlf safecrlf eol quotepath abbrev commentchar commentstring whitespace sharedrepository sparsecheckout sparsecheckoutcone untrackedcache trustctime checkstat checkroundtripencoding ignorestat preloadindex splitindex fscache longpaths hidedotfiles protecthfs protectntfs compression loosecompression bigfilethreshold packedgitlimit packedgitwindowsize deltabasecachelimit commitgraph multipackindex usereplacerefs notesref prefersymlinkrefs warnambiguousrefs fsync fsyncmethod fsyncobjectfiles createobject filesreflocktimeout packedrefstimeout fsmonitorhookversion maxtreedepth lockfilepid restrictinheritedhandles';

const ROWS: readonly Row[] = [
  { names: 'include.* include.*.* includeif.* includeif.*.*', why: 'loads another file' },
  {
    names: 'core.fsmonitor',
    harmless: BOOLEAN,
    why: 'runs a program whenever git looks at the work tree',
  },
  { names: 'core.pager', harmless: PAGER, why: 'runs a program for the output' },
  {
    names: 'core.hookspath',
    only: 'work',
    why: 'brings hooks along',
  },
  {
    names: 'core.editor sequence.editor',
    harmless: EDITOR,
    only: 'work',
    why: 'runs a program for messages and lists',
  },
  {
    names: 'core.sshcommand core.gitproxy core.askpass',
    only: 'network',
    why: 'runs a program to reach a remote',
  },
  { names: 'core.worktree', why: 'git would work on another folder' },
  { names: 'core.attributesfile core.excludesfile', why: 'loads another file' },
  {
    names: 'filter.*.clean filter.*.smudge filter.*.process',
    why: 'runs a program on files, also for status and diff',
  },
  { names: 'diff.external diff.*.command diff.*.textconv', why: 'runs a program for diffs' },
  { names: 'merge.*.driver', why: 'runs a program for merges, which log may show again' },
  {
    names: 'gpg.program gpg.*.program gpg.ssh.defaultkeycommand',
    why: 'runs a program for signatures, which log may check',
  },
  { names: 'pager.*', harmless: /^(?:true|false|yes|no|on|off|0|1|cat|)$/i, why: 'runs a program' },
  { names: 'hook.*.command', why: 'runs a program at events' },
  { names: 'alias.* alias.*.*', why: 'makes a sub-command of any command line' },
  { names: 'uploadpack.packobjectshook', why: 'runs a program to pack objects' },
  {
    names: 'extensions.partialclone remote.*.promisor',
    why: 'git would fetch from a remote while it reads',
  },
  {
    names:
      'remote.*.uploadpack remote.*.receivepack remote.*.vcs remote.*.proxy remote.*.proxyauthmethod',
    only: 'network',
    why: 'runs a program at the remote or here, or goes through another place',
  },
  {
    names: 'remote.*.url remote.*.pushurl submodule.*.url',
    harmless: ADDRESS,
    only: 'network',
    why: 'is no ordinary address of a remote',
  },
  {
    names: 'submodule.*.update',
    harmless: /^(?:checkout|rebase|merge|none)$/,
    only: 'network',
    why: 'runs a command line for each submodule',
  },
  {
    names: 'branch.*.remote branch.*.pushremote remote.pushdefault',
    harmless: new RegExp(`^(?:\\.|\\w[\\w.-]*)$|${ADDRESS.source}`),
    only: 'network',
    why: 'is neither the name of a remote nor an ordinary address',
  },
  {
    names: 'url.*.insteadof url.*.pushinsteadof fetch.bundleuri bundle.*.uri',
    only: 'network',
    why: 'leads to another remote',
  },
  {
    names: 'credential.helper credential.*.helper',
    harmless: HELPER,
    only: 'network',
    why: 'runs a program that is told passwords',
  },
  {
    names:
      'http.version http.postbuffer http.lowspeedlimit http.lowspeedtime http.maxrequests protocol.version',
    harmless: /^/,
    why: 'tunes connections',
  },
  {
    names: 'http.sslverify http.*.sslverify',
    harmless: /^(?:true|yes|on|1)$/i,
    only: 'network',
    why: 'trusts any server',
  },
  {
    names: 'http.* http.*.* protocol.* protocol.*.*',
    only: 'network',
    why: 'changes how remotes are reached, and what they are told',
  },
  {
    names: 'branch.*.mergeoptions pull.twohead pull.octopus',
    only: 'work',
    why: 'may name a program that merges',
  },
  { names: 'init.templatedir', only: 'work', why: 'copies hooks into new repositories' },
  {
    names:
      'browser.*.path man.*.path difftool.*.path mergetool.*.path lfs.*.path lfs.*.args imap.tunnel',
    only: 'work',
    why: 'names a program',
  },
  {
    names: PLAIN_CORE.split(' ')
      .map((key) => `core.${key}`)
      .join(' '),
    harmless: /^/,
    why: 'is data',
  },
  { names: 'core.*', why: 'is not known to be harmless' },
  {
    names:
      '*.*command *.*.*command *.*cmd *.*.*cmd *.*hook *.*.*hook *.*program *.*.*program *.*.*driver *.*.clean *.*.smudge *.*.process *.*.textconv *.*editor *.*pager *.*.*helper *.*askpass *.difffilter *.*.*exec',
    why: 'has the name of a setting that runs a program',
  },
];

/** Sub-commands that look, or write no more than the index and names. */
const PLAIN: ReadonlySet<string> = new Set(
  'status diff log show blame shortlog rev-parse ls-files describe rev-list ls-tree cat-file show-ref for-each-ref merge-base name-rev reflog count-objects check-ignore check-attr whatchanged diff-tree diff-files diff-index grep version --version add rm mv branch tag'.split(
    ' ',
  ),
);
const LOCAL: ReadonlySet<string> = new Set(
  'commit checkout switch restore reset merge rebase cherry-pick revert stash am apply clean notes'.split(
    ' ',
  ),
);
const REMOTE: ReadonlySet<string> = new Set(['fetch', 'ls-remote', 'remote']);
const EVERYTHING: readonly Aspect[] = ['work', 'network'];

/** `words` of git from its sub-command on. What is not known does everything. */
export function aspectsOf([sub = '', next = '']: readonly string[]): readonly Aspect[] {
  if (/^(?:stash|worktree)$/.test(sub) && next === 'list') return [];
  if (sub === 'remote' && /^(?:-v|--verbose|)$/.test(next)) return [];
  if (PLAIN.has(sub)) return [];
  if (LOCAL.has(sub)) return ['work'];
  return REMOTE.has(sub) ? ['network'] : EVERYTHING;
}

export interface Hazard {
  /** As git prints it: `filter.x.clean`. */
  name: string;
  value: string | null;
  why: string;
}

/** The first entry that makes git more than it seems, or null, for a command that does `does`. */
export function firstHazard(
  settings: readonly GitSetting[],
  does: readonly Aspect[],
): Hazard | null {
  for (const setting of settings) {
    const row = rowOf(setting);
    if (row === undefined || (row.only !== undefined && !does.includes(row.only))) continue;
    if (row.harmless?.test((setting.value ?? 'true').trim()) === true) continue;
    return { name: nameOf(setting), value: setting.value, why: row.why };
  }
  return null;
}

function nameOf({ section, subsection, key }: GitSetting): string {
  return `${section}${subsection === null ? '' : `.${subsection}`}.${key}`;
}

const MATCHERS = ROWS.map((row) => ({ row, matcher: matcherOf(row.names) }));

function matcherOf(names: string): RegExp {
  const forms = names
    .split(' ')
    .map((name) => name.replace(/\./g, '\\.').replace(/\*/g, '[^.]*'))
    .join('|');
  return new RegExp(`^(?:${forms})$`);
}

/** A sub-section is compared as one word, whatever is in it. */
function rowOf({ section, subsection, key }: GitSetting): Row | undefined {
  const name = `${section}${subsection === null ? '' : `.${plain(section, subsection)}`}.${key}`;
  return MATCHERS.find(({ matcher }) => matcher.test(name))?.row;
}

/** `gpg.ssh` has a row of its own; everything else is any name. */
function plain(section: string, subsection: string): string {
  return section === 'gpg' && subsection.toLowerCase() === 'ssh' ? 'ssh' : 'x';
}
