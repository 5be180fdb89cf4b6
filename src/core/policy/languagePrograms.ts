// Programs that run code of the project, as data: those of one language each, JavaScript apart.
import type { Language } from './projectFiles.ts';
import { named, type Runner } from './runner.ts';

const PYTHON: readonly Language[] = ['python', 'c'];

export const LANGUAGE_PROGRAMS: readonly Runner[] = [
  {
    names: named(
      'python|python2|python3|pypy|pypy3|py|ipython|jupyter|pytest|py.test|nosetests|nose2|green|behave|robot|coverage|mutmut|hypothesis|django-admin|flask|uvicorn|gunicorn|hypercorn|celery|alembic|scrapy|streamlit|fastapi|sphinx-build|mkdocs|briefcase|pip|pip3|pipx|pipenv|uv|locust|ward|maturin|cython|nuitka|pyinstaller|twine|build',
    ),
    runs: PYTHON,
    why: 'imports run code of the project, conftest.py and setup.py too',
  },
  {
    names: named(
      'uv|poetry|pdm|hatch|rye|pipenv|pipx|pixi run, uvx, conda|mamba run, coverage run',
    ),
    runs: 'settings',
    hands: true,
    why: 'runs the program behind it, or a script of pyproject.toml, which is a shell line',
  },
  {
    names: named('python|python3|py -m'),
    runs: PYTHON,
    hands: true,
    why: 'runs a module of the project or an installed one',
  },
  {
    names: named(
      `python|python3|py --version|-V|-VV|--help|-h, pip|pip3 list|show|freeze|--version|check|search|help|index|inspect|debug, uv --version|tree|version, poetry|pdm show|list|--version|version|check|info,
       python|python3 -m py_compile|compileall|tabnanny|tokenize|ast|json.tool`,
    ),
    runs: 'nothing',
    why: 'they look things up, or check syntax',
  },
  {
    names: named(
      'ruff|black|isort|mypy|dmypy|flake8|pylint|pyright|basedpyright|pyre|pytype|bandit|autopep8|yapf|pyflakes|pycodestyle|pydocstyle|vulture|interrogate|codespell|djlint|sqlfluff|yamllint',
    ),
    runs: 'settings',
    why: 'the code is read and not run; plug-ins of the settings run',
  },
  {
    names: named('cargo|cross|trunk|bacon|miri|trybuild|rust-script|dx|cargo-nextest'),
    runs: ['rust', 'c', 'shell'],
    why: 'tests, build.rs and macros run, in checks too',
  },
  {
    names: named(
      'cargo --version|-V|--help|fmt|tree|metadata|search|info|locate-project|pkgid|help|audit|deny|outdated, rustc --version|-V',
    ),
    runs: 'settings',
    why: 'reads manifests and runs no code of the project',
  },
  {
    names: named('go generate'),
    runs: 'any',
    why: 'comments in the code are command lines',
  },
  {
    names: named(
      'go, ginkgo|gotestsum|gotest|richgo|air|wire|mockgen|sqlc|buf|goreleaser|ko|templ|fyne|wails',
    ),
    runs: ['go', 'c', 'shell'],
    why: 'tests, generators and programs run',
  },
  {
    names: named(
      'go build|vet|install|fmt|list|doc|version|env|mod|help|clean, gofmt|goimports|gofumpt|golangci-lint|staticcheck|revive|govulncheck',
    ),
    runs: 'settings',
    why: 'compiles or reads; only go.mod and settings say what runs',
  },
  {
    names: named('java|javac|jshell|kotlin|kotlinc|scala|scalac|groovy|clojure|clj|bb|jruby'),
    runs: ['jvm', 'shell'],
    why: 'runs classes and scripts of the project',
  },
  {
    names: named(
      'dotnet|msbuild|xbuild|nunit3-console|vstest.console|csi|fsi|nuke|cake|dotnet-script',
    ),
    runs: ['dotnet', 'c', 'shell'],
    why: 'project files hold commands, and tests run',
  },
  {
    names: named('dotnet --info|--version|--list-sdks|--list-runtimes|--help|-h|list|nuget|format'),
    runs: 'settings',
    why: 'reads project files',
  },
  {
    names: named(
      'ruby|irb|rspec|minitest|m|rails|rackup|puma|unicorn|sidekiq|cucumber|jekyll|middleman|guard|cap|fastlane|pod|bin/rails|spring|appraisal|parallel_rspec|knapsack|bundle|bundler|gem|ruby-lsp|solargraph|srb|steep|erb',
    ),
    runs: ['ruby', 'c', 'shell'],
    why: 'loads code of the project; a Gemfile is code',
  },
  {
    names: named('bundle|bundler exec'),
    runs: 'settings',
    hands: true,
    why: 'runs the program behind it with the Gemfile',
  },
  {
    names: named(
      'rubocop|standardrb|reek|brakeman|haml-lint|slim-lint|erblint, bundle list|show|info|check|outdated, gem list|info|search|--version, ruby --version|-v|-c',
    ),
    runs: 'settings',
    why: 'the code is read and not run; settings may load plug-ins',
  },
  {
    names: named(
      'php|php8|phpunit|pest|paratest|codecept|behat|phpspec|artisan|symfony|drush|wp|phing|robo|deployer|dep|infection|psysh|phpdbg|kahlan|peridot',
    ),
    runs: ['php', 'shell'],
    why: 'loads code of the project; its auto-loader finds it',
  },
  {
    names: named(
      'phpstan|psalm|phpcs|phpcbf|php-cs-fixer|pint|phan|rector|ecs|phpmd|deptrac|phplint, composer show|validate|outdated|licenses|why|--version, php -v|--version|-l|-i|-m',
    ),
    runs: 'settings',
    why: 'the code is read and not run; settings may load files',
  },
  {
    names: named('swift|xcodebuild|swiftc|xctest|xcrun|tuist|mint'),
    runs: ['swift', 'c', 'shell'],
    why: 'manifests, plug-ins and tests run',
  },
  {
    names: named('dart|flutter|fvm|pub|melos|build_runner'),
    runs: ['dart', 'shell'],
    why: 'tests and programs run',
  },
  {
    names: named('mix|iex|elixir|elixirc|erl|escript|rebar3|gleam'),
    runs: ['beam', 'c', 'shell'],
    why: 'mix.exs, macros and tests run',
  },
  {
    names: named('cabal|stack|ghc|ghci|runghc|runhaskell|hspec|shake'),
    runs: ['haskell', 'c', 'shell'],
    why: 'Setup.hs, templates and tests run',
  },
  {
    names: named('perl|prove|cpanm|cpan|carton|dzil|plackup|minil'),
    runs: ['perl', 'shell'],
    why: 'loads code of the project',
  },
  {
    names: named('lua|luajit|busted|luarocks|love|lune|luvit|nvim|vim|vi|emacs'),
    runs: ['lua', 'shell'],
    why: 'loads code of the project',
  },
  {
    names: named('rscript|r|radian|quarto'),
    runs: ['r', 'python'],
    why: 'loads code of the project',
  },
  {
    names: named(
      'gcc|g++|cc|c++|clang|clang++|tcc|nvcc|zig|nim|nimble|crystal|shards|dub|rdmd|ocaml|dune|opam|raku|racket|sbcl|guile|janet|julia|tclsh|wish|octave|v|odin|gdb|lldb|valgrind|terraform|tofu|terragrunt|pulumi|cdk|cdktf|sls|serverless|sam|helm|helmfile|kubectl|packer|vault|sqlite3|psql|mysql|awk|gawk|mawk',
    ),
    runs: ['c', 'shell'],
    why: 'builds or runs what it is given; files of kinds not known here count',
  },
  {
    names: named(
      'terraform|tofu version|validate|fmt|show|--version, helm|kubectl version|list|get|describe|logs|cluster-info|explain, gcc|g++|cc|clang --version|-v',
    ),
    runs: 'nothing',
    why: 'they look at what is there',
  },
];
