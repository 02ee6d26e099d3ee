import { metadataBytes, Table } from './arrowMetadata';
import { parseSqlType, type SqlType } from './sqlTypes';
import type { ResultColumn } from './statementState';

/** MetadataVersion.V5, since Arrow 1.0. */
const metadataVersion = 4;
const schemaKind = 1;

/**
 * The message that begins an Arrow IPC stream of these columns, for a result without chunks, which has
 * none. The types are those in which Databricks sends such columns: those of Spark, with VARIANT as
 * text, and all of them may be NULL. Source: Schema.fbs of Apache Arrow; Spark 4.1's Arrow schemas; how
 * Databricks' drivers read intervals, nested types and VARIANT.
 */
export function schemaMessage(columns: readonly ResultColumn[]): Buffer {
	const ordered = [...columns].sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
	const fields = ordered.map((column) => fieldOf(column.name, typeOf(column)));
	const schema = new Table(undefined, fields);
	const metadata = metadataBytes(new Table(metadataVersion, schemaKind, schema));
	const head = Buffer.alloc(8, 0xff);
	head.writeInt32LE(metadata.length, 4);
	return Buffer.concat([head, metadata]);
}

function typeOf({ type_name, type_text, type_precision, type_scale }: ResultColumn): SqlType {
	const type = parseSqlType(type_text ?? type_name ?? 'STRING');
	if (type.kind !== 'scalar' || type.name !== 'DECIMAL' || type_precision === undefined)
		return type;
	return { ...type, precision: type_precision, scale: type_scale ?? 0 };
}

/** A type's number in the union Type, its table, and the fields inside of it. */
interface ArrowType {
	number: number;
	table: Table;
	children?: readonly Table[];
}

function fieldOf(name: string, type: SqlType, isNullable = true): Table {
	return arrowField(name, arrowType(type), isNullable);
}

function arrowField(name: string, { number, table, children }: ArrowType, isNullable: boolean) {
	return new Table(name, Number(isNullable), number, table, undefined, children ?? []);
}

function arrowType(type: SqlType): ArrowType {
	switch (type.kind) {
		case 'array':
			return { number: 12, table: new Table(), children: [fieldOf('element', type.element)] };
		case 'map': {
			const children = [fieldOf('key', type.key, false), fieldOf('value', type.value)];
			const entries = arrowField('entries', { number: 13, table: new Table(), children }, false);
			return { number: 17, table: new Table(), children: [entries] };
		}
		case 'struct': {
			const children = type.fields.map((field) => fieldOf(field.name, field.type));
			return { number: 13, table: new Table(), children };
		}
		default:
			return scalars[type.name]?.(type) ?? text;
	}
}

type Scalar = Extract<SqlType, { kind: 'scalar' }>;

/** What has no type of its own comes as text, too. */
const text: ArrowType = { number: 5, table: new Table() };
const integer = (bits: number): ArrowType => ({ number: 2, table: new Table(bits, 1) });
const floating = (precision: number): ArrowType => ({ number: 3, table: new Table(precision) });
const microseconds = 2;
const nanoseconds = 3;

const scalars: Readonly<Record<string, (type: Scalar) => ArrowType>> = {
	VOID: () => ({ number: 1, table: new Table() }),
	TINYINT: () => integer(8),
	SMALLINT: () => integer(16),
	INT: () => integer(32),
	BIGINT: () => integer(64),
	FLOAT: () => floating(1),
	DOUBLE: () => floating(2),
	BINARY: () => ({ number: 4, table: new Table() }),
	BOOLEAN: () => ({ number: 6, table: new Table() }),
	DECIMAL: ({ precision = 10, scale = 0 }) => ({
		number: 7,
		table: new Table(precision, scale, 128),
	}),
	DATE: () => ({ number: 8, table: new Table(0) }),
	TIME: () => ({ number: 9, table: new Table(nanoseconds, 64) }),
	TIMESTAMP: () => ({ number: 10, table: new Table(microseconds, 'Etc/UTC') }),
	TIMESTAMP_NTZ: () => ({ number: 10, table: new Table(microseconds) }),
	INTERVAL: ({ text: name }) => {
		if (/DAY|HOUR|MINUTE|SECOND/.test(name)) return { number: 18, table: new Table(microseconds) };
		return /YEAR|MONTH/.test(name) ? { number: 11, table: new Table(0) } : text;
	},
};
