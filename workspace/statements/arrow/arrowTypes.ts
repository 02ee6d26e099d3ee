import { unsupported } from '../../sql/sqlError';
import { typeText, type SqlType } from '../../sql/sqlType';
import { bool, int, short, table, text, type Value } from './flatbuffer';

/** A type as Arrow has it: its number in the union Type, its table, and how values are written. */
export interface ArrowType {
	number: number;
	table: Value;
	/** The bytes of one value, of the same number for all; or undefined for texts, bits and nothing. */
	fixed?: { size: number; write(target: Buffer, at: number, cell: string): void };
	bytes?: (cell: string) => Buffer;
	isBits?: true;
}

const integer = (
	bits: 8 | 16 | 32,
	write: (target: Buffer, at: number, value: number) => void,
) => ({
	number: 2,
	table: table(int(bits), bool(true)),
	fixed: {
		size: bits / 8,
		write: (target: Buffer, at: number, cell: string) => write(target, at, Number(cell)),
	},
});

const moment = (zone: string | undefined): ArrowType => ({
	number: 10,
	table: table(short(2), zone === undefined ? undefined : text(zone)),
	fixed: {
		size: 8,
		write: (target, at, cell) => void target.writeBigInt64LE(microseconds(cell), at),
	},
});

/**
 * The Arrow type of a column, by Spark's mapping to Arrow, with microseconds and the session's time
 * zone. Which form Databricks gives to nested types, intervals and VARIANT in this format is not
 * documented: they are refused by name. @throws SqlError 0A000
 */
export function arrowType(type: SqlType): ArrowType {
	switch (type.kind) {
		case 'boolean':
			return { number: 6, table: table(), isBits: true };
		case 'tinyint':
			return integer(8, (target, at, value) => void target.writeInt8(value, at));
		case 'smallint':
			return integer(16, (target, at, value) => void target.writeInt16LE(value, at));
		case 'int':
			return integer(32, (target, at, value) => void target.writeInt32LE(value, at));
		case 'bigint':
			return {
				number: 2,
				table: table(int(64), bool(true)),
				fixed: {
					size: 8,
					write: (target, at, cell) => void target.writeBigInt64LE(BigInt(cell), at),
				},
			};
		case 'float':
			return {
				number: 3,
				table: table(short(1)),
				fixed: {
					size: 4,
					write: (target, at, cell) => void target.writeFloatLE(Number(cell), at),
				},
			};
		case 'double':
			return {
				number: 3,
				table: table(short(2)),
				fixed: {
					size: 8,
					write: (target, at, cell) => void target.writeDoubleLE(Number(cell), at),
				},
			};
		case 'decimal':
			return {
				number: 7,
				table: table(int(type.precision), int(type.scale), int(128)),
				fixed: { size: 16, write: writeDecimal },
			};
		case 'string':
		case 'char':
		case 'varchar':
			return { number: 5, table: table(), bytes: (cell) => Buffer.from(cell) };
		case 'binary':
			return { number: 4, table: table(), bytes: (cell) => Buffer.from(cell, 'base64') };
		case 'date':
			return {
				number: 8,
				table: table(short(0)),
				fixed: {
					size: 4,
					write: (target, at, cell) =>
						void target.writeInt32LE(Number(microseconds(cell) / 86_400_000_000n), at),
				},
			};
		case 'timestamp':
			return moment('Etc/UTC');
		case 'timestamp_ntz':
			return moment(undefined);
		case 'void':
			return { number: 1, table: table() };
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
