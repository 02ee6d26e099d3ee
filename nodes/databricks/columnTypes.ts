import { parseJson } from './ids';
import type { Row } from './statementRows';
import type { ResultColumn } from './statementState';

/** A cell with its type: JSON values; what a double cannot hold stays text. */
export type CellValue = unknown;

export interface TypingOptions {
	/** DECIMAL as number; default false, because money would lose its scale and, from 2^53, digits. */
	decimalsAsNumbers?: boolean;
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

/**
 * The value of a cell. Integers are numbers up to ±(2^53 − 1), text beyond; DECIMAL stays text unless
 * asked; NaN and the infinities stay text, because JSON has none; dates and timestamps are ISO text;
 * ARRAY, MAP, STRUCT and VARIANT are parsed, with the scalars inside typed by the type's text;
 * BINARY and INTERVAL are as Databricks wrote them.
 */
export function cellValue(
	text: string | null,
	column: Pick<NamedColumn, 'type' | 'typeText'>,
	options: TypingOptions = {},
): CellValue {
	if (text === null) return null;
	switch (column.type.toUpperCase()) {
		case 'ARRAY':
		case 'MAP':
		case 'STRUCT':
			return nested(text, column.typeText, options);
		case 'VARIANT':
			return parsedOr(text, text);
		default:
			return scalar(text, column.type.toUpperCase(), options);
	}
}

/** Rows as objects by column name. */
export function typedRow(
	row: Row,
	columns: readonly NamedColumn[],
	options?: TypingOptions,
): Record<string, CellValue> {
	const entries = columns.map((column, index): [string, CellValue] => [
		column.name,
		cellValue(row[index] ?? null, column, options),
	]);
	return Object.fromEntries(entries);
}

function scalar(text: string, type: string, options: TypingOptions): CellValue {
	switch (type) {
		case 'BOOLEAN':
			return text === 'true' ? true : text === 'false' ? false : text;
		case 'BYTE':
		case 'TINYINT':
		case 'SHORT':
		case 'SMALLINT':
		case 'INT':
		case 'INTEGER':
		case 'LONG':
		case 'BIGINT':
			return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
		case 'FLOAT':
		case 'REAL':
		case 'DOUBLE':
			return finiteOr(text);
		case 'DECIMAL':
			return options.decimalsAsNumbers ? finiteOr(text) : text;
		default:
			return text;
	}
}

function finiteOr(text: string): number | string {
	const value = text.trim() === '' ? Number.NaN : Number(text);
	return Number.isFinite(value) ? value : text;
}

function nested(text: string, typeText: string, options: TypingOptions): CellValue {
	const value = parsedOr(text, undefined);
	return value === undefined ? text : coerce(value, typeText, options);
}

/**
 * Types the leaves of a parsed value. Databricks writes the scalars inside as they are or as text;
 * both are accepted. A value that does not fit its type is left as it is.
 */
function coerce(value: unknown, typeText: string, options: TypingOptions): unknown {
	if (value === null) return null;
	const { name, inner } = typeParts(typeText);
	if (name === 'ARRAY' && Array.isArray(value)) {
		return value.map((item) => coerce(item, inner[0]?.type ?? '', options));
	}
	if (typeof value === 'object' && !Array.isArray(value)) {
		const typeOf = (key: string) =>
			name === 'MAP' ? inner[1]?.type : inner.find((field) => field.name === key)?.type;
		return Object.fromEntries(
			Object.entries(value).map(([key, member]) => [
				key,
				coerce(member, typeOf(key) ?? '', options),
			]),
		);
	}
	if (name === 'DECIMAL' && typeof value === 'number')
		return options.decimalsAsNumbers ? value : String(value);
	return typeof value === 'string' ? scalar(value, name, options) : value;
}

interface TypePart {
	name?: string;
	type: string;
}

/** `MAP<STRING, INT>` → MAP with two types; `STRUCT<a: INT NOT NULL, b: STRING>` → STRUCT with two named ones. */
function typeParts(typeText: string): { name: string; inner: TypePart[] } {
	const match = /^\s*(\w+)\s*(?:<([\s\S]*)>)?/.exec(typeText);
	const name = (match?.[1] ?? '').toUpperCase();
	const list = splitTypes(match?.[2] ?? '');
	if (name !== 'STRUCT') return { name, inner: list.map((type) => ({ type })) };
	const inner = list.map((field) => {
		const named = /^\s*(?:`((?:[^`]|``)+)`|([^\s:]+))\s*:?\s*([\s\S]*)$/.exec(field);
		return { name: named?.[1]?.replaceAll('``', '`') ?? named?.[2], type: named?.[3] ?? '' };
	});
	return { name, inner };
}

/** Splits at commas that are in no bracket and in no quoted name. */
function splitTypes(text: string): string[] {
	const list: string[] = [];
	let depth = 0;
	let quoted = false;
	let start = 0;
	for (let index = 0; index < text.length; index++) {
		const character = text[index] ?? '';
		if (character === '`') quoted = !quoted;
		else if (quoted) continue;
		else if ('<('.includes(character)) depth++;
		else if ('>)'.includes(character)) depth--;
		else if (character === ',' && depth === 0) {
			list.push(text.slice(start, index));
			start = index + 1;
		}
	}
	if (text.slice(start).trim() !== '') list.push(text.slice(start));
	return list;
}

function parsedOr<Other>(text: string, other: Other): unknown | Other {
	try {
		return parseJson(text);
	} catch {
		return other;
	}
}
