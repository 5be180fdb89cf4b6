// Commands that put files or selected lines into the message that is being written. They read nothing and send nothing.
import * as vscode from 'vscode';
import { z } from 'zod';
import { registerCommand, registerItemCommand } from './register.ts';
import { focusChat } from './threads.ts';
import { fileAttachment, selectionAttachments } from '../attachHost.ts';
import { COMMANDS } from '../ids.ts';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import type { Attachment } from '../../protocol/attachments.ts';
import type { Contribution } from '../contribution.ts';
import type { Services } from '../services.ts';

export const attachCommands: Contribution = {
  name: 'attach commands',
  register: (services) => {
    const owned = new DisposableStore();
    owned.add(
      registerCommand(services, COMMANDS.addSelection, () =>
        attach(services, selectionAttachments()),
      ),
    );
    owned.add(
      registerItemCommand(services, COMMANDS.addFile, (item) =>
        attach(services, fileOrSelection(item)),
      ),
    );
    return owned;
  },
};

/** As the explorer hands it on. */
const Item = z.object({ scheme: z.string(), path: z.string(), authority: z.string() });

/** From the palette nothing is handed on: then it is the file of the editor. */
function fileOrSelection(item: unknown): Attachment[] {
  const uri = Item.safeParse(item);
  if (uri.success) return [fileAttachment(vscode.Uri.from(uri.data))];
  const active = vscode.window.activeTextEditor?.document.uri;
  return active ? [fileAttachment(active)] : selectionAttachments();
}

async function attach({ session }: Services, attachments: Attachment[]): Promise<void> {
  session.wish({ type: 'attach', attachments });
  await focusChat();
}
