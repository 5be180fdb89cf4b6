// Every id that package.json declares, once. test/contract/manifest.test.ts compares the two.

export const COMMANDS = {
  newThread: 'countersign.newThread',
  newTemporaryThread: 'countersign.newTemporaryThread',
  resumePausedThread: 'countersign.resumePausedThread',
  showPendingApprovals: 'countersign.showPendingApprovals',
  stop: 'countersign.stop',
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
} as const;

export const VIEWS = { chat: 'countersign.chat' } as const;
export const PANEL_TYPE = 'countersign.approval';
export const WALKTHROUGH = 'countersign.countersign#start';

/** `countersign.diffDecidable`: the active editor is the right side of a proposal that its title bar can decide. */
export const CONTEXT = { diffDecidable: 'countersign.diffDecidable' } as const;
