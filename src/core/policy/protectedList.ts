// The protected files, as data: what they are, and their names. `x/` is a folder anywhere and all in it, `*` any
// characters of one name, `a/b` consecutive names, a leading `/` the workspace's own folder only. Written in lower case.

export type ProtectedGroup = readonly [what: string, names: string];

/** Never written by the agent: what the repository, the editor and this product keep their own truth in. */
export const FORBIDDEN: readonly ProtectedGroup[] = [
  ['.git', '.git/ .git'],
  ["Countersign's own files", '.countersign/ .countersign globalstorage/countersign.countersign/'],
  [
    'the editor’s own settings and extensions',
    `.config/code/user/ .config/code*insiders/user/ .config/vscodium/user/ .config/code*oss/user/ .config/cursor/user/
     .config/windsurf/user/ roaming/code/user/ roaming/code*insiders/user/ roaming/vscodium/user/ roaming/cursor/user/
     roaming/windsurf/user/ *support/code/user/ *support/code*insiders/user/ *support/vscodium/user/ *support/cursor/user/
     *support/windsurf/user/ .vscode/extensions/ .vscode-insiders/ .vscode-oss/ .vscode-server/ .vscode-server-insiders/
     .vscode-remote/ .vscodium-server/ .cursor/extensions/ .cursor-server/ .windsurf/extensions/ .windsurf-server/`,
  ],
];

/** Other agents obey these: whoever writes them steers them. */
const AGENTS: readonly ProtectedGroup[] = [
  [
    'agent configuration',
    `.claude/ .claude.json .claude-plugin/ claude.md claude.local.md .claudeignore .mcp.json mcp.json mcp_config.json mcp_settings.json .mcp/
     .cursor/ .cursorrules .cursorignore .cursorindexingignore .windsurf/ .windsurfrules .codeium/ .codeiumignore
     .gemini/ gemini.md .geminiignore .aiexclude .aiignore .codex/ agents.md agents.override.md agent.md .agents/ .agent/ .agents.md .agentrules
     .continue/ .continuerules .continueignore .roo/ .roorules* .roomodes .rooignore .kilocode/ .kilocodemodes .kilocodeignore
     .cline/ .clinerules/ .clinerules* .clineignore cline_mcp_settings.json .aider* .amazonq/ .q/ .kiro/ .junie/ .aiassistant/ .trae/ .traerules .qoder/
     .opencode/ opencode.json opencode.jsonc crush.json .crush/ .crush.json .crush.md .goose/ .goosehints .gooseignore .qwen/ qwen.md
     .augment/ .augment-guidelines .augmentrules .augmentignore .rules .rules/ .ruler/ .tabnine/ .warp/ warp.md .openhands/ .devin/ .copilot/ .factory/ .amp/ .iflow/
     .kimi/ .pi/ .gate/ .idx/ .firebender/ .antigravity/ .serena/ .replit .replit.md replit.md .bolt/ .void/ .voidrules .codebuddy/ .cody/ .sourcegraph/ skill.md`,
  ],
  [
    'agent configuration',
    `.github/copilot* .github/agents/ .github/prompts/ .github/instructions/ .github/chatmodes/ .github/skills/ .github/hooks/ .github/mcp* *.instructions.md
     *.prompt.md *.chatmode.md *.agent.md`,
  ],
];

const EDITORS: readonly ProtectedGroup[] = [
  [
    'editor configuration',
    `.vscode/ .idea/ .zed/ .fleet/ .nova/ .vs/ .helix/ .settings/ .project .classpath .run/ *.iml *.ipr *.iws .lapce/
     *.code-workspace *.code-profile *.sublime-project *.sublime-workspace *.sublime-build
     .vimrc .gvimrc .nvimrc .exrc .lvimrc .nvim.lua .config/nvim/ .vim/ .emacs .emacs.d/ .dir-locals*.el .ycm_extra_conf.py .nanorc`,
  ],
  [
    'language server configuration',
    '.clangd .ccls .luarc.json* .solargraph.yml .ruby-lsp.yml .ruby-lsp/ omnisharp.json .tern-project .sourcekit-lsp/ .hie.yaml hie.yaml',
  ],
  [
    'development container',
    `.devcontainer/ .devcontainer.json devcontainer.json dockerfile dockerfile.* *.dockerfile containerfile containerfile.* docker-compose*.y*ml
     compose.y*ml compose.*.y*ml docker-bake.* vagrantfile .gitpod.* .gitpod/ devfile.y*ml .devfile.y*ml .codesandbox/ sandbox.config.json .stackblitzrc`,
  ],
];

const CONTINUOUS: readonly ProtectedGroup[] = [
  [
    'CI configuration',
    `.github/workflows/ .github/actions/ .github/scripts/ .github/dependabot.y*ml .github/codeowners codeowners .github/settings.yml action.y*ml
     .gitlab-ci*.y*ml .gitlab/ .circleci/ .buildkite/ .drone.* .woodpecker/ .woodpecker.y*ml .travis.y*ml jenkinsfile* *.jenkinsfile
     azure-pipelines*.y*ml .azure-pipelines/ .azuredevops/ .vsts-ci.y*ml appveyor.y*ml .appveyor.y*ml bitbucket-pipelines.y*ml cloudbuild*.y*ml buildspec*.y*ml
     .semaphore/ .teamcity/ .tekton/ .cirrus.* .gitea/ .forgejo/ .ci/ .harness/ .builds/ .build.y*ml .zuul.y*ml .zuul.d/ codefresh.y*ml codemagic.y*ml
     wercker.y*ml screwdriver.y*ml .scrutinizer.yml .mergify.yml .mergify/ .copr/ .packit.y*ml renovate.json* .renovaterc* .codeclimate.yml`,
  ],
  [
    'deployment configuration',
    `vercel.json now.json netlify.toml amplify.yml wrangler.toml wrangler.json* firebase.json .ebextensions/ .platform/ .platform.app.y*ml heroku.yml procfile*
     serverless.y*ml serverless.ts fly.toml render.y*ml railway.json railway.toml nixpacks.toml skaffold.y*ml tiltfile earthfile captain-definition`,
  ],
  [
    'release configuration',
    '.releaserc* release.config.* .release-it.* .versionrc* .czrc .cz.* .cz-config.js .goreleaser.y*ml cog.toml .changeset/config.json',
  ],
  [
    'git hooks',
    `.husky/ .githooks/ .git-hooks/ githooks/ .lefthook/ .lefthook-local/ lefthook*.y*ml .lefthook*.y*ml lefthook*.toml lefthook*.json .pre-commit-config.y*ml
     .pre-commit-hooks.y*ml prek.toml .overcommit.yml .overcommit/ .lintstagedrc* lint-staged.config.* .huskyrc* husky.config.* .simple-git-hooks* simple-git-hooks* grumphp.y*ml
     captainhook.json commitlint.config.* .commitlintrc* .yorkie/ .nano-staged*`,
  ],
  [
    'version control configuration',
    '.gitattributes .gitmodules .gitconfig .gitmessage .config/git/ .hg/ .hgrc .svn/ .jj/ .bzr/ .fossil *.git/ .lfsconfig',
  ],
];

const BUILDS: readonly ProtectedGroup[] = [
  [
    'package manifest',
    `package.json package.json5 package.yaml bower.json composer.json deno.json deno.jsonc jsr.json bunfig.toml gemfile *.gemspec mix.exs package.swift podfile *.podspec
     cartfile project.clj deps.edn bb.edn shadow-cljs.edn build.sbt *.sbt build.sc build.mill build.zig build.zig.zon dune-project dune *.opam shard.yml cargo.toml go.mod go.work
     pubspec.yaml pipfile requirements*.txt constraints.txt pyproject.toml setup.py setup.cfg *.cabal cabal.project* stack.yaml setup.hs rebar.config
     cpanfile makefile.pl build.pl *.nimble config.nims nim.cfg *.rockspec dub.json dub.sdl vcpkg.json conanfile.* brewfile appraisals pixi.toml environment.y*ml`,
  ],
  [
    'lock file',
    `package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock cargo.lock poetry.lock uv.lock pdm.lock pipfile.lock pixi.lock
     gemfile.lock composer.lock go.sum go.work.sum mix.lock pubspec.lock podfile.lock package.resolved flake.lock packages.lock.json gradle.lockfile`,
  ],
  [
    'package manager configuration',
    `.npmrc .yarnrc .yarnrc.yml .yarn/ .pnpmfile.*js pnpmfile.*js pnpm-workspace.yaml .pnp.*js .pnp.loader.mjs pip.conf pip.ini .pypirc .condarc uv.toml nuget.config
     .nuget/ .cargo/ .bundle/ .m2/ .gemrc .config/pip/ .config/uv/ .config/pypoetry/ poetry.toml auth.toml`,
  ],
  [
    'installed code',
    `node_modules/ bower_components/ .pnpm-store/ .venv/ venv/ site-packages/ dist-packages/ __pypackages__/ .tox/ .nox/ .eggs/ __pycache__/ *.pyc vendor/bin/
     vendor/autoload.php vendor/composer/ vendor/bundle/ .gradle/ .local/bin/ .local/lib/`,
  ],
  [
    'build script',
    `makefile makefile.* gnumakefile bsdmakefile *.mk *.mak justfile .justfile *.just taskfile.y*ml taskfile.dist.y*ml rakefile *.rake cmakelists.txt *.cmake cmakepresets.json
     cmakeuserpresets.json meson.build build.bazel workspace.bazel module.bazel *.bzl *.bazel .bazelrc .bazelversion .bazeliskrc sconstruct sconscript wscript xmake.lua premake*.lua
     build.ninja configure configure.ac configure.in makefile.am autogen.sh bootstrap.sh jamfile jamroot
     build.gradle* settings.gradle* gradlew gradlew.bat gradle.properties gradle/ init.gradle* *.gradle *.gradle.kts buildsrc/ mvnw mvnw.cmd .mvn/ pom.xml build.xml ivy.xml .sbtopts .jvmopts
     build.rs rust-toolchain rust-toolchain.toml *.csproj *.vbproj *.fsproj *.vcxproj *.sln *.slnx *.props *.targets *.proj *.pubxml global.json build.cake *.cake *.nuspec
     *.xcodeproj/ *.xcworkspace/ *.xcconfig fastfile appfile fastlane/ dangerfile* guardfile capfile thorfile berksfile jakefile* cakefile puppetfile snakefile`,
  ],
  [
    'build script',
    `tox.ini noxfile.py conftest.py sitecustomize.py usercustomize.py *.pth /tasks.py fabfile.py dodo.py pavement.py hatch.toml pdm.toml hatch_build.py buildout.cfg
     /build.py sphinx/conf.py docs/conf.py doc/conf.py docs/source/conf.py`,
  ],
  [
    'task runner',
    `gulpfile.* gruntfile.* nx.json project.json turbo.json turbo.jsonc lerna.json rush.json .moon/ moon.yml wireit.json nodemon.json .nodemon.json nodemon.config.*
     ecosystem.config.* magefile.go magefiles/ brunch-config.* .swcrc wallaby.* knip.* .watchmanconfig .air.toml bacon.toml watchexec.toml process-compose.y*ml`,
  ],
];

const SHELLS: readonly ProtectedGroup[] = [
  [
    'environment hook',
    `.envrc .direnv/ .direnvrc direnv.toml .tool-versions mise*.toml .mise*.toml .mise/ .config/mise/ .config/mise*.toml .rtx.toml .asdfrc .sdkmanrc .autoenv* .env.mise
     flake.nix shell.nix default.nix devenv.nix devenv.yaml devbox.json .env.fish .in .out .nodenv/ .pyenv/ .rbenv/`,
  ],
  [
    'shell start-up file',
    `.bashrc .bash_profile .bash_login .bash_logout .bash_aliases .aliases .profile .zshrc .zshenv .zprofile .zlogin .zlogout .kshrc .mkshrc .cshrc .tcshrc .login .logout .config/fish/
     .config/powershell/ *profile.ps1 .inputrc .xprofile .xinitrc .xsession .xsessionrc .xresources .pam_environment .tmux.conf .config/tmux/ .screenrc .curlrc .wgetrc .ghci
     .gdbinit .lldbinit .pdbrc .irbrc .pryrc .rprofile .pythonrc .pythonstartup .ipython/ .jupyter/ .iex.exs .sqliterc .psqlrc .mongorc.js .mongoshrc.js .octaverc .perldb .noderc`,
  ],
  [
    'start-up entry',
    '.config/autostart/ .config/systemd/ launchagents/ launchdaemons/ autorun.inf desktop.ini *.desktop .crontab crontab startup/*.bat startup/*.lnk',
  ],
];

const TOOLS: readonly ProtectedGroup[] = [
  [
    'lint configuration',
    `eslint.config.* .eslintrc* .eslintplugin* .stylelintrc* stylelint.config.* prettier.config.* .prettierrc.*js .prettierrc.*ts biome.json* tslint.json .tslintrc*
     .rubocop*.yml .standard.yml .erb-lint.yml .erb_lint.yml .haml-lint.yml .reek.yml .pylintrc pylintrc mypy.ini .mypy.ini .flake8 .bandit phpstan*.neon* psalm.xml* rector.php ecs.php phpcs.xml* .phpcs.xml*
     .php-cs-fixer* .php_cs* .golangci.* .rspec .markdownlint*.*js .remarkrc* .oxlintrc* oxlint.config.* .clang-tidy .sonarlint/ .credo.exs .formatter.exs .luacheckrc .xo-config* xo.config.* .textlintrc*
     .hlint.yaml .scalafix.conf .swiftlint.yml detekt.y*ml .ansible-lint trunk.y*ml .trunk/ .mega-linter.yml .semgrep* .jscpd.json`,
  ],
  [
    'test configuration',
    `jest.config.* jest.setup.* jest.preset.* jest.transform*.* setupjest.* setuptests.* vitest.config.* vitest.workspace.* vitest.setup.* .mocharc* mocha.opts karma.conf.* playwright.config.* playwright-ct.config.*
     cypress.config.* cypress.json wdio*.conf.* ava.config.* .ava* jasmine.json .nycrc* nyc.config.* .c8rc* pytest.ini .pytest.ini .coveragerc phpunit*.xml* pest.php behat.y*ml codeception.y*ml .taprc protractor.conf.* testem.*
     codecept.conf.* nightwatch.conf.* nightwatch.json .tape* stryker.conf.* stryker.config.* web-test-runner.config.* .percy.* backstop.json cucumber.js cucumber.*js .cucumber* `,
  ],
  [
    'bundler configuration',
    `vite.config.* webpack.config.* webpack.*.js webpackfile.* rollup.config.* esbuild.config.* esbuild.*js tsup.config.* rspack.config.* rsbuild.config.* rslib.config.* parcel.config.* .parcelrc babel.config.* .babelrc*
     postcss.config.* .postcssrc* tailwind.config.* next.config.* nuxt.config.* svelte.config.* astro.config.* remix.config.* react-router.config.* gatsby-*.*js gatsby-*.ts* vue.config.* angular.json craco.config.*
     metro.config.* snowpack.config.* ember-cli-build.js quasar.config.* .storybook/ docusaurus.config.* eleventy.config.* .eleventy.* unocss.config.* uno.config.* tsdown.config.* farm.config.* windi.config.* panda.config.*
     electron.vite.config.* electron-builder.* forge.config.* capacitor.config.* ionic.config.json stencil.config.* vike.config.* solid.config.* app.config.js ember-cli-build.*js /codegen.* .graphqlrc* graphql.config.* orval.config.* drizzle.config.*
     typedoc.* .vuepress/ .vitepress/config* svgo.config.* i18next-parser.config.* /*.config.js /*.config.cjs /*.config.mjs /*.config.ts /*.config.mts /*.config.cts /*.conf.js`,
  ],
];

/** Something runs these, or other agents obey them: asked about unless a rule names the exact file. */
export const RUNS_CODE: readonly ProtectedGroup[] = [
  ...AGENTS,
  ...EDITORS,
  ...CONTINUOUS,
  ...BUILDS,
  ...SHELLS,
  ...TOOLS,
];

/** Secrets: asked about, to read or to write, unless a rule names the file literally. */
export const SECRET: readonly ProtectedGroup[] = [
  [
    'environment file',
    '.env .env.* *.env .env-* .env_* .dev.vars .dev.vars.* .flaskenv .secrets .secrets/ .env/ .envrc .envrc.*',
  ],
  [
    'private key',
    `*.pem *.key *.p12 *.pfx *.jks *.keystore *.ppk *.agekey *.p8 *.pkcs12 *.pkcs8 *.der id_rsa* id_dsa* id_ecdsa* id_ed25519* *_rsa *_ed25519 *_ecdsa .ssh/ .ssh2/ authorized_keys
     .gnupg/ *.asc *.gpg *.pgp secring.* master.key *.snk *.age keys.txt.age`,
  ],
  [
    'cloud credentials',
    `.aws/ .azure/ .gcloud/ .config/gcloud/ gcloud/credentials* gcloud/*.db .kube/ kubeconfig* *.kubeconfig .docker/config.json .oci/ .boto .s3cfg .config/doctl/ .terraform.d/ .terraformrc terraform.rc *.tfstate *.tfstate.*
     *.tfvars *.tfvars.json .vault-token .vault_pass* vault_pass* .databrickscfg .snowflake/ .snowsql/ .fly/ .vercel/ .netlify/ .wrangler/ .aliyun/ .bluemix/ .config/hcloud/ .config/linode-cli .config/rclone/ .rclone.conf
     .config/configstore/ .config/op/ .config/stripe/ .config/heroku/ .heroku/ .sentryclirc .edgerc .ovh.conf local.settings.json .s3cmd .passwd-s3fs talosconfig .talos/ .mc/config.json`,
  ],
  [
    'credentials',
    `service-account*.json service_account*.json serviceaccount*.json *-service-account.json *_service_account.json *serviceaccountkey*.json gha-creds-*.json application_default_credentials.json client_secret*.json
     google-services.json googleservice-info.plist firebase-adminsdk*.json *-firebase-adminsdk-*.json gcp-key*.json gcp_key*.json *-sa-key.json keyfile.json credentials credentials.* .credentials .credentials.* *.credentials *-credentials.*
     *_credentials.* credential.json creds.* oauth_creds.json secrets.* secret.* *.secret *.secrets *-secrets.* *-secret.* *_secrets.* secrets-*.y*ml token.json tokens.json .token *.token api_key* apikey* /auth.json .codex/auth.json .composer/auth.json
     opencode/auth.json passwords.* password.txt passwd shadow .passwd`,
  ],
  [
    'credentials',
    `.netrc _netrc .authinfo* .npmrc .pypirc .pgpass pgpass.conf .my.cnf .mylogin.cnf .git-credentials .config/git/credentials .htpasswd .htdigest .dockercfg .dockerconfigjson .gem/credentials .cargo/credentials* .config/gh/ .config/glab-cli/ .config/hub
     .config/github-copilot/ .password-store/ *.kdbx *.kdb *.ovpn *.wallet wallet.dat wallet.json keystore.json .renviron .msmtprc .fetchmailrc .mutt/ .esmtprc .m2/settings*.xml .gradle/gradle.properties
     keychains/ *.keychain *.keychain-db keyrings/ *.keyring key4.db key3.db logins.json cookies.sqlite cookies.db .mozilla/ .config/google-chrome/ .config/chromium/ google/chrome/ wp-config.php local_settings.py settings.local.php appsettings.*.json config/master.key
     *.mobileprovision *.provisionprofile`,
  ],
  [
    'shell history',
    '.bash_history .zsh_history .sh_history .python_history .node_repl_history .psql_history .mysql_history .*_history .history .lesshst .viminfo .zsh_sessions/',
  ],
  [
    'process memory',
    'proc/*/environ proc/*/mem proc/*/maps proc/*/cmdline proc/*/fd/ proc/kcore dev/mem',
  ],
];
