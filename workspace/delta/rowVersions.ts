import { duckdbType } from '../sql/sqlType';
import { sqlName } from '../sql/stringLiteral';
import type { Column } from '../sql/scope';
import type { Transaction } from './database';
import { typeOf, type StoredColumn, type StoredTable, type TableState } from './storedTable';

/**
 * How the rows of a table are kept: one DuckDB table whose rows are row versions. A version of a
 * row lives from the commit that wrote it (`__from`) until the one that ended it (`__to`, NULL
 * while it is current), with how it began (insert, update) and ended (delete, update). What a
 * table held at a version, and its change feed, are therefore plain queries. `__row` numbers the
 * row through its updates, `__written` is the version that wrote these values: a RESTORE begins
 * such a pair again, and leaves alone the pairs that are still there.
 *
 * A column is only ever added, before the rows of its transaction change: DuckDB refuses a
 * transaction that alters a table it has already updated.
 */
export const currentOnly = '"__to" IS NULL';

export function storageTable(table: Pick<StoredTable, 'storage'>): string {
	return `lakehouse_rows.${sqlName(table.storage)}`;
}

export async function createStorage(transaction: Transaction): Promise<string> {
	const [number] = await transaction.row("SELECT nextval('lakehouse_state.storage_number')");
	const storage = `t${number}`;
	await transaction.run(
		`CREATE TABLE lakehouse_rows.${sqlName(storage)} ("__row" BIGINT NOT NULL, "__written" BIGINT NOT NULL,
			"__from" BIGINT NOT NULL, "__began" VARCHAR NOT NULL, "__to" BIGINT, "__ended" VARCHAR)`,
	);
	return storage;
}

export async function dropStorage(transaction: Transaction, table: StoredTable): Promise<void> {
	await transaction.run(`DROP TABLE IF EXISTS ${storageTable(table)}`);
	for (const name of ['commits']) {
		await transaction.run(`DELETE FROM lakehouse_state.${name} WHERE storage = $1`, [
			table.storage,
		]);
	}
	for (const name of ['stream_positions', 'stream_files']) {
		await transaction.run(`DELETE FROM lakehouse_state.${name} WHERE target = $1`, [table.storage]);
	}
}

/** Adds a physical column and counts it. */
export async function addPhysical(
	transaction: Transaction,
	table: StoredTable,
	column: Pick<StoredColumn, 'type'>,
): Promise<string> {
	const physical = `c${table.nextColumn}`;
	table.nextColumn += 1;
	const type = duckdbType(typeOf(column));
	await transaction.run(`ALTER TABLE ${storageTable(table)} ADD COLUMN ${physical} ${type}`);
	return physical;
}

/** The columns of a state as queries see them: names of Spark over physical ones. */
export function queryColumns(state: TableState): Column[] {
	return state.columns.map((column) => ({
		name: column.name,
		type: typeOf(column),
		nullable: column.nullable,
		physical: column.physical,
	}));
}

/** A FROM item with the rows that a table held after a version; the current ones without it. */
export function rowsAt(table: StoredTable, version?: number): string {
	const filter =
		version === undefined
			? currentOnly
			: `"__from" <= ${version} AND ("__to" IS NULL OR "__to" > ${version})`;
	return `(SELECT * FROM ${storageTable(table)} WHERE ${filter})`;
}

export async function countRows(transaction: Transaction, table: StoredTable): Promise<number> {
	return await transaction.count(
		`SELECT count(*) FROM ${storageTable(table)} WHERE ${currentOnly}`,
	);
}

export type Ending = 'delete' | 'update';
export type Beginning = 'insert' | 'update';

/** Ends current rows with the table's version. `which` is a condition over the storage table. */
export async function endRows(
	transaction: Transaction,
	table: StoredTable,
	how: Ending,
	which = 'TRUE',
): Promise<number> {
	return await transaction.change(
		`UPDATE ${storageTable(table)} SET "__to" = ${table.version}, "__ended" = '${how}'
			WHERE ${currentOnly} AND (${which})`,
	);
}

/**
 * Begins rows with the table's version. `source` is a FROM item whose columns have the physical
 * names. Rows are numbered in its order (new), keep the number in its column `__row` (kept), or
 * keep it together with their `__written` (restored).
 */
export async function beginRows(
	transaction: Transaction,
	table: StoredTable,
	how: Beginning,
	source: string,
	numbering: 'new' | 'kept' | 'restored',
): Promise<number> {
	const physical = table.state.columns.map((column) => column.physical);
	const list = physical.map((name) => `, ${name}`).join('');
	const row = numbering === 'new' ? `row_number() OVER () - 1 + ${table.nextRow}` : '"__row"';
	const written = numbering === 'restored' ? '"__written"' : String(table.version);
	const added = await transaction.change(
		`INSERT INTO ${storageTable(table)} ("__row", "__written", "__from", "__began"${list})
			SELECT ${row}, ${written}, ${table.version}, '${how}'${list} FROM ${source} AS "source"`,
	);
	if (numbering === 'new') table.nextRow += added;
	return added;
}
