import { DatabricksError } from '../databricks/errors';
import type { TargetColumn } from '../databricks/sql/rowBatches';
import type { Parameters } from '../n8n/parameters';
import { comparableOf } from './comparableKeys';
import { columnError, type SourceRow } from './rowSource';

/** The user's rules for keys; none of them is silent. */
export interface KeyRules {
	matchColumns: readonly TargetColumn[];
	duplicateKeys: 'fail' | 'first' | 'last';
	nullKeys: 'fail' | 'insert' | 'match';
}

/** Throws DatabricksError (badRequest) when no column is chosen, or one that the table does not have. */
export function readKeyRules(
	parameters: Parameters,
	names: readonly string[],
	columns: readonly TargetColumn[],
): KeyRules {
	if (names.length === 0) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: "'Columns to Match On' is empty.",
			hint: 'Choose the columns that tell whether a row is in the table already.',
		});
	}
	return {
		matchColumns: names.map((name) => {
			const column = columns.find((other) => other.name.toLowerCase() === name.toLowerCase());
			if (column !== undefined) return column;
			throw new DatabricksError({
				kind: 'badRequest',
				message: `The table has no column "${name}" to match on.`,
				hint: "Choose again under 'Columns to Match On'.",
			});
		}),
		duplicateKeys: parameters.choice('duplicateKeys', 'Same Key Twice', ['fail', 'first', 'last']),
		nullKeys: parameters.choice('nullKeys', 'NULL in a Key', ['fail', 'insert', 'match']),
	};
}

/** What the rules make of the rows: those to write, and those that failed. */
export interface Sorted {
	rows: SourceRow[];
	failed: { item: number; error: DatabricksError }[];
	/** Items that 'Keep First' or 'Keep Last' left out. */
	leftOut: number[];
}

/** Applies the rules to all rows together, so that batches cannot hide a key that comes twice. */
export function sortByKey(rows: readonly SourceRow[], rules: KeyRules): Sorted {
	const sorted: Sorted = { rows: [], failed: [], leftOut: [] };
	const byKey = new Map<string, SourceRow>();
	const comparables = rules.matchColumns.map(({ type }) => comparableOf(type));
	for (const row of rows) {
		const missing = rules.matchColumns.find((column) => leafOf(row, column) === null);
		if (missing !== undefined && rules.nullKeys === 'fail') {
			const what = 'is NULL, and rows are matched on it';
			const hint = "Fill in the value, or choose what happens under 'NULL in a Key'.";
			sorted.failed.push({ item: row.item, error: columnError(missing, what, hint) });
			continue;
		}
		if (missing !== undefined && rules.nullKeys === 'insert') {
			sorted.rows.push(row);
			continue;
		}
		const key = JSON.stringify(
			rules.matchColumns.map((column, index) => comparables[index]?.(leafOf(row, column))),
		);
		const earlier = byKey.get(key);
		if (earlier === undefined) {
			byKey.set(key, row);
		} else if (rules.duplicateKeys === 'last') {
			sorted.leftOut.push(earlier.item);
			// Taken out first, so that it stands where its last item stands.
			byKey.delete(key);
			byKey.set(key, row);
		} else if (rules.duplicateKeys === 'first') {
			sorted.leftOut.push(row.item);
		} else {
			sorted.failed.push({ item: row.item, error: sameKey(earlier.item, rules) });
		}
	}
	for (const row of byKey.values()) sorted.rows.push(row);
	sorted.rows.sort((a, b) => a.item - b.item);
	return sorted;
}

function sameKey(earlier: number, { matchColumns }: KeyRules): DatabricksError {
	const names = matchColumns.map(({ name }) => `"${name}"`).join(', ');
	return new DatabricksError({
		kind: 'badRequest',
		message: `Item ${earlier} has the same values in the columns to match on (${names}).`,
		hint: "Make the items differ, or choose which one is kept under 'Same Key Twice'.",
	});
}

function leafOf(row: SourceRow, column: TargetColumn): unknown {
	const index = row.columns.findIndex(({ name }) => name === column.name);
	return index === -1 ? null : row.leaves[index];
}
