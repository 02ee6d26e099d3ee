import { refuseSpecialMoment } from '../casts/fromText';
import type { LiteralType } from '../parser/syntax';
import { SqlError, syntaxError, unsupported } from '../sqlError';
import {
	BIGINT,
	BINARY,
	BOOLEAN,
	DATE,
	decimalType,
	DOUBLE,
	duckdbType,
	FLOAT,
	INT,
	SMALLINT,
	STRING,
	TIMESTAMP,
	TIMESTAMP_NTZ,
	TINYINT,
	typeText,
	VOID,
	type SqlType,
} from '../sqlType';
import { sqlString } from '../stringLiteral';
import type { Typed } from '../types/typed';
import { decimalText, doubleText, floatText } from './numberText';

function literal(sql: string, type: SqlType, label: string, value: string | null): Typed {
	return { sql, type, label, literal: { value } };
}

/** The value of a literal as it was written. */
export function analyseLiteral(type: LiteralType, value: string): Typed {
	switch (type) {
		case 'null':
			return literal('NULL', VOID, 'NULL', null);
		case 'boolean':
			return literal(value.toUpperCase(), BOOLEAN, value, value);
		case 'string':
			return literal(sqlString(value), STRING, value, value);
		case 'number':
			return number(value);
		case 'binary': {
			if (!/^[0-9a-fA-F]*$/.test(value)) throw invalidLiteral('X', value);
			const hex = value.length % 2 === 1 ? `0${value}` : value;
			const bytes = hex.replace(/../g, (pair) => `\\x${pair}`);
			return literal(`'${bytes}'::BLOB`, BINARY, `X'${value.toUpperCase()}'`, hex);
		}
		case 'date':
			return dateLiteral(value);
		case 'timestamp':
		case 'timestamp_ntz':
			return timestampLiteral(value, type === 'timestamp' ? TIMESTAMP : TIMESTAMP_NTZ);
	}
}

function invalidLiteral(name: string, value: string): SqlError {
	return new SqlError(
		'INVALID_TYPED_LITERAL',
		'42604',
		`The value of the typed literal "${name}" is invalid: '${value}'.`,
	);
}

const SUFFIXES: Record<string, SqlType> = {
	L: BIGINT,
	S: SMALLINT,
	Y: TINYINT,
	D: DOUBLE,
	F: FLOAT,
};
const LIMITS: Record<string, bigint> = {
	tinyint: 127n,
	smallint: 32767n,
	int: 2147483647n,
	bigint: 9223372036854775807n,
};

function number(text: string): Typed {
	const match = /^(-?)(\d*\.?\d*)([eE][+-]?\d+)?(BD|[LSYDF])?$/i.exec(text);
	if (match === null) throw syntaxError(text, 0, text);
	const [, sign = '', digits = '', exponent = '', written = ''] = match;
	const suffix = written.toUpperCase();
	const body = sign + digits + exponent;
	if (suffix === 'BD') return decimalLiteral(body);
	const suffixed = SUFFIXES[suffix];
	if (suffixed === DOUBLE || suffixed === FLOAT) return floating(body, suffixed);
	if (suffixed !== undefined) return integer(BigInt(sign + digits), suffixed, text);
	if (exponent !== '') return floating(body, DOUBLE);
	if (digits.includes('.')) return decimalLiteral(body);
	const value = BigInt(sign + digits);
	const fits = (limit: bigint | undefined): boolean =>
		limit !== undefined && value <= limit && value >= -limit - 1n;
	if (fits(LIMITS['int'])) return integer(value, INT, text);
	if (fits(LIMITS['bigint'])) return integer(value, BIGINT, text);
	return decimalLiteral(body);
}

function integer(value: bigint, type: SqlType, text: string): Typed {
	const limit = LIMITS[type.kind] ?? 0n;
	if (value > limit || value < -limit - 1n) {
		throw new SqlError(
			'INVALID_NUMERIC_LITERAL_RANGE',
			'22003',
			`Numeric literal ${text} is outside the valid range for ${typeText(type)}.`,
		);
	}
	const sql =
		value < 0n ? `CAST('${value}' AS ${duckdbType(type)})` : `${value}::${duckdbType(type)}`;
	return literal(sql, type, String(value), String(value));
}

function floating(text: string, type: SqlType): Typed {
	const value = Number(text);
	if (!Number.isFinite(value)) throw invalidLiteral(typeText(type), text);
	const label = type === FLOAT ? floatText(value) : doubleText(value);
	return literal(`'${text}'::${duckdbType(type)}`, type, label, text);
}

/** The literal of a decimal: its digits are its precision. */
export function decimalLiteral(text: string): Typed {
	const match = /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
	if (match === null) throw invalidLiteral('DECIMAL', text);
	const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
	let scale = fraction.length - Number(exponent);
	let digits = (whole + fraction).replace(/^0+/, '');
	if (scale < 0) {
		digits = digits === '' ? '' : digits + '0'.repeat(-scale);
		scale = 0;
	}
	const precision = Math.max(digits.length, scale, 1);
	if (precision > 38) throw unsupported('a decimal literal of more than 38 digits');
	const padded = digits.padStart(scale + 1, '0');
	const value =
		scale === 0 ? `${sign}${padded}` : `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
	const type = decimalType(precision, scale);
	return literal(`'${value}'::${duckdbType(type)}`, type, decimalText(value, scale), value);
}

const DATE_TEXT = /^\s*(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?\s*$/;

/** `yyyy-MM-dd` of a text that Spark reads as a date; undefined when it is none. */
export function readDate(text: string): string | undefined {
	const match = DATE_TEXT.exec(text);
	if (match === null) return undefined;
	const [, year = '', month = '1', day = '1'] = match;
	const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
	const time = Date.parse(`${date}T00:00:00Z`);
	if (year === '0000' || Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date)
		return undefined;
	return date;
}

const ODD_YEAR = /^\s*(?:[+-]\d{4,7}|0000|\d{5,7})(?:-\d{1,2}){0,2}(?:[ T].*)?\s*$/;

function dateLiteral(text: string): Typed {
	refuseSpecialMoment(text);
	const date = readDate(text);
	if (date !== undefined) return literal(`DATE '${date}'`, DATE, `DATE '${date}'`, date);
	if (ODD_YEAR.test(text)) throw unsupported('years outside of 0001 to 9999');
	throw invalidLiteral('DATE', text);
}

const TIME_TEXT =
	/^\s*(\d{4}(?:-\d{1,2}){0,2}|(\d{4}-\d{1,2}-\d{1,2})[ T](\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?\s*(Z|UTC|GMT|[+-](?:0?\d|1[0-8])(?::[0-5]?\d)?|[+-](?:0\d|1[0-8])[0-5]\d)?)?)?)\s*$/;

function timestampLiteral(text: string, type: SqlType): Typed {
	const name = typeText(type);
	refuseSpecialMoment(text);
	const match = TIME_TEXT.exec(text);
	if (match === null) {
		if (ODD_YEAR.test(text)) throw unsupported('years outside of 0001 to 9999');
		if (/\d\s+?[A-Za-z]+\/[A-Za-z_/]+\s*$/.test(text)) {
			throw unsupported('time zone names inside a timestamp');
		}
		throw invalidLiteral(name, text);
	}
	const [, whole = '', day = whole, hour = '0', minute = '0', second = '0', fraction = ''] = match;
	const zone = match[7] ?? 'Z';
	const date = readDate(day);
	if (date === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
		throw invalidLiteral(name, text);
	}
	const offset = type.kind === 'timestamp' ? zoneMinutes(zone) : 0;
	const two = (part: string): string => part.padStart(2, '0');
	const instant =
		Date.parse(`${date}T${two(hour)}:${two(minute)}:${two(second)}Z`) - offset * 60000;
	const base = new Date(instant).toISOString().slice(0, 19).replace('T', ' ');
	const micros = fraction.slice(0, 6).replace(/0+$/, '');
	const value = micros === '' ? base : `${base}.${micros}`;
	return literal(`TIMESTAMP '${value}'`, type, `${name} '${value}'`, value);
}

function zoneMinutes(zone: string): number {
	const match = /^([+-])(\d{1,2}?):?(\d{2}|(?<=:)\d)?$/.exec(zone);
	if (match === null) return 0;
	const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
	return match[1] === '-' ? -minutes : minutes;
}
