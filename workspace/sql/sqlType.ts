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
	| 'variant'
	/** months, days and microseconds side by side, as make_interval makes it */
	| 'calendar_interval';
export type StructField = { name: string; type: SqlType };

/** A Spark SQL type. Intervals are counted in months (year, month) or microseconds (the others). */
export type SqlType =
	| { kind: SimpleKind }
	| { kind: 'decimal'; precision: number; scale: number }
	/** a time of day; `precision` is how many digits of a second it has, 6 at most */
	| { kind: 'time'; precision: number }
	| { kind: 'char' | 'varchar'; length: number }
	/** a text under another collation than UTF8_BINARY, which is that of STRING */
	| { kind: 'collated'; collation: string }
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
export const CALENDAR_INTERVAL: SqlType = { kind: 'calendar_interval' };
export const VARIANT: SqlType = { kind: 'variant' };
export const VOID: SqlType = { kind: 'void' };
export const decimalType = (precision: number, scale: number): SqlType => ({
	kind: 'decimal',
	precision,
	scale,
});
/** A time of day; without a precision TIME is TIME(6). */
export const timeType = (precision: number): SqlType => ({ kind: 'time', precision });
export const arrayType = (element: SqlType): SqlType => ({ kind: 'array', element });

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
		case 'collated':
			return `STRING COLLATE ${type.collation}`;
		case 'time':
			return `TIME(${type.precision})`;
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
		case 'calendar_interval':
			return 'INTERVAL';
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
		case 'collated':
			return `string collate ${type.collation}`;
		default:
			return typeText(type).toLowerCase();
	}
}

const WIRE_NAMES: Partial<Record<SqlType['kind'], string>> = {
	tinyint: 'BYTE',
	smallint: 'SHORT',
	bigint: 'LONG',
	void: 'NULL',
	calendar_interval: 'INTERVAL',
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
		case 'calendar_interval':
			return 'INTERVAL';
		case 'int':
			return 'INTEGER';
		case 'binary':
			return 'BLOB';
		case 'string':
		case 'char':
		case 'varchar':
		case 'collated':
			return 'VARCHAR';
		case 'timestamp':
		case 'timestamp_ntz':
			return 'TIMESTAMP';
		case 'time':
			return 'TIME';
		case 'void':
			return 'INTEGER';
		// stored as text, see variants/value.ts
		case 'variant':
			return 'VARCHAR';
		default:
			return type.kind.toUpperCase();
	}
}

/** Whether two types are the same type (struct field names compared without case). */
export function sameType(left: SqlType, right: SqlType): boolean {
	return typeName(left).toLowerCase() === typeName(right).toLowerCase();
}
