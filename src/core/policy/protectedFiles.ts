// Protected files in three tiers, as data. `x/` is a folder anywhere and all in it, `*` any characters of one name,
// `a/b` consecutive names; compared after folding (pathNames.ts).
import { foldPath } from './pathNames.ts';

type Tier = 'forbidden' | 'runsCode' | 'secret';

export interface Protection {
  tier: Tier;
  /** What it is, for the why line: `.git`, `CI configuration`. */
  what: string;
}

/** Never written by the agent: what the repository and this product keep their own truth in. */
const FORBIDDEN: readonly (readonly [string, string])[] = [
  ['.git', '.git/ .git'],
  ["Countersign's own files", '.countersign/ .countersign'],
];

/** Something runs these, or other agents obey them: asked about unless a rule names the exact file. */
const RUNS_CODE: readonly (readonly [string, string])[] = [
  ['bare git repository', '*.git/'],
  ['git configuration', '.gitattributes .gitmodules .gitconfig .gitmessage'],
  [
    'editor configuration',
    '.vscode/ .vscode-server/ .vscode-insiders/ .idea/ .zed/ .fleet/ .nova/ .vs/',
  ],
  [
    'editor configuration',
    '*.code-workspace .vimrc .nvimrc .exrc .dir-locals.el .sublime-project .nvim.lua',
  ],
  ['editor configuration', 'code/user/ vscodium/user/ .config/nvim/ .vim/'],
  [
    'development container',
    '.devcontainer/ .devcontainer.json dockerfile *.dockerfile dockerfile.* containerfile',
  ],
  [
    'development container',
    'docker-compose*.yml docker-compose*.yaml compose.yml compose.yaml vagrantfile .gitpod.yml',
  ],
  [
    'agent configuration',
    '.claude/ .claude.json claude.md claude.local.md .mcp.json mcp.json mcp_config.json .mcp/',
  ],
  [
    'agent configuration',
    '.cursor/ .cursorrules .cursorignore .windsurf/ .windsurfrules .codeium/ .gemini/ gemini.md',
  ],
  [
    'agent configuration',
    '.codex/ agents.md agents.override.md agent.md .agents/ .agent/ .agents.md .continue/',
  ],
  [
    'agent configuration',
    '.roo/ .roorules* .roomodes .kilocode/ .kilocodemodes .cline/ .clinerules/ .clinerules* cline_mcp_settings.json',
  ],
  [
    'agent configuration',
    '.aider* .amazonq/ .q/ .kiro/ .junie/ .trae/ .qoder/ .opencode/ opencode.json opencode.jsonc crush.json .crush/ .crush.json',
  ],
  [
    'agent configuration',
    '.goose/ .goosehints .qwen/ qwen.md .augment/ .augment-guidelines .rules .tabnine/ .warp/ warp.md .openhands/ .devin/',
  ],
  [
    'agent configuration',
    '.copilot/ .factory/ .amp/ .iflow/ .crush.md .kimi/ .pi/ .gate/ .idx/ .firebender/ .antigravity/ skill.md',
  ],
  [
    'agent configuration',
    '.github/copilot* .github/agents/ .github/prompts/ .github/instructions/ .github/chatmodes/ .github/skills/ .github/hooks/',
  ],
  [
    'CI configuration',
    '.github/workflows/ .github/actions/ .github/dependabot.y*ml .github/codeowners codeowners action.yml action.yaml',
  ],
  [
    'CI configuration',
    '.gitlab-ci*.yml .gitlab/ .circleci/ .buildkite/ .drone.y*ml .drone.star .woodpecker/ .woodpecker.y*ml .travis.yml jenkinsfile* *.jenkinsfile',
  ],
  [
    'CI configuration',
    'azure-pipelines*.yml .azure-pipelines/ appveyor.yml .appveyor.yml bitbucket-pipelines.yml cloudbuild.y*ml buildspec.y*ml .semaphore/ .teamcity/ .tekton/ .cirrus.yml .gitea/ .forgejo/ .ci/ renovate.json* .renovaterc*',
  ],
  [
    'git hooks',
    '.husky/ .githooks/ .git-hooks/ .lefthook/ lefthook.y*ml .lefthook.y*ml lefthook-local.y*ml .pre-commit-config.y*ml .pre-commit-hooks.y*ml .overcommit.yml .lintstagedrc* lint-staged.config.* .huskyrc* commitlint.config.* .commitlintrc*',
  ],
  [
    'package manifest',
    'package.json package.json5 package.yaml bower.json composer.json deno.json deno.jsonc bunfig.toml gemfile *.gemspec mix.exs package.swift podfile project.clj build.sbt build.sc build.zig dune-project shard.yml',
  ],
  [
    'package manager configuration',
    '.npmrc .yarnrc .yarnrc.yml .yarn/ .pnpmfile.*js pnpm-workspace.yaml .pnp.*js pip.conf pip.ini .pypirc .condarc nuget.config .cargo/ .bundle/ .m2/',
  ],
  [
    'build script',
    'makefile gnumakefile bsdmakefile *.mk justfile .justfile taskfile.y*ml rakefile *.rake cmakelists.txt *.cmake cmakepresets.json meson.build build.bazel workspace.bazel module.bazel *.bzl .bazelrc .bazelversion sconstruct sconscript wscript',
  ],
  [
    'build script',
    'build.gradle* settings.gradle* gradlew gradlew.bat gradle.properties gradle-wrapper.* init.gradle* *.gradle *.gradle.kts mvnw mvnw.cmd .mvn/ pom.xml build.xml ivy.xml build.rs configure configure.ac',
  ],
  [
    'build script',
    '*.csproj *.vbproj *.fsproj *.vcxproj *.sln *.slnx *.props *.targets *.proj global.json *.pubxml build.cake',
  ],
  [
    'build script',
    'setup.py setup.cfg pyproject.toml tox.ini noxfile.py conftest.py sitecustomize.py usercustomize.py *.pth tasks.py fabfile.py dodo.py hatch.toml pdm.toml hatch_build.py',
  ],
  [
    'task runner',
    'gulpfile.* gruntfile.* nx.json project.json turbo.json turbo.jsonc lerna.json .moon/ moon.yml wireit.json procfile* nodemon.json .nodemon.json ecosystem.config.* magefile.go earthfile tiltfile skaffold.yaml .swcrc',
  ],
  [
    'environment hook',
    '.envrc .direnv/ .tool-versions mise.toml .mise.toml .mise/ .asdfrc flake.nix shell.nix default.nix devbox.json devenv.nix .autoenv .env.fish .bashrc .bash_profile .bash_login .bash_logout .profile .zshrc .zshenv .zprofile .zlogin .inputrc .gdbinit .lldbinit .tmux.conf .screenrc .pdbrc .irbrc .pryrc .rprofile .pythonrc',
  ],
  [
    'lint configuration',
    'eslint.config.* .eslintrc* .eslintplugin* .stylelintrc* stylelint.config.* prettier.config.* .prettierrc.js .prettierrc.cjs .prettierrc.mjs .prettierrc.ts .prettierrc.mts biome.json* .rubocop*.yml .pylintrc pylintrc mypy.ini .mypy.ini .flake8 phpstan.neon* .php-cs-fixer* .golangci.y*ml .rspec .markdownlint*.*js .remarkrc* .oxlintrc* .clang-tidy oxlint.config.* .sonarlint/',
  ],
  [
    'test configuration',
    'jest.config.* jest.setup.* jest-*.js vitest.config.* vitest.workspace.* vitest.setup.* .mocharc* mocha.opts karma.conf.* playwright.config.* cypress.config.* cypress.json wdio.conf.* ava.config.* .ava* jasmine.json .nycrc* .c8rc* pytest.ini .pytest.ini phpunit.xml* .taprc protractor.conf.* testem.js codecept.conf.* .tape*',
  ],
  [
    'bundler configuration',
    'vite.config.* webpack.config.* webpack.*.js rollup.config.* esbuild.config.* esbuild.*js tsup.config.* rspack.config.* rsbuild.config.* parcel.config.* .parcelrc babel.config.* .babelrc* postcss.config.* .postcssrc* tailwind.config.* next.config.* nuxt.config.* svelte.config.* astro.config.* remix.config.* gatsby-*.* vue.config.* angular.json craco.config.* metro.config.* snowpack.config.* metro.config.* ember-cli-build.js quasar.config.* .storybook/ docusaurus.config.* eleventy.config.* .eleventy.js unocss.config.* tsdown.config.*',
  ],
];

/** Secrets: asked about, to read or to write, unless a rule names the file literally. */
const SECRET: readonly (readonly [string, string])[] = [
  ['environment file', '.env .env.* *.env .env-* .dev.vars .flaskenv .secrets .secrets/ .env/'],
  [
    'private key',
    '*.pem *.key *.p12 *.pfx *.jks *.keystore *.ppk *.agekey *.p8 *.pkcs12 id_rsa* id_dsa* id_ecdsa* id_ed25519* *_rsa *_ed25519 identity.pem .ssh/ .gnupg/ *.asc *.gpg master.key',
  ],
  [
    'cloud credentials',
    '.aws/ .azure/ .gcloud/ gcloud/ .kube/ kubeconfig* .docker/config.json .oci/ .boto .s3cfg doctl/ .terraform.d/ .terraformrc *.tfstate *.tfstate.* *.tfvars *.tfvars.json .vault-token .vault_pass* .databrickscfg .snowflake/ .fly/ .vercel/ .netlify/ .wrangler/',
  ],
  [
    'credentials',
    'service-account*.json service_account*.json serviceaccount*.json *-service-account.json *serviceaccountkey*.json gha-creds-*.json application_default_credentials.json client_secret*.json google-services.json firebase-adminsdk*.json *-firebase-adminsdk-*.json credentials credentials.* *.credentials credential.json secrets.* secret.* *.secret *.secrets *-secrets.* *-secret.* auth.json token.json tokens.json .token api_key* apikey*',
  ],
  [
    'credentials',
    '.netrc _netrc .npmrc .pypirc .pgpass .my.cnf .mylogin.cnf .git-credentials .htpasswd .htdigest .dockercfg .dockerconfigjson .gem/credentials .cargo/credentials* .config/gh/  .config/hub .password-store/ *.kdbx *.kdb *.ovpn wallet.dat *.wallet .renviron',
  ],
  ['shell history', '.bash_history .zsh_history .*_history .history .lesshst .viminfo'],
  ['process memory', 'proc/*/environ proc/*/mem proc/*/maps proc/*/cmdline'],
];

/** Templates that carry no secret although their name looks like one. */
const NOT_SECRET =
  /^(?:\.env|\.dev\.vars)\.(?:.*\.)?(?:example|sample|template|tmpl|dist|defaults?|schema|d\.ts)$|^(?:.*\.)?(?:example|sample|template)\.env$|\.pub$/;
/** `secrets.ts` and the like are source code. */
const SOURCE =
  /^(?:.*-)?(?:secrets?|credentials?|tokens?|api_?keys?)[\w-]*\.(?:[cm]?[jt]sx?|py|go|rs|rb|java|kt|cs|php|swift|c|h|cpp|hpp|md|html|css|scss|vue|svelte|test\..*|spec\..*)$/;

/** Only in capitals: in lower case these are the names of ordinary folders. */
const BARE_BUILD_FILE = /(?:^|[/\\])(?:BUILD|WORKSPACE|BUCK)$/;

interface Entry {
  protection: Protection;
  /** Consecutive names; with `folder`, anything below the last of them too. */
  names: readonly ((segment: string) => boolean)[];
  folder: boolean;
  /** Literal last name, for the index. */
  key: string | null;
}

const INDEX = buildIndex([
  ...entriesOf('forbidden', FORBIDDEN),
  ...entriesOf('secret', SECRET),
  ...entriesOf('runsCode', RUNS_CODE),
]);

/** Every protection of a path (root-relative, or absolute when outside every root), strictest first. */
export function protectionsOf(path: string): Protection[] {
  const segments = foldPath(path);
  const found: Protection[] = [];
  for (const [at, segment] of segments.entries()) {
    const wild = at === segments.length - 1 ? INDEX.wild : INDEX.wildFolders;
    const candidates = [...(INDEX.byName.get(segment) ?? []), ...wild];
    for (const entry of candidates) {
      if (covers(entry, segments, at) && !exempt(entry, segments, at)) found.push(entry.protection);
    }
  }
  if (BARE_BUILD_FILE.test(path)) found.push({ tier: 'runsCode', what: 'build script' });
  return found.sort((a, b) => ORDER[a.tier] - ORDER[b.tier]);
}

const ORDER: Record<Tier, number> = { forbidden: 0, secret: 1, runsCode: 2 };

function covers(entry: Entry, segments: readonly string[], at: number): boolean {
  const start = at - entry.names.length + 1;
  if (start < 0 || (!entry.folder && at !== segments.length - 1)) return false;
  return entry.names.every((matches, i) => matches(segments[start + i] ?? ''));
}

function exempt(entry: Entry, segments: readonly string[], at: number): boolean {
  if (entry.protection.tier !== 'secret' || entry.folder) return false;
  const name = segments[at] ?? '';
  return NOT_SECRET.test(name) || SOURCE.test(name);
}

function entriesOf(tier: Tier, groups: readonly (readonly [string, string])[]): Entry[] {
  return groups.flatMap(([what, list]) =>
    list
      .split(/\s+/)
      .filter((item) => item !== '')
      .map((item) => entryOf({ tier, what }, item)),
  );
}

function entryOf(protection: Protection, item: string): Entry {
  const folder = item.endsWith('/');
  const names = (folder ? item.slice(0, -1) : item).split('/');
  const last = names.at(-1) ?? '';
  return {
    protection,
    folder,
    names: names.map(nameMatcher),
    key: last.includes('*') ? null : last,
  };
}

function nameMatcher(name: string): (segment: string) => boolean {
  if (!name.includes('*')) return (segment) => segment === name;
  const source = name.split('*').map((part) => part.replace(/[.+$()[\]{}|^]/g, '\\$&'));
  const pattern = new RegExp(`^${source.join('[^]*')}$`, 'u');
  return (segment) => pattern.test(segment);
}

function buildIndex(entries: readonly Entry[]): {
  byName: ReadonlyMap<string, readonly Entry[]>;
  wild: readonly Entry[];
  wildFolders: readonly Entry[];
} {
  const byName = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.key !== null) byName.set(entry.key, [...(byName.get(entry.key) ?? []), entry]);
  }
  const wild = entries.filter((entry) => entry.key === null);
  return { byName, wild, wildFolders: wild.filter((entry) => entry.folder) };
}
