import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  chainedRow,
  createChainVerifier,
  GENESIS,
  type ChainBreak,
  type LedgerHead,
  type LedgerRow,
} from '../../../../src/core/ledger/chain.ts';
import { sealBody, sealId } from '../../../../src/core/ledger/seal.ts';
import { canonicalJson } from '../../../../src/core/base/json.ts';
import { systemTexts } from '../../../../src/node/system.ts';

type Entry = Parameters<typeof chainedRow>[1];

interface Ledger {
  rows: LedgerRow[];
  head: LedgerHead;
}

function ledgerOf(entries: readonly Entry[]): Ledger {
  const rows: LedgerRow[] = [];
  let head: LedgerHead = { seq: 0, hash: GENESIS };
  for (const entry of entries) {
    const row = chainedRow(head, entry, systemTexts);
    rows.push(row);
    head = { seq: row.seq, hash: row.hash };
  }
  return { rows, head };
}

function verify(rows: readonly unknown[], head: LedgerHead | undefined): ChainBreak | undefined {
  const verifier = createChainVerifier(systemTexts);
  for (const row of rows) verifier.push(row);
  return verifier.finish(head);
}

const text = fc.string({ unit: 'binary', maxLength: 20 });
const id = fc.option(text.map(sealId));
const entry: fc.Arbitrary<Entry> = fc
  .record({
    at: fc.integer(),
    turnId: id,
    callId: id,
    kind: fc.constantFrom('verdict', 'decision', 'outcome'),
    body: fc.dictionary(text, fc.jsonValue()),
  })
  .map((made) => ({ ...made, body: sealBody(made.body, systemTexts) }));
const entries = (minLength: number) => fc.array(entry, { minLength, maxLength: 12 });

const fixed = (count: number): Ledger =>
  ledgerOf(
    Array.from({ length: count }, (_, n) => ({
      ...{ at: 1000 + n, turnId: 'u1', callId: `c${n}`, kind: 'outcome' },
      body: { tool: 'run_command', n },
    })),
  );

/** Every row put back where its place says, as reading in the order of `seq` does. */
const inOrder = (rows: readonly LedgerRow[]): LedgerRow[] =>
  [...rows].sort((a, b) => a.seq - b.seq);

describe('the ledger’s chain', () => {
  it('starts from the genesis value and hashes the previous hash with the canonical row', () => {
    const { rows } = fixed(2);
    const [first, second] = rows;
    assert.ok(first && second);
    assert.equal(first.prevHash, GENESIS);
    assert.equal(second.prevHash, first.hash);
    const { hash, prevHash, body, ...row } = second;
    const whole = canonicalJson({ ...row, body: JSON.parse(body) as unknown });
    assert.equal(hash, systemTexts.sha256(prevHash + whole));
  });

  it('is whole when nothing was touched, also when it is empty', () => {
    assert.equal(verify([], { seq: 0, hash: GENESIS }), undefined);
    fc.assert(
      fc.property(entries(0), (made) => {
        const { rows, head } = ledgerOf(made);
        assert.equal(verify(rows, head), undefined);
      }),
    );
  });

  it('says what is wrong and where', () => {
    const { rows, head } = fixed(5);
    const at = (index: number): LedgerRow => {
      const row = rows[index];
      assert.ok(row);
      return row;
    };
    const changed = rows.with(2, { ...at(2), kind: 'verdict' });
    const swapped = rows.with(1, { ...at(2), seq: 2 }).with(2, { ...at(1), seq: 3 });
    const other = ledgerOf([{ at: 1, turnId: null, callId: null, kind: 'x', body: {} }]).rows[0];
    assert.ok(other);
    const found = (list: readonly unknown[], note: LedgerHead | undefined = head) => {
      const broken = verify(list, note);
      assert.ok(broken);
      return [broken.seq, broken.what];
    };
    assert.deepEqual(found(changed), [3, 'changed']);
    assert.deepEqual(found(rows.toSpliced(1, 2)), [2, 'missing']);
    assert.deepEqual(found(rows.slice(1)), [1, 'missing']);
    assert.deepEqual(found(rows.slice(0, 3)), [4, 'missing']);
    assert.deepEqual(found([]), [1, 'missing']);
    assert.deepEqual(found(swapped), [2, 'changed']);
    assert.deepEqual(found(rows.with(0, other)), [2, 'moved']);
    assert.deepEqual(found([{ ...at(0), seq: 0 }, ...rows]), [0, 'unexpected']);
    assert.deepEqual(found(rows, { seq: 4, hash: at(3).hash }), [5, 'unexpected']);
    assert.deepEqual(found(rows, { seq: 5, hash: at(3).hash }), [5, 'changed']);
    assert.equal(verify(rows, undefined)?.message, 'the note of the last row is missing');
    assert.deepEqual(found(rows.with(3, { ...at(3), at: '5' } as never)), [4, 'changed']);
    assert.deepEqual(found([null]), [1, 'changed']);
  });

  it('finds a body that says the same in other bytes, and one nested beyond reading', () => {
    const { rows, head } = fixed(1);
    const [row] = rows;
    assert.ok(row);
    for (const body of [` ${row.body}`, '{oops', '['.repeat(200_000), '']) {
      assert.equal(verify([{ ...row, body }], head)?.what, 'changed');
    }
  });

  it('finds any change of any member', () => {
    const change = fc.constantFrom<(row: LedgerRow) => LedgerRow>(
      (row) => ({ ...row, at: row.at + 1 }),
      (row) => ({ ...row, turnId: row.turnId === null ? '' : null }),
      (row) => ({ ...row, callId: row.callId === null ? '' : `${row.callId}x` }),
      (row) => ({ ...row, kind: `${row.kind} ` }),
      (row) => ({ ...row, body: row.body.replace('{', '{"added":1,') }),
      (row) => ({ ...row, prevHash: flip(row.prevHash) }),
      (row) => ({ ...row, hash: flip(row.hash) }),
    );
    fc.assert(
      fc.property(entries(1), fc.nat(), change, (made, pick, alter) => {
        const { rows, head } = ledgerOf(made);
        const index = pick % rows.length;
        const row = rows[index];
        assert.ok(row);
        const broken = verify(rows.with(index, alter(row)), head);
        assert.equal(broken?.seq, row.seq);
      }),
    );
  });

  it('finds a changed row whose own hash was made again', () => {
    fc.assert(
      fc.property(entries(1), fc.nat(), (made, pick) => {
        const { rows, head } = ledgerOf(made);
        const index = pick % rows.length;
        const row = rows[index];
        assert.ok(row);
        const before = { seq: row.seq - 1, hash: row.prevHash };
        const forged = chainedRow(before, { ...row, kind: 'forged', body: {} }, systemTexts);
        const broken = verify(rows.with(index, forged), head);
        // It fits itself; what follows it, or the note of the last row, does not.
        assert.equal(broken?.seq, index === rows.length - 1 ? row.seq : row.seq + 1);
      }),
    );
  });

  it('finds any deletion, wherever it is and whether the rest is numbered again or not', () => {
    fc.assert(
      fc.property(entries(1), fc.nat(), fc.boolean(), (made, pick, again) => {
        const { rows, head } = ledgerOf(made);
        const index = pick % rows.length;
        const left = rows.toSpliced(index, 1);
        const closed = left.map((row, n) => ({ ...row, seq: n + 1 }));
        const broken = verify(again ? closed : left, head);
        assert.equal(broken?.seq, index + 1);
      }),
    );
  });

  it('finds any swap of two rows', () => {
    fc.assert(
      fc.property(entries(2), fc.nat(), fc.nat(), (made, one, two) => {
        const { rows, head } = ledgerOf(made);
        const [i, j] = [one % rows.length, two % rows.length];
        fc.pre(i !== j);
        const [a, b] = [rows[i], rows[j]];
        assert.ok(a && b);
        const swapped = rows.with(i, { ...b, seq: a.seq }).with(j, { ...a, seq: b.seq });
        assert.equal(verify(inOrder(swapped), head)?.seq, Math.min(i, j) + 1);
      }),
    );
  });

  it('finds any row that was put in, also one that fits the row before it', () => {
    fc.assert(
      fc.property(entries(1), entry, fc.nat(), (made, extra, pick) => {
        const { rows, head } = ledgerOf(made);
        const index = pick % (rows.length + 1);
        const before = index === 0 ? { seq: 0, hash: GENESIS } : rows[index - 1];
        assert.ok(before);
        const forged = chainedRow(before, extra, systemTexts);
        const moved = rows.slice(index).map((row) => ({ ...row, seq: row.seq + 1 }));
        const broken = verify([...rows.slice(0, index), forged, ...moved], head);
        assert.ok(broken);
        assert.ok(broken.seq >= index + 1 && broken.seq <= index + 2);
      }),
    );
  });
});

function flip(hash: string): string {
  return (hash.startsWith('0') ? '1' : '0') + hash.slice(1);
}
