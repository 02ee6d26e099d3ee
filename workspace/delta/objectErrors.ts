import { quoteName, SqlError } from '../sql/sqlError';
import { fullName, type StoredTable } from './storedTable';

export function tableExists(parts: readonly string[]): SqlError {
	const text =
		`Cannot create table or view ${quoteName(parts)} because it already exists.\n` +
		'Choose a different name, drop or replace the existing object, or add the IF NOT EXISTS ' +
		'clause to tolerate pre-existing objects.';
	return new SqlError('TABLE_OR_VIEW_ALREADY_EXISTS', '42P07', text);
}

export function schemaNotFound(parts: readonly string[]): SqlError {
	const text =
		`The schema ${quoteName(parts)} cannot be found. Verify the spelling and correctness of ` +
		'the schema and catalog.\nIf you did not qualify the name with a catalog, verify the ' +
		'current_schema() output, or qualify the name with the correct catalog.\n' +
		'To tolerate the error on drop use DROP SCHEMA IF EXISTS.';
	return new SqlError('SCHEMA_NOT_FOUND', '42704', text);
}

export function schemaExists(parts: readonly string[]): SqlError {
	const text =
		`Cannot create schema ${quoteName(parts)} because it already exists.\nChoose a different ` +
		'name, drop the existing schema, or add the IF NOT EXISTS clause to tolerate pre-existing ' +
		'schema.';
	return new SqlError('SCHEMA_ALREADY_EXISTS', '42P06', text);
}

export function schemaNotEmpty(name: string): SqlError {
	const text =
		`Cannot drop a schema ${quoteName([name])} because it contains objects.\n` +
		'Use DROP SCHEMA ... CASCADE to drop the schema and all its objects.';
	return new SqlError('SCHEMA_NOT_EMPTY', '2BP01', text);
}

export function catalogNotFound(name: string): SqlError {
	const text = `The catalog ${quoteName([name])} not found. Consider to create it with CREATE CATALOG.`;
	return new SqlError('CATALOG_NOT_FOUND', '42P08', text);
}

export function catalogExists(name: string): SqlError {
	const text = `Cannot create catalog ${quoteName([name])} because it already exists.`;
	return new SqlError('CATALOG_ALREADY_EXISTS', '42P06', text);
}

export function catalogNotEmpty(name: string): SqlError {
	const text =
		`Cannot drop a catalog ${quoteName([name])} because it contains schemas.\n` +
		'Use DROP CATALOG ... CASCADE to drop the catalog and all its schemas.';
	return new SqlError('CATALOG_NOT_EMPTY', '2BP01', text);
}

export function volumeNotFound(parts: readonly string[]): SqlError {
	const text = `The volume ${quoteName(parts)} cannot be found.`;
	return new SqlError('VOLUME_NOT_FOUND', '42704', text);
}

export function volumeExists(parts: readonly string[]): SqlError {
	const text = `Cannot create volume ${quoteName(parts)} because it already exists.`;
	return new SqlError('VOLUME_ALREADY_EXISTS', '42000', text);
}

export function columnExists(name: string): SqlError {
	const text =
		`The column ${quoteName([name.toLowerCase()])} already exists. ` +
		'Choose another name or rename the existing column.';
	return new SqlError('COLUMN_ALREADY_EXISTS', '42711', text);
}

/** @param asked the name as the statement has it, where the place of the error is */
export function expectTable(
	command: string,
	parts: readonly string[],
	asked: readonly string[],
): SqlError {
	const text = `'${command}' expects a table but ${quoteName(parts)} is a view. `;
	return new SqlError('EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE', '42809', text, { name: asked });
}

/** Streaming tables and materialized views are written by their pipeline only. */
export function notWritable(table: StoredTable): SqlError {
	const kind = table.kind === 'STREAMING_TABLE' ? 'streaming table' : 'materialized view';
	const text = `The operation is not allowed: ${fullName(table)} is a ${kind}, which only its pipeline writes.`;
	return new SqlError('OPERATION_NOT_ALLOWED_ON_PIPELINE_TABLE', '42601', text);
}

/** What Spark says of names that come twice (measured with Spark 4.1). */
export function columnTwice(name: string): SqlError {
	const text = `The column \`${name.toLowerCase()}\` already exists. Choose another name or rename the existing column.`;
	return new SqlError('COLUMN_ALREADY_EXISTS', '42711', text);
}
