import { DatabricksError } from '../databricks/errors';
import { writeJson } from '../databricks/ids';
import type { ModelColumn } from '../databricks/serving/modelColumn';
import { columnValue } from './columnValues';
import type { ItemInput } from './modelInput';
import type { RequestFormat } from './predictOptions';

/** The input of an item as it was read. */
export interface ReadItem extends ItemInput {
	/** Index of the input item. */
	item: number;
}

/** An item that is ready to be sent. */
export interface Prepared {
	item: number;
	/** Its record as JSON: an object, or a row in the split form. */
	text: string;
	/** What the whole request must share: parameters, and in the split form the columns. */
	shared: SharedPart;
}

/** One object for all items that may share a request. */
export interface SharedPart {
	columns: readonly string[];
	params?: Record<string, unknown>;
}

export interface Checked {
	prepared: Prepared[];
	problems: { item: number; error: DatabricksError }[];
}

/**
 * Checks every record before anything is sent, and writes it down. With the columns of the model known,
 * each is held to them. Without, all must have the same columns with values of the same kind, because
 * a scoring server fills in what one record of a batch lacks and another has, and converts a column as
 * a whole: the answer would be a prediction for numbers nobody gave.
 */
export function checkRecords(
	items: readonly ReadItem[],
	format: RequestFormat,
	model: readonly ModelColumn[] | undefined,
): Checked {
	const check = model === undefined ? likeTheOthers(items) : likeTheModel(model);
	const shared = sharedParts();
	const checked: Checked = { prepared: [], problems: [] };
	for (const { item, record, params } of items) {
		const problem = generalProblem(record);
		const outcome = problem ?? check(record);
		if (outcome instanceof DatabricksError) checked.problems.push({ item, error: outcome });
		else {
			// Also where columns stand in every record: one that lacks a column would be filled in.
			const columns = Object.keys(outcome);
			const text = writeJson(format === 'dataframe_split' ? Object.values(outcome) : outcome);
			checked.prepared.push({ item, text, shared: shared(columns, params) });
		}
	}
	return checked;
}

type Check = (record: Record<string, unknown>) => Record<string, unknown> | DatabricksError;

/** Each column as the model has it, in its order; further fields are left out, the model ignores them. */
function likeTheModel(model: readonly ModelColumn[]): Check {
	return (record) => {
		const problems: string[] = [];
		const row: Record<string, unknown> = {};
		for (const column of model) {
			if (record[column.name] === undefined) {
				if (column.required) problems.push(`"${column.name}" is missing`);
				continue;
			}
			const value = columnValue(record[column.name], column);
			if (value.ok) row[column.name] = value.value;
			else problems.push(`"${column.name}" ${value.problem}`);
		}
		if (problems.length === 0) return row;
		return refused(
			`The model input of the item does not fit the model: ${problems.join('; ')}.`,
			'The columns and types are those of the model that the endpoint serves; letter case matters.',
		);
	};
}

/** The columns and kinds of values that most records have. */
function likeTheOthers(items: readonly ReadItem[]): Check {
	const columns = usualColumns(items.map(({ record }) => record));
	const kinds = new Map(columns.map((column) => [column, usualKind(items, column)]));
	return (record) => {
		const own = columnsOf(record);
		const missing = columns.filter((column) => !own.includes(column));
		if (missing.length > 0) {
			return refused(
				`The model input of the item has no ${quoted(missing)}, which other items have.`,
			);
		}
		const extra = own.filter((column) => !columns.includes(column));
		if (extra.length > 0) {
			return refused(
				`The model input of the item has ${quoted(extra)}, which other items do not have.`,
			);
		}
		for (const column of columns) {
			const kind = kindOf(record[column]);
			const usual = kinds.get(column);
			if (kind === undefined || usual === undefined || kind === usual) continue;
			return refused(
				`The model input of the item has ${kind} in "${column}", where other items have ${usual}.`,
				'A server converts a column as a whole, so that mixed values become others in silence. Give every item the same kind.',
			);
		}
		return Object.fromEntries(columns.map((column) => [column, record[column]]));
	};
}

function generalProblem(record: Record<string, unknown>): DatabricksError | undefined {
	const own = columnsOf(record);
	if (own.length === 0) return refused('The model input of the item is empty.');
	const broken = own.filter((column) => isLost(record[column]));
	return broken.length === 0
		? undefined
		: refused(`The model input of the item has no number in ${quoted(broken)}.`);
}

/** The columns that most records have, in the order of the first of them. */
export function usualColumns(records: readonly Record<string, unknown>[]): string[] {
	const counts = new Map<string, { count: number; columns: string[] }>();
	for (const record of records) {
		const columns = columnsOf(record);
		const key = JSON.stringify([...columns].sort());
		const known = counts.get(key);
		if (known === undefined) counts.set(key, { count: 1, columns });
		else known.count += 1;
	}
	const [usual] = [...counts.values()].sort((a, b) => b.count - a.count);
	return usual?.columns ?? [];
}

function usualKind(items: readonly ReadItem[], column: string): string | undefined {
	const counts = new Map<string, number>();
	for (const { record } of items) {
		const kind = kindOf(record[column]);
		if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
	}
	return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

const localTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/;
const zonedTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;

/** What a value is to a server that looks at whole columns; nothing for gaps. */
function kindOf(value: unknown): string | undefined {
	if (value === null || value === undefined) return undefined;
	if (typeof value === 'number' || typeof value === 'bigint') return 'a number';
	if (typeof value === 'boolean') return 'true or false';
	if (Array.isArray(value)) return 'a list';
	if (typeof value !== 'string') return 'an object';
	if (localTime.test(value)) return 'a time without zone';
	if (zonedTime.test(value)) return 'a time with zone';
	return /^\d{4}-\d\d-\d\d$/.test(value) ? 'a date' : 'a text';
}

/** Gives items with equal parameters and columns the same object. */
function sharedParts() {
	const known = new Map<string, SharedPart>();
	let last: { params?: object; part: SharedPart } | undefined;
	return (columns: readonly string[], params?: Record<string, unknown>): SharedPart => {
		const isSame =
			last !== undefined &&
			last.params === params &&
			last.part.columns.length === columns.length &&
			columns.every((name, at) => last?.part.columns[at] === name);
		if (last !== undefined && isSame) return last.part;
		const key = writeJson([columns, params ?? null]);
		const part = known.get(key) ?? { columns, params };
		known.set(key, part);
		last = { params, part };
		return part;
	};
}

/** JSON leaves undefined values out. */
function columnsOf(record: Record<string, unknown>): string[] {
	return Object.keys(record).filter((column) => record[column] !== undefined);
}

/** JSON writes NaN and the infinities as null and leaves functions out. */
function isLost(value: unknown): boolean {
	return typeof value === 'number' ? !Number.isFinite(value) : typeof value === 'function';
}

function quoted(columns: readonly string[]): string {
	return columns.map((column) => `"${column}"`).join(', ');
}

function refused(
	message: string,
	hint = 'Give every item the same input columns; a column that may be missing needs a null in it.',
): DatabricksError {
	return new DatabricksError({ kind: 'badRequest', message, hint });
}
