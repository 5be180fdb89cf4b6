// What the status-bar item says. No vscode import: plain values in, plain values out.
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
  const waiting = count === 0 ? 'Nothing waits for you' : `${count} calls wait for your decision`;
  if (warning === null) {
    const text = count === 0 ? '$(pass) Countersign' : `$(bell-dot) ${count} waiting`;
    const label = `Countersign: ${count} waiting`;
    return { text, tooltip: waiting, label, warns: count > 0 };
  }
  const more = count === 0 ? '' : ` · ${count} waiting`;
  return {
    text: `$(warning) ${warning.short}${more}`,
    tooltip: `${warning.long}\n${waiting}`,
    label: `Countersign: ${warning.short}, ${count} waiting`,
    warns: true,
  };
}

function warningOf({ off, bypass }: ApprovalSwitch): { short: string; long: string } | null {
  if (off) {
    const long =
      'Approvals are switched off: what would ask runs unasked (countersign.approval.enabled in your settings)';
    return { short: 'Approvals off', long };
  }
  if (bypass?.counts !== true) return null;
  const until = bypass.until === null ? '' : ` until ${new Date(bypass.until).toLocaleString()}`;
  const short = `Bypass${until}`;
  return { short, long: `Mode bypass${until}: what no rule names runs unasked (your settings)` };
}
