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
	timeType,
	TIMESTAMP,
	TIMESTAMP_NTZ,
	TINYINT,
	typeText,
	VOID,
	type SqlType,
} from '../sqlType';
import { sqlString } from '../stringLiteral';
import { isUtc, sessionZone } from '../timeZones/sessionZone';
import { instantOf, isZone, offsetSeconds } from '../timeZones/zone';
import { readTimeOfDay } from '../types/timeOfDay';
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
		case 'time': {
			const time = readTimeOfDay(value);
			if (time === undefined) throw invalidLiteral('TIME', value);
			return literal(`TIME '${time}'`, timeType(6), `TIME '${time}'`, time);
		}
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

const DATE_TEXT = /^\s*([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?\s*$/;

/** A day of the calendar that holds for all years, -44 and 10000 too. */
export interface Day {
	year: number;
	month: number;
	day: number;
}

const MOST_YEARS = 200_000;

/** The day of a text that Spark reads as a date; undefined when it is none. */
export function readDate(text: string): Day | undefined {
	const match = DATE_TEXT.exec(text);
	if (match === null) return undefined;
	const [year = 0, month = 1, day = 1] = match.slice(1).map((part) => Number(part ?? 1));
	if (Math.abs(year) > MOST_YEARS) throw unsupported(`the year ${year}`);
	const date = new Date(utcMs({ year, month, day }));
	const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
	return isReal ? { year, month, day } : undefined;
}

function utcMs({ year, month, day }: Day): number {
	return new Date(0).setUTCFullYear(year, month - 1, day);
}

/** `yyyy-MM-dd`, with a sign where the year has not four digits. */
function dayText({ year, month, day }: Day): string {
	const digits = String(Math.abs(year)).padStart(4, '0');
	const sign = year < 0 ? '-' : year > 9999 ? '+' : '';
	const two = (part: number): string => String(part).padStart(2, '0');
	return `${sign}${digits}-${two(month)}-${two(day)}`;
}

function daySql(date: Day): string {
	if (date.year > 0 && date.year < 10_000) return `DATE '${dayText(date)}'`;
	return `make_date(${date.year}, ${date.month}, ${date.day})`;
}

function dateLiteral(text: string): Typed {
	refuseSpecialMoment(text);
	const date = readDate(text);
	if (date === undefined) throw invalidLiteral('DATE', text);
	const value = dayText(date);
	return literal(daySql(date), DATE, `DATE '${value}'`, value);
}

const TIME_TEXT =
	/^\s*([+-]?\d{4,6}(?:-\d{1,2}){0,2}|([+-]?\d{4,6}-\d{1,2}-\d{1,2})[ T](\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?\s*(Z|UTC|GMT|[A-Z][A-Za-z_]*\/[A-Za-z_/+-]+|[+-](?:0?\d|1[0-8])(?::[0-5]?\d)?|[+-](?:0\d|1[0-8])[0-5]\d)?)?)?)\s*$/;

function timestampLiteral(text: string, type: SqlType): Typed {
	const name = typeText(type);
	refuseSpecialMoment(text);
	const match = TIME_TEXT.exec(text);
	if (match === null) {
		if (/\d\s*[A-Z]{2,}\S*\s*$/i.test(text)) throw unsupported(`the time zone in '${text}'`);
		throw invalidLiteral(name, text);
	}
	const [, whole = '', day = whole, hour = '0', minute = '0', second = '0', fraction = ''] = match;
	const date = readDate(day);
	if (date === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
		throw invalidLiteral(name, text);
	}
	const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
	const local = utcMs(date) + seconds * 1000;
	const micros = fraction.slice(0, 6).replace(/0+$/, '');
	if (type.kind === 'timestamp_ntz') return momentLiteral(type, local, local, micros);
	const zone = match[7] ?? sessionZone();
	if (!isZone(zone)) throw invalidLiteral(name, text);
	const instant = instantOf(zone, local);
	const shown = isUtc() ? instant : instant + offsetSeconds(sessionZone(), instant) * 1000;
	return momentLiteral(type, instant, shown, micros);
}

/** The literal of an instant; `shownMs` is what the session's clocks show at it. */
function momentLiteral(type: SqlType, instantMs: number, shownMs: number, micros: string): Typed {
	const textOf = (ms: number, dayOf: (date: Day) => string): string => {
		const at = new Date(ms);
		const day = { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() };
		const clock = at.toISOString().slice(-13, -5);
		return `${dayOf(day)} ${clock}${micros === '' ? '' : `.${micros}`}`;
	};
	const value = textOf(shownMs, dayText);
	const year = new Date(instantMs).getUTCFullYear();
	const sql =
		year > 0 && year < 10_000
			? `TIMESTAMP '${textOf(instantMs, dayText)}'`
			: `make_timestamp(${BigInt(instantMs) * 1000n + BigInt(micros.padEnd(6, '0'))})`;
	return literal(sql, type, `${typeText(type)} '${value}'`, value);
}
