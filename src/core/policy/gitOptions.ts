// Option lists of git sub-commands that only read.
import type { OptionLists } from './optionList.ts';

const DIFF_LONG =
  'stat? numstat shortstat compact-summary dirstat? summary name-only name-status cached staged patch no-patch raw color? no-color word-diff? color-words? unified= minimal patience histogram diff-algorithm= ignore-all-space ignore-space-change ignore-blank-lines ignore-space-at-eol diff-filter= find-renames? find-copies? no-renames function-context check abbrev? full-index no-ext-diff no-textconv exit-code quiet relative? no-prefix merge-base inter-hunk-context= pickaxe-all pickaxe-regex';
const LOG_LONG = `${DIFF_LONG} oneline graph decorate? no-decorate all branches? tags? remotes? since= until= after= before= author= committer= grep= max-count= skip= format= pretty? reverse follow merges no-merges first-parent date= relative-date abbrev-commit no-abbrev-commit left-right cherry-pick cherry-mark topo-order date-order author-date-order invert-grep all-match regexp-ignore-case extended-regexp fixed-strings perl-regexp simplify-by-decoration full-history ancestry-path parents children no-walk source use-mailmap`;
const GIT_WHY =
  'no --output, --ext-diff, --textconv, -O, --no-index: they write files, run programs or leave the repository';
const LOG_FLAGS = 'pswbRzcmitEFPg';
const LOG_VALUES = 'nSGLUM';

export const GIT_OPTIONS: OptionLists = {
  'git status': {
    why: 'reads the index',
    flags: 'sbvz',
    long: 'short branch porcelain? long show-stash ahead-behind no-ahead-behind untracked-files? ignored? renames no-renames',
    operands: 'path',
    ends: true,
  },
  'git diff': {
    why: GIT_WHY,
    flags: LOG_FLAGS,
    values: 'SGUM',
    long: DIFF_LONG,
    operands: 'path',
    ends: true,
  },
  'git log': {
    why: GIT_WHY,
    flags: LOG_FLAGS,
    values: LOG_VALUES,
    numeric: true,
    long: LOG_LONG,
    operands: 'path',
    ends: true,
  },
  'git show': {
    why: GIT_WHY,
    flags: LOG_FLAGS,
    values: LOG_VALUES,
    numeric: true,
    long: LOG_LONG,
    operands: 'path',
    ends: true,
  },
  'git blame': {
    why: 'no --contents, -S, --ignore-revs-file: they read other files',
    flags: 'wsefltnpcCMb',
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
    flags: 'cdmosuktvz',
    long: 'cached deleted modified others stage unmerged exclude-standard full-name error-unmatch',
    operands: 'path',
    ends: true,
  },
  'git describe': {
    why: 'prints a name',
    long: 'tags all always long abbrev= dirty? match= exact-match first-parent',
    operands: 'path',
  },
  'git branch': {
    why: 'listing only: an operand would create a branch',
    flags: 'avr',
    long: 'all list show-current verbose remotes no-color color? sort= format= merged? no-merged? contains?',
    operands: 'none',
  },
  'git tag': {
    why: 'listing only: an operand would create a tag',
    flags: 'l',
    long: 'list sort= format= column?',
    operands: 'none',
  },
  'git remote': { why: 'listing only', flags: 'v', long: 'verbose', operands: 'none' },
};
