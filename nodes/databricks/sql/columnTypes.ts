import { heldNumber, parseExactJson } from '../exactJson';
import { parseJson } from '../ids';
import { NumberText } from '../numberText';
import { parseSqlType, type SqlType } from './sqlTypes';
import type { Row } from './statementRows';
import type { ResultColumn } from './statementState';

/** A cell with its type: JSON values; what a double cannot hold stays text. */
export type CellValue = string | number | boolean | object | null;

export interface TypingOptions {
	/** DECIMAL as number; default false, because money would lose its scale and, from 2^53, digits. */
	decimalsAsNumbers?: boolean;
	/** BIGINT as text always; default only where a number would lose digits. */
	bigintsAsText?: boolean;
}

/** A result column with a name of its own: a name that comes again gets `_2`, `_3` … */
export interface NamedColumn {
	name: string;
	/** `LONG`, `DECIMAL`, … */
	type: string;
	/** `BIGINT`, `DECIMAL(18,2)`, … */
	typeText: string;
}

/** The columns in the order of their values. */
export function namedColumns(columns: readonly ResultColumn[]): NamedColumn[] {
	const taken = new Set<string>();
	const wanted = new Set(columns.map((column) => column.name));
	const ordered = [...columns].sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
	return ordered.map((column) => {
		let { name } = column;
		for (let count = 2; taken.has(name); count++) {
			const candidate = `${column.name}_${count}`;
			if (!wanted.has(candidate)) name = candidate;
		}
		taken.add(name);
		const type = column.type_name ?? 'STRING';
		return { name, type, typeText: column.type_text ?? type };
	});
}

/** Gives the text of a cell its type. */
type Reader = (text: string) => CellValue;

/**
 * Makes the function that turns a row into an object by column name; made once for many rows.
 * Integers are numbers up to ±(2^53 − 1), text beyond; DECIMAL stays text unless asked; NaN and the
 * infinities stay text, because JSON has none; dates and timestamps are ISO text; ARRAY, MAP, STRUCT
 * and VARIANT are parsed, with the scalars inside typed by the type's text, and numbers of a VARIANT as
 * text where a JavaScript number is another one; BINARY and INTERVAL are as Databricks wrote them.
 */
export function rowReader(
	columns: readonly NamedColumn[],
	options: TypingOptions = {},
): (row: Row) => Record<string, CellValue> {
	const names = columns.map(({ name }) => name);
	const readers = columns.map((column) => readerOf(column, options));
	const hasPrototypeName = names.includes('__proto__');
	return (row) => {
		const record: Record<string, CellValue> = {};
		for (let index = 0; index < names.length; index++) {
			const text = row[index] ?? null;
			const value = text === null ? null : (readers[index]?.(text) ?? null);
			if (hasPrototypeName) setOwn(record, names[index] ?? '', value);
			else record[names[index] ?? ''] = value;
		}
		return record;
	};
}

/** Assigning to `__proto__` would change what the object is instead of what it has. */
function setOwn(record: Record<string, CellValue>, name: string, value: CellValue): void {
	Object.defineProperty(record, name, {
		value,
		enumerable: true,
		writable: true,
		configurable: true,
	});
}

function readerOf(column: Pick<NamedColumn, 'type' | 'typeText'>, options: TypingOptions): Reader {
	const fromText = parseSqlType(column.typeText);
	const nested = ['ARRAY', 'MAP', 'STRUCT'].includes(column.type.toUpperCase());
	const type = nested || fromText.kind === 'scalar' ? fromText : parseSqlType(column.type);
	if (nested) {
		const coerce = coercion(type, options);
		const parse = hasExactNumbers(type) ? parseExactJson : parseJson;
		return (text) => {
			const value = parsed(text, parse);
			return value === undefined ? text : coerce(value);
		};
	}
	const name = parseSqlType(column.type);
	return scalarReader(name.kind === 'scalar' ? name.name : column.type, options);
}

function scalarReader(name: string, options: TypingOptions): Reader {
	switch (name) {
		case 'BOOLEAN':
			return (text) => (text === 'true' ? true : text === 'false' ? false : text);
		case 'BIGINT':
			return options.bigintsAsText ? itself : integer;
		case 'TINYINT':
		case 'SMALLINT':
		case 'INT':
			return integer;
		case 'FLOAT':
		case 'DOUBLE':
			return finiteOr;
		case 'DECIMAL':
			return options.decimalsAsNumbers ? finiteOr : itself;
		case 'VARIANT':
			return (text) => {
				const value = parsed(text, mayLoseDigits.test(text) ? heldNumbersJson : parseJson);
				return value === undefined ? text : plainJson(value);
			};
		default:
			return itself;
	}
}

function itself(text: string): CellValue {
	return text;
}

function integer(text: string): CellValue {
	const value = Number(text);
	return Number.isSafeInteger(value) && text !== '' ? value : text;
}

function finiteOr(text: string): number | string {
	const value = text.trim() === '' ? Number.NaN : Number(text);
	return Number.isFinite(value) ? value : text;
}

/**
 * Types the leaves of a parsed value. Databricks writes the scalars inside as they are or as text;
 * both are accepted. A value that does not fit its type is left as it is.
 */
function coercion(type: SqlType, options: TypingOptions): (value: unknown) => CellValue {
	switch (type.kind) {
		case 'array': {
			const element = coercion(type.element, options);
			return (value) => (Array.isArray(value) ? value.map(element) : jsonValue(value));
		}
		case 'map': {
			const member = coercion(type.value, options);
			return (value) => {
				const entries = mapEntries(value);
				return entries === undefined ? jsonValue(value) : objectOf(entries, () => member);
			};
		}
		case 'struct': {
			const members = new Map(
				type.fields.map((field) => [field.name, coercion(field.type, options)]),
			);
			return (value) =>
				isObject(value)
					? objectOf(Object.entries(value), (key) => members.get(key))
					: jsonValue(value);
		}
		default: {
			const read = scalarReader(type.name, options);
			const isVariant = type.name === 'VARIANT';
			const isText =
				type.name === 'DECIMAL' ? !options.decimalsAsNumbers : isTextual(type, options);
			return (value) => {
				if (typeof value === 'string') return read(value);
				if (value instanceof NumberText && !isVariant) return read(value.text);
				return isText && typeof value === 'number' ? String(value) : jsonValue(value);
			};
		}
	}
}

function isTextual(type: { name: string }, options: TypingOptions): boolean {
	return type.name === 'BIGINT' && options.bigintsAsText === true;
}

/** A map is written as an object or, by some ways out, as a list of `{"key": …, "value": …}`. */
function mapEntries(value: unknown): [string, unknown][] | undefined {
	if (isObject(value)) return Object.entries(value);
	if (!Array.isArray(value)) return undefined;
	const entries: [string, unknown][] = [];
	for (const entry of value) {
		if (!isObject(entry) || !('key' in entry)) return undefined;
		entries.push([String(entry.key), entry.value]);
	}
	return entries;
}

function objectOf(
	entries: readonly [string, unknown][],
	readerFor: (key: string) => ((value: unknown) => CellValue) | undefined,
): Record<string, CellValue> {
	return Object.fromEntries(
		entries.map(([key, member]) => {
			const read = readerFor(key);
			return [key, read === undefined ? jsonValue(member) : read(member)];
		}),
	);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a parser of JSON gives. */
function plainJson(value: unknown): CellValue {
	switch (typeof value) {
		case 'string':
		case 'number':
		case 'boolean':
		case 'object':
			return value;
		default:
			return null;
	}
}

/** What `parseExactJson` gives, with a number for each NumberText that a number holds, and text for others. */
function jsonValue(value: unknown): CellValue {
	if (value instanceof NumberText) return heldNumber(value.text);
	if (Array.isArray(value)) return value.map(jsonValue);
	return isObject(value) ? objectOf(Object.entries(value), () => undefined) : plainJson(value);
}

/** Whether a number of the JSON may have more than the 15 digits, or the 300 places, that every double keeps. */
const mayLoseDigits = /(?:\d\.?){16}|[eE][+-]?\d{3}/;

function heldNumbersJson(text: string): unknown {
	return parseExactJson(text, heldNumber);
}

/** Whether there are leaves whose JSON numbers must keep their text. */
function hasExactNumbers(type: SqlType): boolean {
	switch (type.kind) {
		case 'array':
			return hasExactNumbers(type.element);
		case 'map':
			return hasExactNumbers(type.value);
		case 'struct':
			return type.fields.some((field) => hasExactNumbers(field.type));
		default:
			return type.name === 'DECIMAL' || type.name === 'VARIANT';
	}
}

function parsed(text: string, parse: (text: string) => unknown): unknown {
	try {
		return parse(text);
	} catch {
		return undefined;
	}
}
