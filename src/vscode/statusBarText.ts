// What the status-bar item says. No vscode import: plain values in, plain values out.
import { t } from '../protocol/l10n.ts';
import type { ApprovalSwitch } from '../core/approvalSwitch.ts';

interface StatusBarText {
  text: string;
  tooltip: string;
  /** For screen readers. */
  label: string;
  warns: boolean;
}

/** `count` calls wait; a warning stands before them for as long as what it warns of holds. */
export function statusBarText(count: number, switched: ApprovalSwitch): StatusBarText {
  const warning = warningOf(switched);
  const waiting = waitingText(count);
  if (warning === null) {
    const text = count === 0 ? '$(pass) Countersign' : `$(bell-dot) ${t('{0} waiting', count)}`;
    const label = `Countersign: ${t('{0} waiting', count)}`;
    return { text, tooltip: waiting, label, warns: count > 0 };
  }
  const more = count === 0 ? '' : ` · ${t('{0} waiting', count)}`;
  return {
    text: `$(warning) ${warning.short}${more}`,
    tooltip: `${warning.long}\n${waiting}`,
    label: `Countersign: ${warning.short}, ${t('{0} waiting', count)}`,
    warns: true,
  };
}

function waitingText(count: number): string {
  if (count === 0) return t('Nothing waits for you');
  return count === 1
    ? t('1 call waits for your decision')
    : t('{0} calls wait for your decision', count);
}

function warningOf({ off, bypass }: ApprovalSwitch): { short: string; long: string } | null {
  if (off) {
    const long = t(
      'Approvals are switched off: what would ask runs unasked (countersign.approval.enabled in your settings)',
    );
    return { short: t('Approvals off'), long };
  }
  if (bypass?.counts !== true) return null;
  const long = t('Mode bypass: what no rule names runs unasked (your settings)');
  if (bypass.until === null) return { short: t('Bypass'), long };
  const until = new Date(bypass.until).toLocaleString();
  return { short: t('Bypass until {0}', until), long: `${long}\n${t('Until {0}', until)}` };
}
