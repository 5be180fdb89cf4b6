// Programs that a wildcard never covers, with the reason to show. Any program without an option list asks anyway.

/** Programs that run what they are told: code, scripts, what is piped to them. */
const INTERPRETERS = `awk gawk mawk nawk perl python python2 python3 pypy ruby irb node nodejs deno bun php lua luajit tclsh wish expect osascript wscript cscript mshta
  rundll32 groovy scala kotlin julia rscript r guile racket sbcl clisp erl escript elixir iex ghci runhaskell ocaml swift tsx ts-node jshell
  gdb lldb ed ex vi vim view nvim emacs sqlite3 psql mysql ssh socat nc ncat netcat telnet at batch crontab ninja invoke-expression iex invoke-command icm`;

/** Programs that change the shell for what follows them, or evaluate their operands. */
const SHELL_STATE = `eval source . exec trap let read readarray mapfile declare typeset local export readonly unset alias unalias hash enable set shopt bind complete compgen
  compopt history fc getopts wait umask ulimit cd chdir pushd popd dirs builtin coproc disown suspend jobs fg bg times caller logout setopt unsetopt zmodload
  autoload emulate functions zle sched bindkey vared zparseopts zstyle ztcp integer float rehash unhash disable nocorrect noglob
  set-location sl push-location pop-location set-variable sv new-variable set-alias sal new-alias nal import-module ipmo set-item si new-psdrive remove-module
  set-executionpolicy set-psbreakpoint register-objectevent doskey path prompt subst assoc ftype setx`;

const INTERPRETER_SET = setOf(INTERPRETERS);
const SHELL_STATE_SET = setOf(SHELL_STATE);

export function isInterpreter(program: string): boolean {
  return INTERPRETER_SET.has(program.toLowerCase());
}

export function changesShell(program: string): boolean {
  return SHELL_STATE_SET.has(program.toLowerCase());
}

function setOf(names: string): ReadonlySet<string> {
  return new Set(names.split(/\s+/).filter((name) => name !== ''));
}
