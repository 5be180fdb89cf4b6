// Every suite that runs inside VS Code. Importing one registers it; a new file must be added here.
import './activation.test.ts';
import './settings.test.ts';
import './buffers.test.ts';
import './engine.test.ts';
import './diffEditors.test.ts';
import './window.test.ts';
import './languageModels.test.ts';
import './policy.test.ts';
import './approvalSwitch.test.ts';
import './inbox.test.ts';
