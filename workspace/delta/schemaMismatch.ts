import type { Column } from '../sql/scope';
import { SqlError } from '../sql/sqlError';
import { typeName, type SqlType } from '../sql/sqlType';
import { typeOf, type StoredTable } from './storedTable';

/** Data with columns that a table has not, told as Delta 4.3 tells it: with both schemas. */
export function schemaMismatch(table: StoredTable, data: readonly Column[]): SqlError {
	const columns = table.state.columns.map((column) => ({ ...column, type: typeOf(column) }));
	const given = data.map(({ name, type }) => ({ name, type }));
	const text =
		'A metadata mismatch was detected when writing to the Delta table.\n' +
		`- A schema mismatch detected when writing to the Delta table (Table ID: ${table.detailId}).\n` +
		`To enable schema migration using DataFrameWriter or DataStreamWriter, please set: '.option("mergeSchema", "true")'.\n` +
		'For other operations, set the session configuration spark.databricks.delta.schema.autoMerge.enabled to "true". ' +
		'See the documentation specific to the operation for details.\n\n' +
		`Table schema:\n${tree(columns)}\n\nData schema:\n${tree(given)}\n\n`;
	return new SqlError('DELTA_METADATA_MISMATCH', '42KDG', text);
}

type Field = { name: string; type: SqlType; nullable?: boolean };

const tree = (fields: readonly Field[]): string =>
	`root\n${fields.map((field) => branch(field, ' ')).join('')}`;

function branch({ name, type, nullable = true }: Field, indent: string): string {
	const line = `${indent}|-- ${name}: ${treeName(type)} (nullable = ${nullable})\n`;
	return line + inside(type, `${indent}|    `);
}

/** What an array, a map or a struct holds, a line each. */
function inside(type: SqlType, indent: string): string {
	if (type.kind === 'struct') return type.fields.map((field) => branch(field, indent)).join('');
	if (type.kind === 'array') {
		const line = `${indent}|-- element: ${treeName(type.element)} (containsNull = true)\n`;
		return line + inside(type.element, `${indent}|    `);
	}
	if (type.kind !== 'map') return '';
	const key = `${indent}|-- key: ${treeName(type.key)}\n`;
	const value = `${indent}|-- value: ${treeName(type.value)} (valueContainsNull = true)\n`;
	const deeper = `${indent}|    `;
	return key + inside(type.key, deeper) + value + inside(type.value, deeper);
}

const NAMES: Record<string, string> = {
	tinyint: 'byte',
	smallint: 'short',
	int: 'integer',
	bigint: 'long',
};

function treeName(type: SqlType): string {
	if (type.kind === 'array' || type.kind === 'map' || type.kind === 'struct') return type.kind;
	return NAMES[type.kind] ?? typeName(type);
}
