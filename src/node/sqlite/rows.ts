// Reads rows as plain, parsed data. A damaged row is an error of its own: it never breaks the reading of another row.
import { z } from 'zod';
import { AppError } from '../../core/base/errors.ts';
import type { Logger } from '../../core/ports/system.ts';
import { parsePlainJson } from './plainJson.ts';

/** A TEXT column that holds JSON which fits `schema`. */
export function jsonColumn<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return parsePlainJson(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: `not JSON: ${String(error)}` });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** The text of a nullable JSON column. */
export function toJson(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

export interface RowReader<T> {
  /** Undefined when there is no row; throws AppError `store_damaged_row`. */
  one(raw: unknown): T | undefined;
  /** Leaves damaged rows out and logs each. */
  many(raws: readonly unknown[]): T[];
}

/** `keys` are the columns that name a row in messages; their values are bounded there. */
export function rowReader<T>(
  table: string,
  keys: readonly string[],
  schema: z.ZodType<T>,
  logger: Logger,
): RowReader<T> {
  const read = (raw: unknown): T => {
    const parsed = schema.safeParse(raw);
    if (parsed.success) return parsed.data;
    throw damagedRow(table, keyText(raw, keys), firstIssue(parsed.error));
  };
  return {
    one: (raw) => (raw === undefined ? undefined : read(raw)),
    many: (raws) =>
      raws.flatMap((raw) => {
        try {
          return [read(raw)];
        } catch (error) {
          logger.error(error instanceof Error ? error.message : String(error));
          return [];
        }
      }),
  };
}

export function damagedRow(table: string, key: string, detail: string): AppError {
  return new AppError(
    'store_damaged_row',
    `The row ${key} of table ${table} is damaged (${detail}). It was left as it is; the others are not affected.`,
  );
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'unreadable';
  return `${issue.path.join('.')}: ${issue.message}`.slice(0, 200);
}

const MAX_KEY = 100;

function keyText(raw: unknown, keys: readonly string[]): string {
  const row = z.record(z.string(), z.unknown()).safeParse(raw);
  const values = keys.map((key) => JSON.stringify(row.data?.[key]) ?? 'null');
  return values.join(', ').slice(0, MAX_KEY);
}
