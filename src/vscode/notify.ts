// The only module that shows notifications and dialogs. What they say is plain text, whoever wrote it.
import * as vscode from 'vscode';
import { plain } from './plainText.ts';

const SHOW = {
  info: (text: string, buttons: string[]) => vscode.window.showInformationMessage(text, ...buttons),
  error: (text: string, buttons: string[]) => vscode.window.showErrorMessage(text, ...buttons),
};

/** Shows a notification; `chosen` is called with the button that was pressed. Never throws. */
export function notify(
  level: keyof typeof SHOW,
  text: string,
  buttons: string[] = [],
  chosen: (button: string) => void = () => undefined,
): void {
  SHOW[level](plain(text), buttons).then(
    (button) => {
      if (button !== undefined) chosen(button);
    },
    () => undefined,
  );
}

/** A native dialog, which no page can press; the first button has the focus. Undefined when the user backs out. */
export async function askNatively(
  question: string,
  detail: string,
  buttons: string[],
): Promise<string | undefined> {
  const options = { modal: true, detail: plain(detail, true) };
  return vscode.window.showWarningMessage(plain(question), options, ...buttons);
}
