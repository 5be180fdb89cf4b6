import assert from 'node:assert/strict';
import { t, tParts, useTranslations } from '../../../src/protocol/l10n.ts';

describe('words in the language of the display', () => {
  afterEach(() => useTranslations({}));

  it('stay English without a table, with their values in place', () => {
    assert.equal(t('{0} of {1} calls', 2, 'all'), '2 of all calls');
    assert.equal(t('nothing to fill'), 'nothing to fill');
  });

  it('are translated, and a translation may turn the values round', () => {
    useTranslations({ '{0} of {1} calls': 'von {1} Aufrufen {0}' });
    assert.equal(t('{0} of {1} calls', 2, 3), 'von 3 Aufrufen 2');
    assert.deepEqual(tParts('{0} of {1} calls', true, null), ['von ', null, ' Aufrufen ', true]);
  });

  it('never look into a value, however it is spelt', () => {
    assert.equal(t('{0} and {1}', '{1}', '$&'), '{1} and $&');
  });

  it('know nothing that is not in the table, such as members of every object', () => {
    useTranslations({});
    assert.equal(t('constructor'), 'constructor');
    assert.equal(t('a value is missing: {0}'), 'a value is missing: {0}');
  });
});
