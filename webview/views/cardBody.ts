// What a call would do, drawn from its frozen proposal alone: never from what the model said about it.
import { html, nothing, type TemplateResult } from 'lit';
import type {
  CommandPart,
  CommandProposal,
  EditProposal,
  MoveProposal,
  Proposal,
  ReadProposal,
  RunningProposal,
  ToolProposal,
  VerdictKind,
} from '../../src/protocol/calls.ts';
import { displayBytes } from '../../src/protocol/displayBytes.ts';
import { gitSettings } from '../../src/protocol/gitEnvironment.ts';
import { positionsBut } from '../../src/protocol/hunks.ts';
import type { RequestView } from '../../src/protocol/messages.ts';
import { usesCrlf } from '../diffRows.ts';
import type { CardDraft } from '../drafts.ts';
import { unsettled } from '../review.ts';
import { choices, keptHunks, withChoice } from '../hunks.ts';
import './argsView.ts';
import { boundFiles } from './boundFiles.ts';
import { MAX_ROWS, type HunkChoice } from './diffView.ts';
import { icon, shown, shownDense } from './text.ts';
import { t, tParts } from '../../src/protocol/l10n.ts';
import { unseenFiles } from './unseenFiles.ts';

/** A deletion shows this many lines of what is lost, and the rest when asked. */
const DELETED_LINES = 60;

interface ShownEdit {
  request: RequestView;
  proposal: EditProposal;
  draft: CardDraft;
  patch: (patch: Partial<CardDraft>) => void;
  disabled: boolean;
}

/** “3 of 5 changes kept”, for the head of the card. */
export function keptNote(request: RequestView, draft: CardDraft): TemplateResult | typeof nothing {
  const { length } = choices(request, draft);
  if (length === 0) return nothing;
  const kept = keptHunks(request, draft)?.length ?? length;
  return html`<span class="kept" data-testid="kept"
    >${t('{0} of {1} changes kept', kept, length)}</span
  >`;
}

/** The change itself; `draft.content` is the text that the user made of it in the diff editor. */
export function editBody(edit: ShownEdit): TemplateResult {
  const { request, proposal, draft } = edit;
  const { before } = request;
  const { content } = draft;
  const after = content ?? proposal.newText;
  const hasBase = before !== null || proposal.change === 'create';
  const crlf = usesCrlf(before) && usesCrlf(after) && (after ?? before ?? '').includes('\r\n');
  return html`
    ${ownNote(request, draft)}
    ${
      hasBase || after === null
        ? nothing
        : note(
            'warning',
            t(
              'The present text of the file cannot be shown here; these are all lines of the new text.',
            ),
          )
    }
    ${!hasBase && after === null ? note('warning', unshown(proposal.change)) : nothing}
    ${proposal.executable === true ? warning(t('It can be run as a program')) : nothing}
    ${bulk(edit)}
    <cs-diff
      .baseText=${before}
      .newText=${after}
      .hunks=${before === null || content !== null ? undefined : proposal.hunks}
      .choice=${choiceOf(edit)}
      .path=${proposal.path}
      .limit=${proposal.change === 'delete' ? DELETED_LINES : MAX_ROWS}
    ></cs-diff>
    ${
      crlf
        ? html`<p class="meta">
            <span>${tParts<unknown>('line ends {0}', html`<b>CRLF</b>`)}</span>
          </p>`
        : nothing
    }
  `;
}

function unshown(change: EditProposal['change']): string {
  return change === 'delete'
    ? t('What is lost cannot be shown here: the file is too large, or it is not text.')
    : t('The text of the file cannot be shown here.');
}

function ownNote(request: RequestView, draft: CardDraft): TemplateResult | typeof nothing {
  if (draft.content === null) return nothing;
  if (!unsettled(request, draft)) return note('edit', ownText(draft));
  const text = t('The conflict is not resolved yet: take yours, the agent’s, or both.');
  return note('warning', text);
}

function ownText({ dropped = [] }: CardDraft): string {
  const own = t('Edited in the diff editor: this is your text, not the agent’s.');
  return dropped.length === 0 ? own : `${own} ${t('It stands in place of the changes kept here.')}`;
}

function choiceOf({ request, draft, patch, disabled }: ShownEdit): HunkChoice | undefined {
  if (choices(request, draft).length === 0) return undefined;
  const dropped = draft.dropped ?? [];
  const choose = (index: number, keep: boolean): void => {
    patch({ dropped: withChoice(dropped, index, keep) });
  };
  return { dropped, disabled, choose };
}

/** For more changes than are ticked one by one in a moment. */
function bulk({ request, draft, patch, disabled }: ShownEdit): TemplateResult | typeof nothing {
  const { length } = choices(request, draft);
  if (length < 3) return nothing;
  const kept = keptHunks(request, draft)?.length ?? length;
  const link = (name: string, testid: string, dropped: number[]): TemplateResult =>
    html`<button
      class="link"
      data-testid=${testid}
      ?disabled=${disabled || kept === length - dropped.length}
      @click=${() => {
        patch({ dropped });
      }}
    >
      ${name}
    </button>`;
  return html`<div class="hunks-bar" role="group" aria-label=${t('All changes')}>
    ${link(t('Keep all'), 'keep-all', [])}
    ${link(t('Drop all'), 'drop-all', positionsBut(length, []))}
  </div>`;
}

function note(name: string, text: string): TemplateResult {
  return html`<p class="card-note">${icon(name)}<span>${text}</span></p>`;
}

/** Warnings about where a call would write or read. */
export function placeWarnings(proposal: Proposal): TemplateResult | typeof nothing {
  switch (proposal.kind) {
    case 'move':
      return moveWarnings(proposal);
    case 'edit':
      return html`${guarded(proposal.protected)} ${ofPlace(proposal.path, proposal)}`;
    case 'read':
      return ofPlace(proposal.target, proposal);
    case 'command':
    case 'question':
    case 'tool':
    case 'running':
      return nothing;
  }
}

function guarded(what: string | undefined): TemplateResult | typeof nothing {
  return what === undefined ? nothing : warning(tParts('Protected file: {0}', shown(what)));
}

function ofPlace(
  path: string,
  { realPath, outside }: Pick<ReadProposal, 'realPath' | 'outside'>,
): TemplateResult {
  if (outside) return html`${warning(tParts('Outside the workspace: {0}', shown(realPath)))}`;
  const plain = isPlain(path, realPath);
  return html`${plain ? nothing : warning(tParts('Real path: {0}', shown(realPath)))}`;
}

/** Whether the path as shown is the end of the real one. */
function isPlain(path: string, realPath: string): boolean {
  const end = path.replaceAll('\\', '/').replace(/^\.\//, '');
  return realPath.replaceAll('\\', '/').endsWith(end);
}

function moveWarnings(proposal: MoveProposal): TemplateResult {
  const { path, realPath, to, toReal, outside, executable } = proposal;
  const real = [
    ...(outside || !isPlain(path, realPath) ? [realPath] : []),
    ...(outside || !isPlain(to, toReal) ? [toReal] : []),
  ];
  return html`${guarded(proposal.protected)}
  ${outside ? warning(t('One of the two places is outside the workspace')) : nothing}
  ${real.map((one) => warning(tParts('Real path: {0}', shown(one))))}
  ${executable === true ? warning(t('It can be run as a program, there too')) : nothing}`;
}

function warning(text: unknown): TemplateResult {
  return html`<p class="card-warning">${icon('warning')}<span>${text}</span></p>`;
}

function verdictLook(verdict: VerdictKind): { icon: string; word: string } {
  const looks = {
    allow: { icon: 'check', word: t('allowed') },
    ask: { icon: 'question', word: t('asks') },
    deny: { icon: 'circle-slash', word: t('denied') },
  };
  return looks[verdict];
}

/** What has nothing on it to choose or type. */
export function plainBody(
  proposal: MoveProposal | CommandProposal | ReadProposal | ToolProposal | RunningProposal,
): TemplateResult {
  switch (proposal.kind) {
    case 'move':
      return moveBody(proposal);
    case 'command':
      return commandBody(proposal);
    case 'read':
      return readBody(proposal);
    case 'tool':
      return toolBody(proposal);
    case 'running':
      return runningBody(proposal);
  }
}

/** A command: the whole line first, then its simple commands, then how it would run. */
function commandBody(proposal: CommandProposal): TemplateResult {
  const only = proposal.parts.length === 1 ? proposal.parts[0] : undefined;
  const env = Object.entries(proposal.env);
  const ours = gitSettings(proposal.env);
  const others = env.filter(([name]) => !ours.has(name));
  return html`
    <pre class="command" data-testid="card-command">${shownDense(proposal.command)}</pre>
    ${
      proposal.parts.length > 1
        ? html`<ul class="parts" aria-label=${t('Commands in this line')}>
            ${proposal.parts.map(part)}
          </ul>`
        : nothing
    }
    <p class="meta">
      <span title=${displayBytes(proposal.cwd)}
        >${tParts('in {0}', html`<b>${shown(proposal.cwdShown)}</b>`)}</span
      >
      ${only?.program === undefined ? nothing : html`<span>${tParts('with {0}', html`<b>${shown(only.program)}</b>`)}</span>`}
      <span>${tParts('shell {0}', html`<b>${shown(proposal.shellPath)}</b>`)}</span>
      ${env.length > 0 && others.length === 0 ? nothing : html`<span>${tParts<unknown>('environment {0}', env.length === 0 ? html`<b>${t('unchanged')}</b>` : others.map(variable))}</span>`}
      ${timeMeta(proposal)}
    </p>
    ${proposal.background === true ? note('server-process', goesOnText()) : nothing}
    ${ours.size === 0 ? nothing : gitDetails(env.filter(([name]) => ours.has(name)))}
    ${unseenFiles(proposal)} ${boundFiles(proposal)}
  `;
}

function timeMeta({ timeoutMs }: CommandProposal): TemplateResult {
  if (timeoutMs === null) return html`<span>${t('no time limit')}</span>`;
  return html`<span>${tParts('stops after {0}', html`<b>${duration(timeoutMs)}</b>`)}</span>`;
}

function goesOnText(): string {
  return t(
    'It goes on running in the background after this call: until it ends, you or the agent stop it, or this window closes.',
  );
}

function part(value: CommandPart): TemplateResult {
  const verdict = verdictLook(value.verdict);
  return html`<li class="part part-${value.verdict}">
    ${icon(verdict.icon)}
    <span class="part-text">
      <code>${shownDense(value.text)}</code>
      ${value.program === undefined ? nothing : html`<small>${shown(value.program)}</small>`}
    </span>
    <span class="part-verdict" title=${displayBytes(value.reason)}>${verdict.word}</span>
  </li>`;
}

/** What Countersign itself sets, word for word; never anything that the agent asked for. */
function gitDetails(env: [string, string][]): TemplateResult {
  return html`<details class="git-settings" data-testid="git-settings">
    <summary>${t('environment: safe git settings ({0})', env.length)}</summary>
    <ul>
      ${env.map((entry) => html`<li>${variable(entry)}</li>`)}
    </ul>
  </details>`;
}

function variable([name, value]: [string, string]): TemplateResult {
  return html`<b class="variable">${shown(name)}=${shownDense(value)}</b> `;
}

/** Milliseconds as the shortest exact words. */
export function duration(ms: number): string {
  if (ms % 60_000 === 0 && ms > 0) return `${ms / 60_000} min`;
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}

function readBody(proposal: ReadProposal): TemplateResult {
  return html`<p class="meta">
    <span>${t('would read')} <b>${shown(proposal.target)}</b></span>
  </p>`;
}

/** A file that gets another name: whole paths, one below the other, and that its text stays. */
function moveBody({ path, to, lines }: MoveProposal): TemplateResult {
  return html`<dl class="move" data-testid="card-move">
      <dt>${t('from')}</dt>
      <dd data-testid="move-from">${shown(path)}</dd>
      <dt>${t('to')}</dt>
      <dd data-testid="move-to">${shown(to)}</dd>
    </dl>
    <p class="meta"><span>${t('{0} lines, which stay as they are', lines)}</span></p>`;
}

/** What is done with a command of the agent's that goes on in the background. */
function runningBody({ id, command }: RunningProposal): TemplateResult {
  return html`
    <pre class="command" data-testid="card-command">${shownDense(command)}</pre>
    <p class="meta"><span>${tParts('background command {0}', html`<b>${shown(id)}</b>`)}</span></p>
  `;
}

/** A foreign tool by where it goes and all that it is sent; two servers' tools of one name are told apart. */
function toolBody({ server, tool, args, redescribed }: ToolProposal): TemplateResult {
  return html`
    <p class="meta">
      <span>${t('server')} <b data-testid="card-server">${shown(server)}</b></span>
      <span>${t('tool')} <b data-testid="card-tool">${shown(tool)}</b></span>
    </p>
    ${
      redescribed === undefined
        ? nothing
        : html`${warning(t('Its description has changed since you approved this tool.'))}
            <cs-diff .baseText=${redescribed.before} .newText=${redescribed.now}></cs-diff>`
    }
    <cs-args .args=${args}></cs-args>
  `;
}
