import { unsupported } from '../../sql/sqlError';
import { typeText, type SqlType } from '../../sql/sqlType';
import { isUtc, sessionZone } from '../../sql/timeZones/sessionZone';
import { bool, int, short, table, text, type Value } from './flatbuffer';

/** A type as Arrow has it: its number in the union Type, its table, and how its values lie. */
export interface ArrowType {
	number: number;
	table: Value;
	layout: Layout;
}

export interface ArrowField {
	name: string;
	type: ArrowType;
	isNullable: boolean;
}

/** Values that take no bytes, a bit, the same bytes each, bytes of any number, or fields of their own. */
export type Layout =
	| { kind: 'none' }
	| { kind: 'bits' }
	| { kind: 'fixed'; size: number; write(target: Buffer, at: number, cell: string): void }
	| { kind: 'bytes'; bytes(cell: string): Buffer }
	| { kind: 'list'; items: ArrowField }
	| { kind: 'struct'; fields: readonly ArrowField[] };

const none: Layout = { kind: 'none' };
const utf8: ArrowType = {
	number: 5,
	table: table(),
	layout: { kind: 'bytes', bytes: (cell) => Buffer.from(cell) },
};

const integer = (
	bits: 8 | 16 | 32,
	write: (target: Buffer, at: number, value: number) => void,
): ArrowType => ({
	number: 2,
	table: table(int(bits), bool(true)),
	layout: {
		kind: 'fixed',
		size: bits / 8,
		write: (target, at, cell) => write(target, at, Number(cell)),
	},
});

/** Whole numbers of 64 bits. */
const long = (number: number, metadata: Value, read: (cell: string) => bigint): ArrowType => ({
	number,
	table: metadata,
	layout: {
		kind: 'fixed',
		size: 8,
		write: (target, at, cell) => void target.writeBigInt64LE(read(cell), at),
	},
});

const moment = (zone: string | undefined) =>
	long(10, table(short(2), zone === undefined ? undefined : text(zone)), microseconds);

const floating = (precision: 1 | 2): ArrowType => ({
	number: 3,
	table: table(short(precision)),
	layout: {
		kind: 'fixed',
		size: precision * 4,
		write: (target, at, cell) =>
			void (precision === 1
				? target.writeFloatLE(Number(cell), at)
				: target.writeDoubleLE(Number(cell), at)),
	},
});

const fieldOf = (name: string, type: SqlType, isNullable = true): ArrowField => ({
	name,
	type: arrowType(type),
	isNullable,
});

const structOf = (fields: readonly ArrowField[]): ArrowType => ({
	number: 13,
	table: table(),
	layout: { kind: 'struct', fields },
});

/**
 * The Arrow type of a column, by Spark's mapping to Arrow, with microseconds and the session's time
 * zone; VARIANT is the text of its JSON. Databricks' drivers read the same from this format: lists,
 * maps, structs, months and durations as types of Arrow, VARIANT as text. @throws SqlError 0A000
 */
export function arrowType(type: SqlType): ArrowType {
	switch (type.kind) {
		case 'boolean':
			return { number: 6, table: table(), layout: { kind: 'bits' } };
		case 'tinyint':
			return integer(8, (target, at, value) => void target.writeInt8(value, at));
		case 'smallint':
			return integer(16, (target, at, value) => void target.writeInt16LE(value, at));
		case 'int':
			return integer(32, (target, at, value) => void target.writeInt32LE(value, at));
		case 'bigint':
			return long(2, table(int(64), bool(true)), BigInt);
		case 'float':
			return floating(1);
		case 'double':
			return floating(2);
		case 'decimal':
			return {
				number: 7,
				table: table(int(type.precision), int(type.scale), int(128)),
				layout: { kind: 'fixed', size: 16, write: writeDecimal },
			};
		case 'string':
		case 'char':
		case 'varchar':
		case 'variant':
			return utf8;
		case 'binary':
			return {
				number: 4,
				table: table(),
				layout: { kind: 'bytes', bytes: (cell) => Buffer.from(cell, 'base64') },
			};
		case 'date':
			return {
				number: 8,
				table: table(short(0)),
				layout: { kind: 'fixed', size: 4, write: writeDay },
			};
		case 'timestamp':
			// No source tells which zone the column names in a session of another.
			if (!isUtc()) {
				const what = `TIMESTAMP in the result format ARROW_STREAM of a session in ${sessionZone()}`;
				throw unsupported(`${what}; cast it to STRING`);
			}
			return moment('Etc/UTC');
		case 'timestamp_ntz':
			return moment(undefined);
		case 'interval':
			return type.start === 'year' || type.start === 'month'
				? {
						number: 11,
						table: table(short(0)),
						layout: { kind: 'fixed', size: 4, write: writeMonths },
					}
				: long(18, table(short(2)), duration);
		case 'void':
			return { number: 1, table: table(), layout: none };
		case 'array': {
			const items = fieldOf('element', type.element);
			return { number: 12, table: table(), layout: { kind: 'list', items } };
		}
		case 'map': {
			const entry = structOf([fieldOf('key', type.key, false), fieldOf('value', type.value)]);
			const items = { name: 'entries', type: entry, isNullable: false };
			return { number: 17, table: table(), layout: { kind: 'list', items } };
		}
		case 'struct':
			return structOf(type.fields.map((field) => fieldOf(field.name, field.type)));
		default:
			throw unsupported(`the type ${typeText(type)} in the result format ARROW_STREAM`);
	}
}

/** The digits as a whole number of 128 bits; the scale is in the type. */
function writeDecimal(target: Buffer, at: number, cell: string): void {
	const digits = BigInt(cell.replace('.', ''));
	target.writeBigUInt64LE(BigInt.asUintN(64, digits), at);
	target.writeBigInt64LE(digits >> 64n, at + 8);
}

function writeDay(target: Buffer, at: number, cell: string): void {
	target.writeInt32LE(Number(microseconds(cell) / 86_400_000_000n), at);
}

/** Microseconds since 1970 of a date or a moment as it stands in a result. */
function microseconds(cell: string): bigint {
	const match = /^([+-]?\d{4,})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?Z?)?$/.exec(
		cell,
	);
	if (match === null) throw new Error(`"${cell}" is no moment of a result.`);
	const [, year, month, day, hours = '0', minutes = '0', seconds = '0', fraction = ''] = match;
	const days = new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(day));
	const ms = days + ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
	return BigInt(ms) * 1_000n + BigInt(fraction.padEnd(6, '0'));
}

/** Months of an interval as it stands in a result: `1-2`. */
function writeMonths(target: Buffer, at: number, cell: string): void {
	const [, sign, years, months] = /^(-?)(\d+)-(\d+)$/.exec(cell) ?? [];
	if (years === undefined) throw new Error(`"${cell}" is no interval of a result.`);
	const total = Number(years) * 12 + Number(months);
	target.writeInt32LE(sign === '-' ? -total : total, at);
}

/** Microseconds of an interval as it stands in a result: `2 05:00:00.000000000`. */
function duration(cell: string): bigint {
	const match = /^(-?)(\d+) (\d\d):(\d\d):(\d\d)\.(\d{6})000$/.exec(cell);
	if (match === null) throw new Error(`"${cell}" is no interval of a result.`);
	const [, sign, days, hours, minutes, seconds, fraction] = match;
	const wholeHours = BigInt(days ?? 0) * 24n + BigInt(hours ?? 0);
	const wholeSeconds = (wholeHours * 60n + BigInt(minutes ?? 0)) * 60n + BigInt(seconds ?? 0);
	const total = wholeSeconds * 1_000_000n + BigInt(fraction ?? 0);
	return sign === '-' ? -total : total;
}
