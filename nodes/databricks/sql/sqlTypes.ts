import { quoteIdentifier } from './quoting';

/** A SQL type, read from the text that Databricks gives for it. */
export type SqlType =
	/** Name in capitals, without alias: `INT`, `BIGINT`, `DECIMAL`, `STRING`, `INTERVAL` … */
	| { kind: 'scalar'; name: string; text: string; precision?: number; scale?: number }
	| { kind: 'array'; element: SqlType; text: string }
	| { kind: 'map'; key: SqlType; value: SqlType; text: string }
	| { kind: 'struct'; fields: { name: string; type: SqlType }[]; text: string };

const aliases: Readonly<Record<string, string>> = {
	BYTE: 'TINYINT',
	SHORT: 'SMALLINT',
	INTEGER: 'INT',
	LONG: 'BIGINT',
	REAL: 'FLOAT',
	DEC: 'DECIMAL',
	NUMERIC: 'DECIMAL',
	TIMESTAMP_LTZ: 'TIMESTAMP',
	NULL: 'VOID',
};

/**
 * The type of `DECIMAL(18,2)`, `MAP<STRING, ARRAY<INT>>`, `STRUCT<a: INT NOT NULL, `b c`: STRING COMMENT 'x'>`.
 * A type that is not known is a scalar of its own name, so a new one is carried and not a failure.
 */
export function parseSqlType(text: string): SqlType {
	const match = /^\s*(\w+)\s*(?:<([\s\S]*)>|\(([^)]*)\))?/.exec(text);
	const word = (match?.[1] ?? '').toUpperCase();
	const inner = match?.[2];
	const trimmed = text.trim();
	if (word === 'ARRAY' && inner !== undefined) {
		return { kind: 'array', element: parseSqlType(inner), text: trimmed };
	}
	if (word === 'MAP' && inner !== undefined) {
		const [key = '', value = ''] = splitTypes(inner);
		return { kind: 'map', key: parseSqlType(key), value: parseSqlType(value), text: trimmed };
	}
	if (word === 'STRUCT') {
		return { kind: 'struct', fields: splitTypes(inner ?? '').map(parseField), text: trimmed };
	}
	const name = aliases[word] ?? word;
	const upper = trimmed.toUpperCase();
	if (name === 'TIME') {
		return { kind: 'scalar', name, text: upper, precision: Number(match?.[3] ?? 6) };
	}
	if (name !== 'DECIMAL') return { kind: 'scalar', name, text: upper };
	const [precision = 10, scale = 0] = (match?.[3] ?? '10,0').split(',').map(Number);
	return { kind: 'scalar', name, text: upper, precision, scale };
}

function parseField(field: string): { name: string; type: SqlType } {
	const named = /^\s*(?:`((?:[^`]|``)+)`|([^\s:]+))\s*:?\s*([\s\S]*)$/.exec(field);
	const name = named?.[1]?.replaceAll('``', '`') ?? named?.[2] ?? '';
	return { name, type: parseSqlType(withoutConstraints(named?.[3] ?? '')) };
}

/** `INT NOT NULL COMMENT 'x'` → `INT`. */
function withoutConstraints(text: string): string {
	return text
		.replace(/\s+(?:NOT\s+NULL|COMMENT\s+(?:'(?:[^'\\]|\\[\s\S])*'|"[^"]*"))\s*/gi, ' ')
		.trim();
}

/** Splits at commas that are in no bracket, no quoted name and no comment. */
function splitTypes(text: string): string[] {
	const list: string[] = [];
	let depth = 0;
	let quote: string | undefined;
	let start = 0;
	for (let index = 0; index < text.length; index++) {
		const character = text[index] ?? '';
		if (quote !== undefined) {
			if (character === '\\' && quote === "'") index++;
			else if (character === quote) quote = undefined;
		} else if (character === '`' || character === "'") quote = character;
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

/** The type as SQL writes it. Made anew from what was read, so that no text of a table becomes SQL as it is. */
export function typeSql(type: SqlType): string {
	switch (type.kind) {
		case 'array':
			return `ARRAY<${typeSql(type.element)}>`;
		case 'map':
			return `MAP<${typeSql(type.key)}, ${typeSql(type.value)}>`;
		case 'struct':
			return `STRUCT<${fieldsSql(type.fields, typeSql)}>`;
		default:
			return scalarSql(type);
	}
}

/** The same type with STRING, or for bytes BINARY, at its leaves: what `from_json` reads without rounding. */
export function leafTypeSql(type: SqlType): string {
	switch (type.kind) {
		case 'array':
			return `ARRAY<${leafTypeSql(type.element)}>`;
		case 'map':
			return `MAP<${leafTypeSql(type.key)}, ${leafTypeSql(type.value)}>`;
		case 'struct':
			return `STRUCT<${fieldsSql(type.fields, leafTypeSql)}>`;
		default:
			return type.name === 'BINARY' ? 'BINARY' : 'STRING';
	}
}

function fieldsSql(
	fields: readonly { name: string; type: SqlType }[],
	sqlOf: (type: SqlType) => string,
): string {
	return fields.map(({ name, type }) => `${quoteIdentifier(name)}: ${sqlOf(type)}`).join(', ');
}

function scalarSql(type: Extract<SqlType, { kind: 'scalar' }>): string {
	if (type.name === 'DECIMAL') return `DECIMAL(${type.precision ?? 10},${type.scale ?? 0})`;
	if (type.name === 'TIME') return `TIME(${type.precision ?? 6})`;
	if (type.name === 'VARCHAR' || type.name === 'CHAR') return 'STRING';
	if (type.name === 'INTERVAL') return type.text.replace(/[^A-Za-z ]/g, '').toUpperCase();
	return type.name;
}
