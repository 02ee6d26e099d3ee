import type { SqlType } from '../databricks/sql/sqlTypes';
import { isRecord } from '../n8n/parameters';

/** Makes equal JSON of leaves (see `jsonLeaves`) that SQL takes for equal. */
export type Comparable = (leaf: unknown) => unknown;

/** What SQL's `=` compares in a type: the moment and not its text, the float and not its digits. */
export function comparableOf(type: SqlType): Comparable {
	switch (type.kind) {
		case 'array':
			return ofList(comparableOf(type.element));
		case 'struct':
			return ofStruct(type.fields);
		case 'map':
			// MERGE refuses to match on a MAP.
			return (leaf) => leaf;
		default:
			return ofText(textOf[type.name]);
	}
}

const textOf: Readonly<Record<string, (text: string) => string>> = {
	FLOAT: (text) => String(Math.fround(Number(text)) + 0),
	DOUBLE: (text) => String(Number(text) + 0),
	TIMESTAMP: momentText,
	TIMESTAMP_NTZ: momentText,
	BINARY: (text) => Buffer.from(text, 'base64').toString('base64'),
};

function ofText(change: ((text: string) => string) | undefined): Comparable {
	if (change === undefined) return (leaf) => leaf;
	return (leaf) => (typeof leaf === 'string' ? change(leaf) : leaf);
}

function ofList(element: Comparable): Comparable {
	return (leaf) => (Array.isArray(leaf) ? leaf.map(element) : leaf);
}

function ofStruct(fields: readonly { name: string; type: SqlType }[]): Comparable {
	const members = fields.map(({ name, type }) => ({ name, comparable: comparableOf(type) }));
	return (leaf) =>
		isRecord(leaf) ? members.map(({ name, comparable }) => comparable(leaf[name] ?? null)) : leaf;
}

const momentForm = /^([+-]?\d+)-(\d+)-(\d+)(?:[ T](\d+):(\d+)(?::(\d+)(?:\.(\d+))?)?)?\s*(.*)$/;

/**
 * A moment as seconds since 1970 with their fraction. Without a zone it is a time of the session's
 * zone, which is not known here, so it only equals others without one.
 */
function momentText(text: string): string {
	const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = '', zone = ''] =
		momentForm.exec(text) ?? [];
	const seconds = offsetSeconds(zone);
	if (year === undefined || seconds === undefined) return text;
	const at = new Date(0);
	at.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
	at.setUTCHours(Number(hour), Number(minute), Number(second));
	const ms = at.getTime() - seconds * 1000;
	if (Number.isNaN(ms)) return text;
	const digits = fraction.replace(/0+$/, '');
	return `${ms / 1000}.${digits}${zone === '' ? ' local' : ''}`;
}

function offsetSeconds(zone: string): number | undefined {
	if (zone === '' || zone === 'Z' || zone === 'UTC') return 0;
	const match = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone);
	if (match === null) return undefined;
	const [, sign, hours, minutes = 0] = match;
	return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}
