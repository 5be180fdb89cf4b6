// A row of the table: what was measured, its budget, and whether it holds.

export interface Row {
  what: string;
  /** Null: it could not be measured here. */
  value: number | null;
  unit: string;
  budget: string;
  ok: boolean;
  /** The figures behind the value. */
  note: string;
}

export function tableOf(rows: readonly Row[]): string {
  const head = ['what', 'value', 'budget', '', 'from'];
  const cells = rows.map(({ what, value, unit, budget, ok, note }) => [
    what,
    value === null ? '–' : `${value.toPrecision(3)} ${unit}`,
    budget,
    value === null ? '' : ok ? 'ok' : 'OVER',
    note,
  ]);
  const widths = head.map((name, at) =>
    Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)),
  );
  return [head, ...cells]
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
