// What a call would do, drawn from its frozen proposal alone: never from what the model said about it.
import { html, nothing, type TemplateResult } from 'lit';
import type {
  CommandPart,
  CommandProposal,
  EditProposal,
  ReadProposal,
  ToolProposal,
  VerdictKind,
} from '../../src/protocol/calls.ts';
import { usesCrlf } from '../diffRows.ts';
import './argsView.ts';
import { boundFiles } from './boundFiles.ts';
import './diffView.ts';
import { icon, shown, shownDense } from './text.ts';
import { unseenFiles } from './unseenFiles.ts';

/** The change itself; `content` is the text that the user made of it in the diff editor. */
export function editBody(
  proposal: EditProposal,
  before: string | null,
  content: string | null,
): TemplateResult {
  const after = content ?? proposal.newText;
  const hasBase = before !== null || proposal.change === 'create';
  const crlf = usesCrlf(before) && usesCrlf(after) && (after ?? before ?? '').includes('\r\n');
  return html`
    ${content === null ? nothing : note('edit', 'Edited in the diff editor: this is your text, not the agent’s.')}
    ${
      hasBase || after === null
        ? nothing
        : note(
            'warning',
            'The present text of the file cannot be shown here; these are all lines of the new text.',
          )
    }
    ${!hasBase && after === null ? note('warning', 'The text of the file cannot be shown here.') : nothing}
    <cs-diff .baseText=${before} .newText=${after}></cs-diff>
    ${
      crlf
        ? html`<p class="meta">
            <span>line ends <b>CRLF</b></span>
          </p>`
        : nothing
    }
  `;
}

function note(name: string, text: string): TemplateResult {
  return html`<p class="card-note">${icon(name)}<span>${text}</span></p>`;
}

/** Warnings about where an edit or a read would go. */
export function placeWarnings(proposal: EditProposal | ReadProposal): TemplateResult {
  const path = proposal.kind === 'edit' ? proposal.path : proposal.target;
  const plain = proposal.realPath
    .replaceAll('\\', '/')
    .endsWith(path.replaceAll('\\', '/').replace(/^\.\//, ''));
  const guarded = proposal.kind === 'edit' ? proposal.protected : undefined;
  return html`
    ${guarded === undefined ? nothing : warning(html`Protected file: ${shown(guarded)}`)}
    ${proposal.outside ? warning(html`Outside the workspace: ${shown(proposal.realPath)}`) : nothing}
    ${!plain && !proposal.outside ? warning(html`Real path: ${shown(proposal.realPath)}`) : nothing}
  `;
}

function warning(text: TemplateResult): TemplateResult {
  return html`<p class="card-warning">${icon('warning')}<span>${text}</span></p>`;
}

const VERDICTS: Record<VerdictKind, { icon: string; word: string }> = {
  allow: { icon: 'check', word: 'allowed' },
  ask: { icon: 'question', word: 'asks' },
  deny: { icon: 'circle-slash', word: 'denied' },
};

/** A command: the whole line first, then its simple commands, then how it would run. */
export function commandBody(proposal: CommandProposal): TemplateResult {
  const only = proposal.parts.length === 1 ? proposal.parts[0] : undefined;
  const env = Object.entries(proposal.env);
  return html`
    <pre class="command" data-testid="card-command">${shownDense(proposal.command)}</pre>
    ${
      proposal.parts.length > 1
        ? html`<ul class="parts" aria-label="Commands in this line">
            ${proposal.parts.map(part)}
          </ul>`
        : nothing
    }
    <p class="meta">
      <span title=${proposal.cwd}>in <b>${shown(proposal.cwdShown)}</b></span>
      ${only?.program === undefined ? nothing : html`<span>with <b>${shown(only.program)}</b></span>`}
      <span>shell <b>${shown(proposal.shellPath)}</b></span>
      <span>environment ${env.length === 0 ? html`<b>unchanged</b>` : env.map(variable)}</span>
      <span>stops after <b>${duration(proposal.timeoutMs)}</b></span>
    </p>
    ${unseenFiles(proposal)} ${boundFiles(proposal)}
  `;
}

function part(value: CommandPart): TemplateResult {
  const verdict = VERDICTS[value.verdict];
  return html`<li class="part part-${value.verdict}">
    ${icon(verdict.icon)}
    <span class="part-text">
      <code>${shownDense(value.text)}</code>
      ${value.program === undefined ? nothing : html`<small>${shown(value.program)}</small>`}
    </span>
    <span class="part-verdict" title=${value.reason}>${verdict.word}</span>
  </li>`;
}

function variable([name, value]: [string, string]): TemplateResult {
  return html`<b class="variable">${shown(name)}=${shownDense(value)}</b> `;
}

/** Milliseconds as the shortest exact words. */
export function duration(ms: number): string {
  if (ms % 60_000 === 0 && ms > 0) return `${ms / 60_000} min`;
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}

export function readBody(proposal: ReadProposal): TemplateResult {
  return html`<p class="meta">
    <span>would read <b>${shown(proposal.target)}</b></span>
  </p>`;
}

/** A foreign tool by where it goes and all that it is sent; two servers' tools of one name are told apart. */
export function toolBody({ server, tool, args, redescribed }: ToolProposal): TemplateResult {
  return html`
    <p class="meta">
      <span>server <b data-testid="card-server">${shown(server)}</b></span>
      <span>tool <b data-testid="card-tool">${shown(tool)}</b></span>
    </p>
    ${
      redescribed === undefined
        ? nothing
        : html`${warning(html`Its description has changed since you accepted this tool.`)}
            <cs-diff .baseText=${redescribed.before} .newText=${redescribed.now}></cs-diff>`
    }
    <cs-args .args=${args}></cs-args>
  `;
}
