// Who can start a program, change a file, reach the network or decide for the human: a table with a reason for each file,
// compared with what the source imports and calls. Whatever is not in the table goes through the executor.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Parts of node:fs that change nothing. `open` is none of them: its flags say what it does. */
const READERS = new Set(
  `access accessSync existsSync lstat lstatSync readFile readFileSync readdir readdirSync readlink readSync closeSync realpath
  realpathSync stat statSync watch constants`.split(/\s+/),
);
/** Modules that start programs, talk to others, or load code. */
const POWERFUL =
  /^(?:child_process|cluster|dgram|dns|http2?|https|inspector|module|net|repl|sea|tls|vm|wasi|worker_threads)(?:\/|$)/;
/** Members that do so, whatever they are members of. */
const MEMBERS = new Set(
  `execve dlopen binding kill applyEdit createTerminal sendText executeTask openExternal save saveAll executeCommand eval
  Function ShellExecution ProcessExecution CustomExecution writeFile rename delete createDirectory copy fetch`.split(
    /\s+/,
  ),
);
/** Free names that do so. */
const GLOBALS = new Set(['fetch', 'eval', 'Function', 'require', 'WebSocket', 'EventSource']);

type Table = Record<string, { powers: string; because: string }>;

const EFFECTS: Table = {
  'src/node/commands/heldShell.ts': {
    powers: 'child_process.spawn',
    because: 'the approved command; the executor’s effect',
  },
  'src/node/commands/watchdog.ts': {
    powers: 'child_process.spawn',
    because: 'ends a command whose owner died',
  },
  'src/node/commands/processGroups.ts': {
    powers: '.kill child_process.spawn',
    because: 'ends a command with all it started (taskkill on Windows)',
  },
  'src/node/commands/procTable.ts': {
    powers: '.kill',
    because: 'signal 0: asks whether a process is alive',
  },
  'src/node/files/atomicWrite.ts': {
    powers: 'fs.link fs.open fs.rename fs.unlink',
    because: 'the approved write; the executor’s effect',
  },
  'src/node/files/makeFolders.ts': {
    powers: 'fs.mkdir fs.rmdir',
    because: 'folders of an approved new file',
  },
  'src/node/files/mover.ts': {
    powers: 'fs.link fs.rename fs.unlink',
    because: 'the approved move: a second name, then the first one goes; the executor’s effect',
  },
  'src/node/files/writer.ts': {
    powers: 'fs.unlink',
    because: 'the approved deletion; the executor’s effect',
  },
  'src/node/files/temporaryNames.ts': {
    powers: 'fs.unlink',
    because: 'own temporary files of a write that was cut off',
  },
  'src/node/files/readText.ts': { powers: 'fs.open', because: 'reads, with O_NOFOLLOW' },
  'src/node/git/repositories.ts': {
    powers: 'fs.open',
    because: 'reads git’s configuration and index, without waiting for a FIFO',
  },
  'src/node/files/ripgrep.ts': {
    powers: '.kill child_process.spawn',
    because:
      'the bundled ripgrep with fixed options: reads only, needs no approval inside the workspace',
  },
  'src/node/sqlite/files.ts': {
    powers: 'fs.chmodSync fs.mkdirSync fs.openSync fs.renameSync',
    because: 'the state file itself: private, damaged ones moved aside',
  },
  'src/node/sqlite/walProbe.ts': {
    powers: 'fs.openSync fs.rmSync',
    because: 'a probe beside the state file',
  },
  'src/node/models/openaiClient.ts': {
    powers: 'fetch',
    because: 'the model endpoint of the user’s settings; no redirects',
  },
  'src/node/screening/moderation.ts': {
    powers: 'fetch',
    because: 'the moderation endpoint of the user’s settings, off by default; no redirects',
  },
  'src/node/cli/handOverKey.ts': {
    powers: '.execve',
    because: 'the process replaces itself by one without the key in its environment',
  },
  'src/node/cli/crashAt.ts': {
    powers: '.kill',
    because: 'tests: the process kills itself at a step',
  },
  'src/cli.ts': {
    powers: 'child_process.spawnSync module',
    because: 'the same command line on a newer Node; the compile cache',
  },
  'src/vscode/commandTerminals.ts': {
    powers: '.createTerminal',
    because: 'a terminal of our own output, without a process behind it and without input',
  },
  'src/vscode/buffers.ts': {
    powers: '.applyEdit .save',
    because: 'the approved write into an open document; the executor’s effect',
  },
  'src/vscode/textHost.ts': {
    powers: '.openExternal',
    because: 'an address of the web, after the native confirmation that shows it',
  },
  'src/vscode/diffEditors.ts': {
    powers: '.applyEdit .executeCommand .save',
    because: 'its own documents in memory; vscode.diff, setContext',
  },
  'src/vscode/hunkLenses.ts': {
    powers: '.applyEdit',
    because: 'the diff editor’s own document in memory: a change is dropped or restored',
  },
  'src/vscode/discreetDiff.ts': {
    powers: '.executeCommand .save',
    because: 'its own documents in memory, saved there',
  },
};

/** Who runs commands of VS Code: each is a literal of ours, or stands in the manifest. */
const COMMANDS: Table = {
  'src/vscode/openRule.ts': { powers: '.executeCommand', because: 'opens settings.json' },
  'src/vscode/commands/hooks.ts': {
    powers: '.executeCommand',
    because: 'the notice’s button opens the review of hooks',
  },
  'src/vscode/folders.ts': {
    powers: '.executeCommand',
    because: 'the notice’s button reloads the window',
  },
  'src/vscode/panelHost.ts': { powers: '.executeCommand', because: 'opens the settings' },
  'src/vscode/welcome.ts': {
    powers: '.executeCommand',
    because: 'opens the walkthrough and the chat',
  },
  'src/vscode/commands/setup.ts': { powers: '.executeCommand', because: 'opens the walkthrough' },
  'src/vscode/demo.ts': {
    powers: '.copy .executeCommand',
    because:
      'the extension’s own sample, copied to its own storage and opened, when the user says so',
  },
  'src/vscode/commands/threads.ts': { powers: '.executeCommand', because: 'focuses the chat' },
  'src/vscode/commands/inbox.ts': {
    powers: '.executeCommand',
    because: 'setContext: whether a card of the chat has the focus',
  },
  'src/vscode/inbox/approvalsTree.ts': {
    powers: '.executeCommand',
    because: 'setContext: whether something waits',
  },
  'src/vscode/exportFiles.ts': {
    powers: '.writeFile',
    because: 'the user’s export, to the file that they name in a dialog of VS Code',
  },
};

function sources(): string[] {
  return readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.posix.join('src', name.replaceAll(path.sep, '/')));
}

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** What a file can do beyond computing, by names; empty when it can do nothing. */
function powersOf(text: string): string {
  const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    for (const power of [...fromImport(node), ...fromUse(node)]) found.add(power);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found].sort().join(' ');
}

function fromImport(node: ts.Node): string[] {
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && !node.isTypeOnly) {
    return ofModule(textOf(node.moduleSpecifier), undefined);
  }
  if (!ts.isImportDeclaration(node)) return [];
  const clause = node.importClause;
  if (clause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const bindings = clause?.namedBindings;
  const named =
    bindings && ts.isNamedImports(bindings) && !clause.name
      ? bindings.elements
          .filter((element) => !element.isTypeOnly)
          .map((element) => (element.propertyName ?? element.name).text)
      : undefined;
  return ofModule(textOf(node.moduleSpecifier), named);
}

/** `names`: what is imported; undefined for all of it. */
function ofModule(specifier: string, names: readonly string[] | undefined): string[] {
  const name = specifier.replace(/^node:/, '');
  if (/^fs(?:\/|$)/.test(name)) {
    if (!names) return ['fs'];
    return names.filter((one) => !READERS.has(one)).map((one) => `fs.${one}`);
  }
  if (!POWERFUL.test(name)) return [];
  return name === 'child_process' && names ? names.map((one) => `child_process.${one}`) : [name];
}

function fromUse(node: ts.Node): string[] {
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [what] = node.arguments;
    if (!what || !ts.isStringLiteral(what)) return ['import(computed)'];
    return ofModule(what.text, undefined);
  }
  if (ts.isPropertyAccessExpression(node) && MEMBERS.has(node.name.text)) {
    return isOwn(node) ? [] : [`.${node.name.text}`];
  }
  if (ts.isElementAccessExpression(node) && MEMBERS.has(textOf(node.argumentExpression))) {
    return [`.${textOf(node.argumentExpression)}`];
  }
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    const { expression } = node;
    if (ts.isIdentifier(expression) && GLOBALS.has(expression.text)) return [expression.text];
  }
  return [];
}

/** Members of the same name that are none of these: maps and sets, our own ports. */
function isOwn(node: ts.PropertyAccessExpression): boolean {
  const of = node.expression.getText();
  if (node.name.text === 'delete') return !/\bfs$/.test(of);
  if (node.name.text === 'rename' || node.name.text === 'copy') return !/\bfs$/.test(of);
  // The leased effects, a file handle of a file that is in the table for opening it, ports of the engine.
  if (node.name.text === 'writeFile') return /^(?:effects|(?:\w+\.)*effects|handle)$/.test(of);
  return false;
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : '';
}

/** What differs between the table and the source, a line each. */
function differences(table: Table, found: ReadonlyMap<string, string>): string[] {
  const files = new Set([...Object.keys(table), ...found.keys()]);
  return [...files].flatMap((file) => {
    const expected = table[file]?.powers ?? '';
    const actual = found.get(file) ?? '';
    return expected === actual ? [] : [`${file}: has “${actual}”, may have “${expected}”`];
  });
}

/** Files of `src` whose text matches. */
const naming = (pattern: RegExp): string[] =>
  sources().filter((file) => pattern.test(read(file).replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gm, '')));

describe('effects', () => {
  const found = new Map(sources().map((file) => [file, powersOf(read(file))] as const));
  for (const [file, powers] of found) if (powers === '') found.delete(file);

  it('only the executor’s effects, and what the table gives a reason for, can spawn, write or connect (I1, I14)', () => {
    const table = { ...EFFECTS, ...COMMANDS };
    assert.deepEqual(differences(table, found), []);
    for (const { because } of Object.values(table)) assert.ok(because.length > 10);
  });

  it('the table catches what is planted', () => {
    const planted: [string, string][] = [
      ["import { exec } from 'node:child_process';", 'child_process.exec'],
      ["import * as cp from 'child_process';", 'child_process'],
      ["import cp, { type ChildProcess } from 'node:child_process';", 'child_process'],
      ["import { readFile, writeFile as w } from 'node:fs/promises';", 'fs.writeFile'],
      ["import fs from 'fs';", 'fs'],
      ["export * from 'node:fs';", 'fs'],
      ["export { spawn } from 'node:child_process';", 'child_process'],
      ["const x = await import('node:child_process');", 'child_process'],
      ['const x = await import(name);', 'import(computed)'],
      ["import { Worker } from 'node:worker_threads';", 'worker_threads'],
      ["import http from 'node:http';", 'http'],
      ["require('child_process').exec('x');", 'require'],
      ['await vscode.workspace.applyEdit(edit);', '.applyEdit'],
      ["vscode['workspace']['applyEdit'](edit);", '.applyEdit'],
      ['await vscode.workspace.fs.writeFile(uri, bytes);', '.writeFile'],
      ['await vscode.workspace.fs.delete(uri);', '.delete'],
      ["vscode.window.createTerminal().sendText('x');", '.createTerminal .sendText'],
      ['vscode.tasks.executeTask(task);', '.executeTask'],
      ['vscode.env.openExternal(uri);', '.openExternal'],
      ["vscode.commands.executeCommand('x');", '.executeCommand'],
      ["fetch('https://x');", 'fetch'],
      ["globalThis.fetch('https://x');", '.fetch'],
      ["eval('1'); new Function('1');", 'Function eval'],
      ["process.execve('/bin/sh');", '.execve'],
    ];
    for (const [text, powers] of planted) assert.equal(powersOf(text), powers, text);
    const harmless = [
      "import type { ChildProcess } from 'node:child_process';",
      "import { readFile, type Stats } from 'node:fs/promises';",
      'known.delete(key); effects.writeFile(change);',
      "import path from 'node:path';",
    ];
    for (const text of harmless) assert.equal(powersOf(text), '', text);
    const more = new Map(found).set('src/core/settings.ts', 'child_process.exec');
    assert.equal(differences({ ...EFFECTS, ...COMMANDS }, more).length, 1);
  });

  it('the effects are made once and handed to the executor, which alone hands them on (I1)', () => {
    assert.deepEqual(naming(/\bcreateFile(?:Writer|Mover)\b|\bcreateCommandRunner\b/).sort(), [
      'src/node/commands/runner.ts',
      'src/node/files/mover.ts',
      'src/node/files/writer.ts',
      'src/node/openEngine.ts',
    ]);
    assert.deepEqual(naming(/\bdeps\.effects\b|\{[^}]*\beffects\b[^}]*\} = (?:this\.#)?deps\b/), [
      'src/core/agent/executor.ts',
    ]);
    assert.deepEqual(naming(/\bexecute\(\s*deps\b/), ['src/core/agent/runCall.ts']);
  });

  it('hooks run through the runner of commands, from one module, and only those that were acknowledged (I1)', () => {
    // They are programs that the user looked at and accepted, byte for byte; the executor's token is for calls of the model.
    assert.deepEqual(naming(/\beffects\.runCommand\b/).sort(), [
      'src/core/agent/executor.ts',
      // With the effects of the call that starts it, and no others.
      'src/core/commands/background.ts',
      'src/core/screening/screenResults.ts',
      'src/core/tools/runCommand.ts',
      'src/node/hooks/workspaceHooks.ts',
    ]);
    assert.deepEqual(naming(/\bcreateHookRunner\b/).sort(), [
      'src/node/hooks/runHook.ts',
      'src/node/hooks/workspaceHooks.ts',
    ]);
    assert.deepEqual(naming(/\bdeps\.run\(hook\b/), ['src/core/hooks/hooks.ts']);
    assert.deepEqual(naming(/\bloadHooks\(deps\)/), ['src/core/hooks/hooks.ts']);
  });

  it('a decision is submitted where a human made it, and nowhere else: by no timer, start or message (U9, I11)', () => {
    // The page's and the diff editor's press; `decide` of the command line, with the human's file.
    assert.deepEqual(naming(/\bengine\.submit\(/).sort(), [
      'src/core/panel/requests.ts',
      'src/node/cli/turnCommands.ts',
    ]);
    assert.deepEqual(naming(/\bsubmitDecisions\(/).sort(), [
      'src/core/panel/requests.ts',
      'src/node/openEngine.ts',
    ]);
    assert.deepEqual(naming(/\bstore\.claimAction\(/).sort(), [
      'src/core/threads/deciding.ts',
      'src/node/cli/crashAt.ts',
      'src/node/sqlite/bothStores.ts',
    ]);
  });

  it('notifications and dialogs are shown by one module, and nothing is shown as markdown (U15)', () => {
    assert.deepEqual(naming(/\bshow(?:Information|Warning|Error)Message\b/), [
      'src/vscode/notify.ts',
    ]);
    assert.deepEqual(naming(/\bMarkdownString\b|\bisTrusted\s*[:=][^=]|\bsupportHtml\b/), []);
    assert.deepEqual(naming(/\benableCommandUris:\s*true/), []);
    assert.deepEqual(naming(/\bregisterUriHandler\b/), ['src/vscode/deepLink.ts']);
  });
});
