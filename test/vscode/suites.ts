// Every suite that runs inside VS Code. Importing one registers it; a new file must be added here.
import './activation.test.ts';
import './languageModels.test.ts';
