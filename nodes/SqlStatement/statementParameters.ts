import type { INodePropertyOptions } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import type { StatementParameter } from '../databricks/statements';
import { textOf } from '../n8n/parameters';

export const parameterTypes: INodePropertyOptions[] = [
	{ name: 'Bigint', value: 'BIGINT', description: 'Whole number of up to 19 digits' },
	{ name: 'Boolean', value: 'BOOLEAN', description: 'True or false' },
	{ name: 'Date', value: 'DATE', description: 'A day, as in 2026-10-31' },
	{ name: 'Decimal', value: 'DECIMAL', description: 'An exact number, such as an amount of money' },
	{ name: 'Double', value: 'DOUBLE', description: 'A number that need not be exact' },
	{ name: 'Int', value: 'INT', description: 'Whole number of up to 9 digits' },
	{ name: 'Null', value: 'NULL', description: 'SQL NULL' },
	{ name: 'String', value: 'STRING', description: 'Text; lists and objects are sent as JSON' },
	{
		name: 'Timestamp',
		value: 'TIMESTAMP',
		description: 'A moment, as in 2026-10-31T02:00:00+08:00',
	},
	{
		name: 'Timestamp Without Time Zone',
		value: 'TIMESTAMP_NTZ',
		description: 'Date and time of a clock on the wall, as in 2026-10-31T02:00:00',
	},
];

/**
 * The rows of the 'Parameters' field as Databricks takes them: every value as text in the form that
 * a CAST reads. Throws DatabricksError (badRequest) that names the parameter.
 */
export function readStatementParameters(rows: Record<string, unknown>[]): StatementParameter[] {
	const read = rows.filter((row) => textOf(row.name)?.trim()).map(readRow);
	const twice = read.find(
		(row, index) => read.findIndex((other) => other.name === row.name) < index,
	);
	if (twice !== undefined) throw wrong(twice.name, 'is given twice', 'Remove one of the two.');
	return read;
}

function readRow(row: Record<string, unknown>): StatementParameter {
	const name = (textOf(row.name) ?? '').trim().replace(/^:/, '');
	if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
		throw wrong(
			name,
			'cannot be the name of a marker',
			'Use letters, digits and underscores, and begin with a letter.',
		);
	}
	const type = textOf(row.type) ?? 'STRING';
	if (type === 'NULL') return { name, value: null };
	const value =
		row.value === null || row.value === undefined ? null : valueText(row.value, type, name);
	return { name, value, type: type === 'DECIMAL' ? decimalType(row, name) : type };
}

function decimalType(row: Record<string, unknown>, name: string): string {
	const digits = (textOf(row.precisionScale) ?? '18,2').trim();
	const [precision = 0, scale = 0] = digits.split(',').map(Number);
	const isType = /^\d{1,2}\s*,\s*\d{1,2}$/.test(digits);
	if (isType && precision >= 1 && precision <= 38 && scale <= precision) {
		return `DECIMAL(${precision},${scale})`;
	}
	throw wrong(
		name,
		`cannot be a DECIMAL(${digits})`,
		"Write 'Precision, Scale' as in 18,2: the first is 1 to 38, the second not more than it.",
	);
}

function valueText(value: unknown, type: string, name: string): string {
	if (typeof value === 'number') return numberText(value, type, name);
	const isText = type === 'STRING';
	const text = textOf(value) ?? momentText(value) ?? (isText ? JSON.stringify(value) : undefined);
	if (text === undefined) {
		throw wrong(
			name,
			`is a list or an object, which cannot be a ${type}`,
			"Choose the type 'String' to send it as JSON, or one of its fields.",
		);
	}
	if (!isText && text.trim() === '') {
		throw wrong(
			name,
			`is empty, which is no ${type}`,
			"Fill in the value, or choose the type 'Null' to bind SQL NULL.",
		);
	}
	return isText ? text : text.trim();
}

/** JavaScript writes 1e21 and 1e-7; SQL types other than DOUBLE do not read that everywhere. */
function numberText(value: number, type: string, name: string): string {
	if (!Number.isFinite(value) && type !== 'DOUBLE') {
		throw wrong(name, `is ${value}, which is no ${type}`, 'Check the expression of the value.');
	}
	if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
		throw wrong(
			name,
			'is a whole number with more digits than n8n keeps',
			'Give it as text, so that no digit is lost.',
		);
	}
	const text = String(value);
	const [, sign, first, rest = '', exponent] = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text) ?? [];
	if (exponent === undefined || type === 'DOUBLE') return text;
	return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${first}${rest}`;
}

/** n8n's `$now` and JavaScript's dates, which expressions give as objects. */
function momentText(value: unknown): string | undefined {
	if (value instanceof Date) return value.toISOString();
	if (typeof value !== 'object' || value === null || !('toISO' in value)) return undefined;
	return typeof value.toISO === 'function' ? String(value.toISO()) : undefined;
}

function wrong(name: string, what: string, hint: string): DatabricksError {
	return new DatabricksError({
		kind: 'badRequest',
		message: `The parameter "${name}" ${what}.`,
		hint,
	});
}
