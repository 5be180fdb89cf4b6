// Every id that package.json declares, once. test/contract/manifest.test.ts compares the two.

export const COMMANDS = {
  newThread: 'countersign.newThread',
  newTemporaryThread: 'countersign.newTemporaryThread',
  resumePausedThread: 'countersign.resumePausedThread',
  showPendingApprovals: 'countersign.showPendingApprovals',
  stop: 'countersign.stop',
  showBackground: 'countersign.showBackground',
  undoTurn: 'countersign.undoTurn',
  findInThread: 'countersign.findInThread',
  selectModel: 'countersign.selectModel',
  setApiKey: 'countersign.setApiKey',
  setMode: 'countersign.setMode',
  openWalkthrough: 'countersign.openWalkthrough',
  tryDemo: 'countersign.tryDemo',
  showLog: 'countersign.showLog',
  testCall: 'countersign.testCall',
  manageApprovals: 'countersign.manageApprovals',
  resetApprovals: 'countersign.resetApprovals',
  openRule: 'countersign.openRule',
  reviewAllowList: 'countersign.reviewAllowList',
  decideAllowList: 'countersign.decideAllowList',
  reviewHooks: 'countersign.reviewHooks',
  decideHook: 'countersign.decideHook',
  diffApprove: 'countersign.diffApprove',
  diffReject: 'countersign.diffReject',
  diffToggleChange: 'countersign.diffToggleChange',
  nextPending: 'countersign.nextPending',
  previousPending: 'countersign.previousPending',
  approveFocused: 'countersign.approve',
  rejectFocused: 'countersign.reject',
  addSelection: 'countersign.addSelection',
  addFile: 'countersign.addFile',
  openPending: 'countersign.openPending',
  openPendingPanel: 'countersign.openPendingPanel',
  showMoreApprovals: 'countersign.showMoreApprovals',
  openThread: 'countersign.openThread',
  findThread: 'countersign.findThread',
  renameThread: 'countersign.renameThread',
  archiveThread: 'countersign.archiveThread',
  unarchiveThread: 'countersign.unarchiveThread',
  deleteThread: 'countersign.deleteThread',
  exportThread: 'countersign.exportThread',
  copyThreadLink: 'countersign.copyThreadLink',
  showMoreThreads: 'countersign.showMoreThreads',
  exportLedger: 'countersign.exportLedger',
} as const;

export const VIEWS = {
  chat: 'countersign.chat',
  approvals: 'countersign.approvals',
  threads: 'countersign.threads',
} as const;
export const PANEL_TYPE = 'countersign.approval';
export const WALKTHROUGH = 'countersign.countersign#start';

/**
 * `countersign.diffDecidable`: the active editor is the right side of a proposal that its title bar can decide;
 * `countersign.chatFocused`: the keyboard is in the chat; `countersign.cardFocused`: a card of the chat has the focus, or had it last; `countersign.hasPending`: something waits.
 */
export const CONTEXT = {
  diffDecidable: 'countersign.diffDecidable',
  chatFocused: 'countersign.chatFocused',
  cardFocused: 'countersign.cardFocused',
  hasPending: 'countersign.hasPending',
} as const;
