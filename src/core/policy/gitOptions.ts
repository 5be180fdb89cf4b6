// Option lists of git sub-commands: those that read, and the few that stage, commit and fetch.
import type { OptionLists } from './optionList.ts';

const DIFF_LONG =
  'stat? numstat shortstat compact-summary dirstat? summary name-only name-status cached staged patch no-patch raw color? no-color word-diff? color-words? unified= minimal patience histogram diff-algorithm= ignore-all-space ignore-space-change ignore-blank-lines ignore-space-at-eol diff-filter= find-renames? find-copies? no-renames function-context check abbrev? full-index no-ext-diff no-textconv exit-code quiet relative? no-prefix merge-base inter-hunk-context= pickaxe-all pickaxe-regex';
const LOG_LONG = `${DIFF_LONG} oneline graph decorate? no-decorate all branches? tags? remotes? since= until= after= before= author= committer= grep= max-count= skip= format= pretty? reverse follow merges no-merges first-parent date= relative-date abbrev-commit no-abbrev-commit left-right right-only left-only cherry cherry-pick cherry-mark boundary no-notes notes? no-color-moved topo-order date-order author-date-order invert-grep all-match regexp-ignore-case extended-regexp fixed-strings perl-regexp simplify-by-decoration full-history ancestry-path parents children no-walk source use-mailmap`;
const GIT_WHY =
  'no --output, --ext-diff, --textconv, -O, --no-index: they write files, run programs or leave the repository';
const LOG_FLAGS = 'pswbRzcmitEFPg';
const LOG_VALUES = 'nSGL';
const DIFF_GLUED = 'UMCB';
const BRANCHES =
  'all list verbose remotes no-color color? sort= format= merged= no-merged= contains= no-contains= points-at=';

const LOG_OPTIONS = {
  why: GIT_WHY,
  flags: LOG_FLAGS,
  values: LOG_VALUES,
  glued: DIFF_GLUED,
  numeric: true,
  long: LOG_LONG,
  operands: 'path',
  ends: true,
} as const;

const TAGS = {
  why: 'with -l operands are patterns',
  flags: 'l',
  glued: 'n',
  only: { n: '\\d+' },
  long: 'list sort= format= column? contains= no-contains= points-at= merged= no-merged=',
  operands: 'text',
} as const;

export const GIT_OPTIONS: OptionLists = {
  'git status': {
    why: 'reads the index',
    flags: 'sbvz',
    glued: 'u',
    only: { u: 'no|normal|all' },
    long: 'short branch porcelain? long show-stash ahead-behind no-ahead-behind untracked-files? ignored? renames no-renames',
    operands: 'path',
    ends: true,
  },
  'git diff': {
    why: GIT_WHY,
    flags: LOG_FLAGS,
    values: 'SG',
    glued: DIFF_GLUED,
    long: DIFF_LONG,
    operands: 'path',
    ends: true,
  },
  'git log': LOG_OPTIONS,
  'git show': LOG_OPTIONS,
  'git blame': {
    why: 'no --contents, -S, --ignore-revs-file: they read other files',
    flags: 'wsefltnpcb',
    glued: 'CM',
    values: 'L',
    long: 'porcelain line-porcelain show-name show-number show-email date= since= root abbrev= color-lines color-by-age',
    operands: 'path',
    ends: true,
  },
  'git shortlog': {
    why: 'summarises the log',
    flags: 'nsec',
    long: 'numbered summary email all since= until=',
    operands: 'path',
    ends: true,
  },
  'git rev-parse': {
    why: 'prints names of revisions',
    long: 'abbrev-ref? short? verify show-toplevel show-prefix git-dir is-inside-work-tree symbolic-full-name show-current quiet',
    flags: 'q',
    operands: 'path',
  },
  'git ls-files': {
    why: 'lists names; no -X, --exclude-from',
    flags: 'cdmosuktvzi',
    long: 'cached deleted modified others ignored stage unmerged directory exclude-standard full-name error-unmatch',
    operands: 'path',
    ends: true,
  },
  'git describe': {
    why: 'prints a name',
    long: 'tags all always long abbrev= dirty? match= exact-match first-parent',
    operands: 'path',
  },
  'git rev-list': {
    why: 'lists revisions; no --use-bitmap-index, --filter files',
    flags: 'n',
    numeric: true,
    long: 'count all max-count= since= until= after= before= author= no-merges merges first-parent left-right reverse branches? tags? remotes?',
    operands: 'path',
    ends: true,
  },
  'git ls-tree': {
    why: 'lists names',
    flags: 'rtdlz',
    long: 'name-only full-name full-tree long abbrev?',
    operands: 'path',
    ends: true,
  },
  'git cat-file': {
    why: 'prints objects; no --textconv, --filters, --batch',
    flags: 'tsep',
    operands: 'path',
  },
  'git show-ref': {
    why: 'lists names',
    flags: 'dsq',
    long: 'head heads tags dereference hash? verify quiet abbrev?',
    operands: 'text',
  },
  'git for-each-ref': {
    why: 'lists names',
    long: 'count= sort= format= points-at= merged? no-merged? contains?',
    operands: 'text',
  },
  'git merge-base': {
    why: 'prints a name',
    flags: 'a',
    long: 'all is-ancestor fork-point octopus independent',
    operands: 'text',
  },
  'git name-rev': { why: 'prints a name', long: 'tags name-only always', operands: 'text' },
  'git reflog': {
    why: 'lists names; expire and delete are words of their own',
    flags: 'n',
    numeric: true,
    long: 'max-count= date= all',
    operands: 'text',
    like: 'show|HEAD|[A-Z_]+@\\{\\d+\\}',
  },
  'git reflog show': {
    why: 'lists names',
    flags: 'n',
    numeric: true,
    long: 'max-count= date= all oneline format= pretty?',
    operands: 'text',
    like: '[\\w.][\\w./@{}-]*',
  },
  'git stash list': { why: 'lists names', long: 'date= oneline', operands: 'none' },
  'git stash show': {
    why: GIT_WHY,
    flags: 'p',
    long: 'stat? patch name-only name-status',
    operands: 'text',
    like: 'stash@\\{\\d+\\}|\\d+',
  },
  'git worktree list': {
    why: 'lists names',
    flags: 'v',
    long: 'porcelain verbose',
    operands: 'none',
  },
  'git count-objects': {
    why: 'counts',
    flags: 'vH',
    long: 'verbose human-readable',
    operands: 'none',
  },
  'git check-ignore': {
    why: 'looks names up; no --stdin',
    flags: 'vqn',
    long: 'verbose quiet no-index non-matching',
    operands: 'path',
    ends: true,
  },
  'git whatchanged': LOG_OPTIONS,
  'git diff-tree': {
    why: GIT_WHY,
    flags: `${LOG_FLAGS}rt`,
    values: 'SG',
    glued: DIFF_GLUED,
    long: `${DIFF_LONG} no-commit-id root`,
    operands: 'path',
    ends: true,
  },
  'git grep': {
    why: 'no -O, --open-files-in-pager, --ext-grep, -f, --no-index, --textconv, --recurse-submodules',
    flags: 'EFGPivwclnLhHoqWpz',
    values: 'emABC',
    long: 'extended-regexp fixed-strings perl-regexp ignore-case invert-match word-regexp count line-number files-with-matches name-only cached untracked max-depth= heading break and or not all-match no-color color? column only-matching quiet show-function function-context context= after-context= before-context= max-count=',
    operands: 'pattern',
    ends: true,
  },
  'git version': { why: 'prints a version', operands: 'none' },
  'git --version': { why: 'prints a version', operands: 'none' },
  'git add': {
    why: 'stages; no -e, -i, -p (editor and questions), --pathspec-from-file, --chmod',
    flags: 'AunvN',
    long: 'all update dry-run verbose no-all intent-to-add',
    operands: 'path',
    ends: true,
  },
  'git commit': {
    why: 'no -e, -F, -t, -C, -c, -S, --no-verify, --fixup, --pathspec-from-file, --cleanup scissors: editors, other files, skipped hooks',
    flags: 'aqvs',
    values: 'm',
    long: 'message= all quiet verbose signoff dry-run short',
    operands: 'path',
    ends: true,
  },
  'git fetch': {
    why: 'the usual remotes only: an address may name a program; no --upload-pack',
    flags: 'pqvat',
    long: 'prune all tags no-tags quiet verbose dry-run depth=',
    operands: 'text',
    like: 'origin|upstream|main|master|develop',
  },
  'git branch': {
    why: 'listing only: an operand would create a branch',
    flags: 'avrl',
    long: `${BRANCHES} show-current merged? no-merged? contains?`,
    operands: 'none',
  },
  'git branch --list': {
    why: 'with --list operands are patterns; the rule or the line says it first',
    flags: 'avr',
    long: BRANCHES,
    operands: 'text',
  },
  'git tag': {
    why: 'listing only: an operand would create a tag',
    flags: 'l',
    glued: 'n',
    only: { n: '\\d+' },
    long: 'list sort= format= column? contains= no-contains= points-at= merged= no-merged=',
    operands: 'none',
  },
  'git tag -l': TAGS,
  'git tag --list': TAGS,
  'git remote get-url': { why: 'prints an address', long: 'all push', operands: 'text' },
  'git cherry': { why: 'compares branches', flags: 'v', operands: 'text' },
  'git config --get': {
    why: 'one setting that holds no secret; a second operand is a pattern',
    operands: 'text',
    like: 'user\\.(?:name|email)|(?:core|init|pull|push|branch|merge|diff|color|remote)\\.[\\w./-]+',
  },
  'git remote': { why: 'listing only', flags: 'v', long: 'verbose', operands: 'none' },
};
