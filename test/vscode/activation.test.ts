// Activation in a real extension host: quick, complete, and without the engine.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import { extensionServices } from './support.ts';

/** A loaded machine with two cores must pass; the budget itself (25 ms) is measured by the benchmarks. */
const LOAD_MS = 250;

const Manifest = z.object({
  contributes: z.object({ commands: z.array(z.object({ command: z.string() })) }),
});

describe('activation', () => {
  it('finds the extension and activates it', async () => {
    const extension = vscode.extensions.getExtension('countersign.countersign');
    assert.ok(extension, 'the extension is not installed in this VS Code');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('loads its bundle quickly, and nothing of the engine with it', async () => {
    const { context } = await extensionServices();
    const file = path.join(context.extensionPath, 'dist', 'extension.js');
    const require = createRequire(file);
    // Loaded a second time: what it loads then is what it loads at the start.
    const own = require.resolve(file);
    const kept = require.cache[own];
    const before = new Set(Object.keys(require.cache));
    delete require.cache[own];
    try {
      const started = performance.now();
      require(file);
      const took = performance.now() - started;
      const loaded = Object.keys(require.cache).filter((name) => !before.has(name));
      assert.deepEqual(loaded, []);
      const children = require.cache[own]?.children.map(({ id }) => path.basename(id)) ?? [];
      assert.ok(!children.includes('engine.js'), 'the engine is loaded with the extension');
      assert.ok(took < LOAD_MS, `${took.toFixed(0)} ms`);
    } finally {
      if (kept) require.cache[own] = kept;
    }
  });

  it('registers every command of package.json', async () => {
    const { context } = await extensionServices();
    const declared = Manifest.parse(context.extension.packageJSON).contributes.commands;
    const known = new Set(await vscode.commands.getCommands(true));
    const missing = declared.filter(({ command }) => !known.has(command));
    assert.deepEqual(missing, []);
    assert.ok(declared.length >= 12);
  });

  it('keeps a secret and forgets it', async () => {
    const { context } = await extensionServices();
    await context.secrets.store('countersign.test', 'größe 🗝');
    assert.equal(await context.secrets.get('countersign.test'), 'größe 🗝');
    await context.secrets.delete('countersign.test');
    assert.equal(await context.secrets.get('countersign.test'), undefined);
  });
});
