// One VS Code with the extension on a copy of the sample workspace, shared by the tests of a file.
import { startHost, type Host, type HostOptions } from '../../host/host.mjs';
import { openWorkbench, type Workbench, type WorkbenchOptions } from '../../host/workbench.ts';
import { sampleFolder, type Folder } from './folder.ts';
import { scriptedModel, scriptFile, type ScriptFile } from './script.ts';
import { chatOf, panelOf, type Surface } from './surface.ts';
import { until } from './until.ts';

export interface SessionOptions {
  readonly host?: Partial<HostOptions>;
  readonly workbench?: WorkbenchOptions;
}

export interface Session {
  readonly host: Host;
  readonly folder: Folder;
  readonly script: ScriptFile;
  readonly bench: Workbench;
  readonly chat: Surface;
  readonly panel: Surface;
  /** Ends the browser and the server, starts the server on the same data and opens a browser that remembers nothing. */
  tomorrow(): Promise<void>;
  /** An empty thread in the chat, on the sample as it was. */
  fresh(): Promise<void>;
  /** Kills the extension hosts of all windows; resolves when VS Code has started another one. */
  killExtensionHost(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSession(options: SessionOptions = {}): Promise<Session> {
  const folder = sampleFolder();
  const script = scriptFile();
  const settings = { ...scriptedModel(script), ...options.host?.settings };
  const host = await startHost({ ...options.host, workspace: folder.path, settings });
  let bench: Workbench;
  try {
    bench = await openWorkbench(host, options.workbench);
  } catch (error) {
    await host.stop();
    throw error;
  }
  return {
    host,
    folder,
    script,
    get bench() {
      return bench;
    },
    get chat() {
      return chatOf(bench.page);
    },
    get panel() {
      return panelOf(bench.page);
    },
    tomorrow: async () => {
      await bench.close();
      await host.restart();
      bench = await openWorkbench(host, options.workbench);
    },
    fresh: async () => {
      folder.reset();
      await newThread(bench);
    },
    killExtensionHost: async () => {
      const killed = await host.killExtensionHost();
      if (killed.length === 0) throw new Error('No extension host was running');
      await until('a new extension host', async () => {
        const now = await host.extensionHostPids();
        return now.some((pid) => !killed.includes(pid));
      });
    },
    stop: async () => {
      await bench.close();
      await host.stop();
      folder.dispose();
      script.dispose();
    },
  };
}

/** An empty thread in the chat. Where one is already, a new one could come late, and take the place of what follows. */
export async function newThread(bench: Workbench): Promise<void> {
  const welcome = chatOf(bench.page).testId('welcome');
  if ((await welcome.count()) === 0) await bench.runCommand('Countersign: New Thread');
  await welcome.waitFor();
}

/** To be called in a `describe`: a failed test leaves a picture, test/output/screenshots/failed-*.png. */
export function pictureOnFailure(session: () => Pick<Session, 'bench'> | undefined): void {
  afterEach(async function () {
    const test = this.currentTest;
    if (test?.state !== 'failed') return;
    const name = test.fullTitle().replace(/\W+/g, '-').slice(0, 60);
    await session()?.bench.screenshot(`failed-${name}`);
  });
}
