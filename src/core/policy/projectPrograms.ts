// Programs that run code of the project, as data: scripts, recipes and containers of any language, and JavaScript.
import type { Language } from './projectFiles.ts';
import { named, type Runner } from './runner.ts';

const JS: readonly Language[] = ['js', 'shell'];

const SCRIPTED: readonly Runner[] = [
  {
    names: named('npm|pnpm|yarn|bun|composer|corepack|ni|nr|nx|turbo|lerna|rush|moon'),
    runs: 'any',
    why: 'scripts of the manifest are shell lines, and installing runs some of them',
  },
  {
    names: named(
      `npm|pnpm|yarn|bun ls|list|ll|la|outdated|view|info|show|why|explain|search|help|audit|ping|whoami|root|prefix|bin|docs|repo|bugs|fund|licenses|-v|--version|-h|--help,
       npm config|pkg get|list|ls, nx|turbo|lerna|rush --version|--help, nx graph|list|report|show, lerna ls|list`,
    ),
    runs: 'nothing',
    why: 'they look things up',
  },
  {
    names: named('npx|bunx|pnpx|pnx, npm|pnpm|yarn|bun exec|x|dlx'),
    runs: 'settings',
    hands: true,
    why: 'the manifest says what a name means; what runs is behind it',
  },
  {
    names: named(
      `make|gmake|nmake|bmake|remake|ninja|samu|just|task|go-task|mage|rake|thor|cmake|ctest|meson|scons|waf|xmake|bazel|bazelisk|buck|buck2|pants|please|earthly|dagger,
       autoreconf|automake|configure|cargo-make|invoke|fab|doit|paver|nox|tox|hatch|pdm|poetry|rye|pixi|conda|mamba|mise|asdf|devbox|nix|nix-shell|nix-build|direnv|vagrant|ansible-playbook|ansible`,
    ),
    runs: 'any',
    why: 'recipes are shell lines, and may run anything',
  },
  {
    names: named('gradle|gradlew|mvn|mvnw|mvnd|ant|sbt|sbtn|mill|lein|bloop|scala-cli|jbang|amper'),
    runs: 'any',
    why: 'build scripts and plug-ins run, tests too',
  },
  {
    names: named(
      'docker|podman|nerdctl|buildah|docker-compose|podman-compose|compose|skaffold|tilt|act|devcontainer',
    ),
    runs: 'any',
    why: 'images are built of the project, and containers run what is mounted',
  },
  {
    names: named(
      `docker|podman|nerdctl ps|images|logs|version|info|top|stats|inspect|port|history|search|--version, docker|podman volume|network|container|image|context ls|inspect|list,
       docker|podman compose ps|logs|ls|version, docker-compose ps|logs|version`,
    ),
    runs: 'nothing',
    why: 'they look at what is there',
  },
  {
    names: named(
      'sh|bash|dash|zsh|ksh|mksh|ash|fish|rbash|csh|tcsh|yash|pwsh|powershell|cmd|source|.|eval|exec|call|start|xonsh|nu',
    ),
    runs: 'any',
    why: 'a script may run anything',
  },
  {
    names: named(
      'pre-commit|prek|lefthook|husky|overcommit|lint-staged|nano-staged|simple-git-hooks|captainhook|grumphp',
    ),
    runs: 'any',
    why: 'hooks run the commands of their files',
  },
  {
    names: named(
      'watchexec|entr|nodemon|concurrently|npm-run-all|run-s|run-p|wireit|dotenv|dotenvx|cross-env|cross-env-shell|env-cmd|zx|bats|expect|tmuxp|foreman|overmind|hivemind|honcho|process-compose',
    ),
    runs: 'any',
    why: 'they run other programs',
  },
  {
    names: named(
      'git commit|merge|rebase|push|pull|checkout|switch|am|cherry-pick|revert|worktree|gc|submodule|hook',
    ),
    runs: 'settings',
    why: 'hooks run; which code those run is not known, their files and manifests are',
  },
  {
    names: named('git bisect run, git submodule foreach, git rebase -x|--exec, git filter-branch'),
    runs: 'any',
    why: 'they run a command line',
  },
];

const JAVASCRIPT: readonly Runner[] = [
  {
    names: named('node|nodejs --run, deno task|install'),
    runs: 'any',
    why: 'scripts of the manifest are shell lines',
  },
  {
    names: named(
      'node|nodejs|deno|tsx|ts-node|ts-node-esm|ts-node-dev|tsimp|jiti|esno|swc-node|electron|babel-node|vite-node|workerd|wrangler|d8|qjs|coffee',
    ),
    runs: JS,
    why: 'a script loads other code of the project',
  },
  {
    names: named(
      'node|nodejs --version|-v|-V|--help|-h|--check|-c, deno --version|-V|--help|check|lint|fmt|doc|info|types',
    ),
    runs: 'nothing',
    why: 'checks or prints, runs nothing',
  },
  {
    names: named(
      'jest|vitest|mocha|_mocha|ava|tap|tape|jasmine|karma|playwright|cypress|wdio|testcafe|nightwatch|cucumber-js|uvu|web-test-runner|wtr|c8|nyc|stryker|react-scripts|qunit|lab|japa',
    ),
    runs: JS,
    why: 'tests run',
  },
  {
    names: named(
      `vite|webpack|webpack-cli|rollup|esbuild|tsup|tsdown|unbuild|parcel|rspack|rsbuild|rslib|swc|babel|next|nuxt|nuxi|astro|gatsby|remix|svelte-kit|ng|vue-cli-service|ember|storybook|sb|start-storybook,
       gulp|grunt|jake|expo|metro|react-native|electron-builder|electron-forge|docusaurus|eleventy|hexo|vuepress|vitepress|nest|strapi|prisma|drizzle-kit|typeorm|sequelize|knex|graphql-codegen|codegen|plop|hygen|semantic-release|changeset|release-it|tailwindcss|postcss|size-limit|wasm-pack`,
    ),
    runs: JS,
    why: 'settings, plug-ins and pages run while building',
  },
  {
    names: named(
      'eslint|prettier|tsc|tsgo|vue-tsc|svelte-check|stylelint|biome|oxlint|xo|standard|tslint|knip|depcheck|madge|markdownlint|markdownlint-cli2|commitlint|cspell|textlint|typedoc|api-extractor|attw|publint|dprint|rome|remark|htmlhint|jscpd|syncpack|sort-package-json|npm-check|npm-check-updates|ncu',
    ),
    runs: 'settings',
    why: 'the code is read and not run; settings and plug-ins run',
  },
];

export const PROJECT_PROGRAMS: readonly Runner[] = [...SCRIPTED, ...JAVASCRIPT];
