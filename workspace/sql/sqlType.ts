import { SqlError, syntaxError, unsupported } from './sqlError';
import { tokenize, type Token } from './tokens';

export type IntervalUnit = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';
export type SimpleKind =
	| 'boolean'
	| 'tinyint'
	| 'smallint'
	| 'int'
	| 'bigint'
	| 'float'
	| 'double'
	| 'string'
	| 'binary'
	| 'date'
	| 'timestamp'
	| 'timestamp_ntz'
	| 'void'
	| 'variant';
export type StructField = { name: string; type: SqlType };

/** A Spark SQL type. Intervals are counted in months (year, month) or microseconds (the others). */
export type SqlType =
	| { kind: SimpleKind }
	| { kind: 'decimal'; precision: number; scale: number }
	| { kind: 'char' | 'varchar'; length: number }
	| { kind: 'array'; element: SqlType }
	| { kind: 'map'; key: SqlType; value: SqlType }
	| { kind: 'struct'; fields: StructField[] }
	| { kind: 'interval'; start: IntervalUnit; end: IntervalUnit };

export const BOOLEAN: SqlType = { kind: 'boolean' };
export const TINYINT: SqlType = { kind: 'tinyint' };
export const SMALLINT: SqlType = { kind: 'smallint' };
export const INT: SqlType = { kind: 'int' };
export const BIGINT: SqlType = { kind: 'bigint' };
export const FLOAT: SqlType = { kind: 'float' };
export const DOUBLE: SqlType = { kind: 'double' };
export const STRING: SqlType = { kind: 'string' };
export const BINARY: SqlType = { kind: 'binary' };
export const DATE: SqlType = { kind: 'date' };
export const TIMESTAMP: SqlType = { kind: 'timestamp' };
export const TIMESTAMP_NTZ: SqlType = { kind: 'timestamp_ntz' };
export const VOID: SqlType = { kind: 'void' };
export const decimalType = (precision: number, scale: number): SqlType => ({
	kind: 'decimal',
	precision,
	scale,
});
export const arrayType = (element: SqlType): SqlType => ({ kind: 'array', element });

const SIMPLE_NAMES: Record<string, SqlType> = {
	BOOLEAN,
	TINYINT,
	BYTE: TINYINT,
	SMALLINT,
	SHORT: SMALLINT,
	INT,
	INTEGER: INT,
	BIGINT,
	LONG: BIGINT,
	FLOAT,
	REAL: FLOAT,
	DOUBLE,
	STRING,
	BINARY,
	DATE,
	TIMESTAMP,
	TIMESTAMP_LTZ: TIMESTAMP,
	TIMESTAMP_NTZ,
	VOID,
	VARIANT: { kind: 'variant' },
};
const INTERVAL_UNITS: IntervalUnit[] = ['year', 'month', 'day', 'hour', 'minute', 'second'];

/** The result of reading a type from a token list: the type and the index after it. */
export interface ReadType {
	type: SqlType;
	next: number;
}

/**
 * Reads a type at `index` of a token list (column definitions, CAST, parameters).
 * @throws SqlError UNSUPPORTED_DATATYPE for an unknown name, PARSE_SYNTAX_ERROR for a broken one
 */
export function readType(text: string, tokens: Token[], index: number): ReadType {
	let next = index;
	const peek = (): Token => {
		const token = tokens[Math.min(next, tokens.length - 1)];
		if (token === undefined) throw syntaxError(text, text.length, '');
		return token;
	};
	const fail = (): SqlError => syntaxError(text, peek().start, peek().text);
	const accept = (symbol: string): boolean => {
		if (peek().kind !== 'symbol' || peek().text !== symbol) return false;
		next += 1;
		return true;
	};
	const expect = (symbol: string): void => {
		if (!accept(symbol)) throw fail();
	};
	const closeAngle = (): void => {
		const token = peek();
		if (token.kind === 'symbol' && (token.text === '>>' || token.text === '>>>')) {
			const rest = token.text.slice(1);
			tokens.splice(next, 1, { ...token, text: '>' }, { ...token, text: rest });
		}
		expect('>');
	};
	const number = (): number => {
		const token = peek();
		if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw fail();
		next += 1;
		return Number(token.text);
	};
	const read = (): SqlType => {
		const token = peek();
		if (token.kind !== 'word') throw fail();
		next += 1;
		const name = token.text.toUpperCase();
		if (name === 'DECIMAL' || name === 'DEC' || name === 'NUMERIC') {
			if (!accept('(')) return decimalType(10, 0);
			const precision = number();
			const scale = accept(',') ? number() : 0;
			expect(')');
			return checkedDecimal(precision, scale);
		}
		if (name === 'CHAR' || name === 'CHARACTER' || name === 'VARCHAR') {
			expect('(');
			const length = number();
			expect(')');
			return { kind: name === 'VARCHAR' ? 'varchar' : 'char', length };
		}
		if (name === 'ARRAY') {
			expect('<');
			const element = read();
			closeAngle();
			return arrayType(element);
		}
		if (name === 'MAP') {
			expect('<');
			const key = read();
			expect(',');
			const value = read();
			closeAngle();
			return { kind: 'map', key, value };
		}
		if (name === 'STRUCT') {
			if (accept('<>')) return { kind: 'struct', fields: [] };
			expect('<');
			const fields: StructField[] = [];
			do {
				const field = peek();
				if (field.kind !== 'word' && field.kind !== 'quoted') throw fail();
				next += 1;
				accept(':');
				fields.push({ name: field.value, type: read() });
				skipFieldSuffix();
			} while (accept(','));
			closeAngle();
			return { kind: 'struct', fields };
		}
		if (name === 'INTERVAL') return readInterval();
		const simple = SIMPLE_NAMES[name];
		if (simple !== undefined) {
			if (name === 'STRING' && peek().kind === 'word' && peek().text.toUpperCase() === 'COLLATE') {
				throw unsupported('COLLATE');
			}
			return simple;
		}
		if (name === 'TIME') throw unsupported('the type TIME');
		throw new SqlError('UNSUPPORTED_DATATYPE', '0A000', `Unsupported data type "${name}".`);
	};
	const skipFieldSuffix = (): void => {
		if (peek().kind === 'word' && peek().text.toUpperCase() === 'NOT') next += 2;
		if (peek().kind === 'word' && peek().text.toUpperCase() === 'COMMENT') next += 2;
	};
	const unit = (): IntervalUnit => {
		const found = INTERVAL_UNITS.find((name) => name === peek().text.toLowerCase());
		if (found === undefined) throw fail();
		next += 1;
		return found;
	};
	const readInterval = (): SqlType => {
		const start = unit();
		if (peek().kind !== 'word' || peek().text.toUpperCase() !== 'TO') {
			return { kind: 'interval', start, end: start };
		}
		next += 1;
		return { kind: 'interval', start, end: unit() };
	};
	const type = read();
	return { type, next };
}

function checkedDecimal(precision: number, scale: number): SqlType {
	if (precision > 38) {
		throw new SqlError(
			'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION',
			'22003',
			`Decimal precision ${precision} exceeds max precision 38.`,
		);
	}
	if (scale > precision) {
		throw new SqlError(
			'_LEGACY_ERROR_TEMP_1114',
			'42000',
			`Decimal scale (${scale}) cannot be greater than precision (${precision}).`,
		);
	}
	return decimalType(precision, scale);
}

/** Reads a whole text as one type, e.g. `decimal(18,2)` or `array<struct<id:int,name:string>>`. */
export function parseType(text: string): SqlType {
	const tokens = tokenize(text);
	const { type, next } = readType(text, tokens, 0);
	const rest = tokens[next];
	if (rest !== undefined && rest.kind !== 'end') throw syntaxError(text, rest.start, rest.text);
	return type;
}

function intervalWords(type: { start: IntervalUnit; end: IntervalUnit }): string {
	const start = type.start.toUpperCase();
	return type.start === type.end ? start : `${start} TO ${type.end.toUpperCase()}`;
}

const quotedField = (name: string): string =>
	/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;

/** The SQL text of a type as manifests and errors show it: `DECIMAL(18,2)`, `STRUCT<a: INT>`. */
export function typeText(type: SqlType): string {
	switch (type.kind) {
		case 'decimal':
			return `DECIMAL(${type.precision},${type.scale})`;
		case 'char':
		case 'varchar':
			return `${type.kind.toUpperCase()}(${type.length})`;
		case 'array':
			return `ARRAY<${typeText(type.element)}>`;
		case 'map':
			return `MAP<${typeText(type.key)}, ${typeText(type.value)}>`;
		case 'struct':
			return `STRUCT<${type.fields.map((field) => `${quotedField(field.name)}: ${typeText(field.type)}`).join(', ')}>`;
		case 'interval':
			return `INTERVAL ${intervalWords(type)}`;
		default:
			return type.kind.toUpperCase();
	}
}

/** The text that `typeof` and DESCRIBE give: `decimal(18,2)`, `struct<a:int>`. */
export function typeName(type: SqlType): string {
	switch (type.kind) {
		case 'array':
			return `array<${typeName(type.element)}>`;
		case 'map':
			return `map<${typeName(type.key)},${typeName(type.value)}>`;
		case 'struct':
			return `struct<${type.fields.map((field) => `${field.name}:${typeName(field.type)}`).join(',')}>`;
		default:
			return typeText(type).toLowerCase();
	}
}

const WIRE_NAMES: Partial<Record<SqlType['kind'], string>> = {
	tinyint: 'BYTE',
	smallint: 'SHORT',
	bigint: 'LONG',
	void: 'NULL',
};

/** The `type_name` of a column in a statement's manifest: LONG for BIGINT, DECIMAL, STRUCT … */
export function wireTypeName(type: SqlType): string {
	return WIRE_NAMES[type.kind] ?? type.kind.toUpperCase();
}

const quotedDuckdb = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * The DuckDB type that holds a Spark type. TIMESTAMP is a naive DuckDB timestamp in UTC, which is the
 * only session time zone; intervals are whole months (INTEGER) or microseconds (BIGINT).
 */
export function duckdbType(type: SqlType): string {
	switch (type.kind) {
		case 'decimal':
			return `DECIMAL(${type.precision},${type.scale})`;
		case 'array':
			return `${duckdbType(type.element)}[]`;
		case 'map':
			return `MAP(${duckdbType(type.key)}, ${duckdbType(type.value)})`;
		case 'struct':
			return `STRUCT(${type.fields.map((field) => `${quotedDuckdb(field.name)} ${duckdbType(field.type)}`).join(', ')})`;
		case 'interval':
			return type.start === 'year' || type.start === 'month' ? 'INTEGER' : 'BIGINT';
		case 'int':
			return 'INTEGER';
		case 'binary':
			return 'BLOB';
		case 'string':
		case 'char':
		case 'varchar':
			return 'VARCHAR';
		case 'timestamp':
		case 'timestamp_ntz':
			return 'TIMESTAMP';
		case 'void':
			return 'INTEGER';
		case 'variant':
			throw unsupported('the type VARIANT');
		default:
			return type.kind.toUpperCase();
	}
}

/** Whether two types are the same type (struct field names compared without case). */
export function sameType(left: SqlType, right: SqlType): boolean {
	return typeName(left).toLowerCase() === typeName(right).toLowerCase();
}
