// Programs and sub-commands that a wildcard never allows.

/** Programs that run what they are told, whose operands are programs, or that change the shell: never by a wildcard. */
export const NEVER_BY_WILDCARD: ReadonlySet<string> = new Set(
  `awk gawk mawk nawk perl python python2 python3 ruby node nodejs deno bun php lua tclsh expect osascript wscript cscript mshta rundll32
  ssh scp sftp rsync socat nc ncat netcat telnet docker podman kubectl helm vagrant crontab at batch ed ex vi vim nvim emacs nano less more most man
  tar cpio zip unzip 7z ar dd tee split csplit make gmake cmake ninja gdb lldb jq yq xmllint openssl curl wget
  eval source . exec trap let read readarray mapfile declare typeset local export readonly unset alias unalias hash enable set shopt bind complete compgen printenv
  history fc getopts wait test [ [[ return exit umask ulimit cd pushd popd
  javac java mvn gradle ant sbt lein rake bundle pip pip3 uv poetry gem go-bindata
  invoke-expression iex start-process saps invoke-command icm foreach-object where-object set-alias new-alias import-module add-type invoke-item ii tee-object out-file`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

/** Sub-commands that run programs, rewrite configuration or write elsewhere: never by a wildcard. */
export const NEVER_SUBCOMMANDS: ReadonlySet<string> = new Set(
  `git config|git bisect|git submodule|git filter-branch|git difftool|git mergetool|git hook|git credential|git daemon|git instaweb|git send-email|git worktree|git archive|git clone|git am|git apply|git replace|git update-index|git upload-pack|git receive-pack|git maintenance|git alias|git bundle|git fast-import|git p4|git svn|git cvsimport|git gui|git init|git web--browse
  |npm exec|npm x|npm config|npm set|npm explore|npm edit|npm init|npm create|npm install|npm i|npm ci|npm link|pnpm dlx|pnpm exec|yarn dlx|yarn exec|cargo run|cargo install|cargo config|go run|go generate|go env|go tool|go install|go get`
    .split(/\s*\|\s*/)
    .filter((name) => name !== ''),
);
