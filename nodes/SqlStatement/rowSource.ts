import type { IExecuteFunctions, IGetNodeParameterOptions } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import type { TargetColumn } from '../databricks/sql/rowBatches';
import { jsonLeaves } from '../databricks/sql/sqlValues';
import { fitted } from '../databricks/sql/valueMismatch';
import { isRecord, type Parameters } from '../n8n/parameters';

/** One item as a row: the columns that it gives, in the order of the table, with their JSON leaves. */
export interface SourceRow {
	item: number;
	columns: readonly TargetColumn[];
	leaves: readonly unknown[];
}

/** Where rows come from: the fields of the items, or what the 'Columns' field says. */
export interface RowSource {
	isMapped: boolean;
	ignoresUnknown: boolean;
	/** Names of the columns to match on. */
	matchColumns: string[];
	columns: readonly TargetColumn[];
	/** Columns that rows are matched on: every row has them, as NULL where an item does not give them. */
	keyColumns: ReadonlySet<TargetColumn>;
}

/** What the 'Columns' field of n8n's editor holds for a column that nothing was entered for. */
const leftEmpty: ReadonlySet<unknown> = new Set([null, undefined, '', '=']);

export function readRowSource(parameters: Parameters, columns: readonly TargetColumn[]): RowSource {
	return {
		isMapped: parameters.optionalText('columns.mappingMode') === 'defineBelow',
		ignoresUnknown: parameters.optionalText('options.unknownFields') === 'ignore',
		matchColumns: parameters.list('columns.matchingColumns'),
		columns,
		keyColumns: new Set(),
	};
}

/** The row of an item. Throws DatabricksError (badRequest) that names the column. */
export function rowOf(context: IExecuteFunctions, source: RowSource, item: number): SourceRow {
	const fields = source.isMapped
		? mappedFields(context, item)
		: Object.entries(context.getInputData()[item]?.json ?? {});
	const given = new Map(fields.map(([name, value]) => [name.toLowerCase(), value]));
	if (given.size < fields.length) refuseSameColumn(fields, source.columns);
	const columns: TargetColumn[] = [];
	const leaves: unknown[] = [];
	let isGiven = false;
	for (const column of source.columns) {
		const key = column.name.toLowerCase();
		const value = given.get(key);
		given.delete(key);
		if (value !== undefined) isGiven = true;
		else if (!source.keyColumns.has(column)) continue;
		columns.push(column);
		leaves.push(leavesOf(column, value ?? null));
	}
	const [unknown] = given.keys();
	if (unknown !== undefined && !source.ignoresUnknown) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `The field "${unknown}" has no column in the table.`,
			hint: "Remove the field, add the column to the table, or set 'Fields Without a Column' to 'Leave Out'.",
		});
	}
	if (isGiven) return { item, columns, leaves };
	throw new DatabricksError({
		kind: 'badRequest',
		...(source.isMapped
			? {
					message: "No column is filled in under 'Columns'.",
					hint: 'Fill in at least one column; an expression that gives null writes NULL.',
				}
			: {
					message: 'The item has no field for any column of the table.',
					hint: "Fields go into columns of the same name; use 'Map Each Column Manually' for others.",
				}),
	});
}

/**
 * The columns that are filled in, with their values. n8n's own check of a mapper turns NULL into
 * undefined, so the values are taken without it: they are checked here, by their SQL types.
 */
function mappedFields(context: IExecuteFunctions, item: number): [string, unknown][] {
	const read = (options: IGetNodeParameterOptions): unknown =>
		context.getNodeParameter('columns.value', item, {}, options);
	const values = read({ skipValidation: true });
	if (!isRecord(values)) return [];
	const entered = read({ rawExpressions: true });
	return Object.entries(values).filter(([name, value]) => {
		if (!isRecord(entered)) return true;
		if (leftEmpty.has(entered[name])) return false;
		if (value !== undefined) return true;
		throw new DatabricksError({
			kind: 'badRequest',
			message: `The column "${name}" has an expression that gives nothing: its field is not there.`,
			hint: 'Check the name of the field. Where it may be missing, write NULL with {{ $json.field ?? null }}.',
		});
	});
}

/** Databricks takes names that differ only by their case for the same; which value is meant is not known. */
function refuseSameColumn(
	fields: readonly (readonly [string, unknown])[],
	columns: readonly TargetColumn[],
): void {
	for (const column of columns) {
		const key = column.name.toLowerCase();
		const names = fields.map(([name]) => name).filter((name) => name.toLowerCase() === key);
		if (names.length < 2) continue;
		const list = names.map((name) => `"${name}"`).join(' and ');
		throw columnError(column, `has several fields: ${list}`, 'Keep one of them.');
	}
}

function leavesOf(column: TargetColumn, value: unknown): unknown {
	if (value === null) {
		if (column.isNullable) return null;
		throw columnError(column, 'is NULL, which the column does not take', 'Fill in the value.');
	}
	const leaves = fitted(() => jsonLeaves(value, column.type));
	if (leaves.ok) return leaves.value;
	throw columnError(column, leaves.mismatch.what, leaves.mismatch.hint);
}

/** An error of a value that names its column. */
export function columnError(column: TargetColumn, what: string, hint: string): DatabricksError {
	return new DatabricksError({
		kind: 'badRequest',
		message: `The column "${column.name}" ${what}.`,
		hint,
	});
}
