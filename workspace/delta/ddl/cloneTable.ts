import { newUuid } from '../../ids';
import { SqlError, unsupported } from '../../sql/sqlError';
import { BIGINT } from '../../sql/sqlType';
import { stateAt } from '../commits';
import type { Context } from '../context';
import { fillStage, stage } from '../dml/stage';
import { keptCommits, mustHaveFilesAt } from '../retention';
import { beginRows, countRows, rowsAt } from '../rowVersions';
import type { SqlResult } from '../session';
import { fullName, typeOf, type StoredTable, type TableState } from '../storedTable';
import { commitWrite, nextVersion } from '../tableWrite';
import { versionOf } from '../timeTravel';
import type { CloneOf } from './cloneDefinition';
import { newTable, physicalColumns } from './createTable';
import type { TableDefinition } from './tableDefinition';
import { checkFeedColumns, checkProperties } from './tableProperties';

/**
 * CREATE [OR REPLACE] TABLE [IF NOT EXISTS] name [SHALLOW | DEEP] CLONE source: rows, columns, constraints,
 * partitions and properties of a version of another table, in a table with a history of its own. The comment
 * is not cloned (measured with Delta 4.3 for shallow clones; Databricks documents the same of deep ones).
 * Unity Catalog keeps the files of shallow clones when the source is vacuumed; it has none of shallow clones.
 * @throws SqlError TABLE_OR_VIEW_NOT_FOUND, DELTA_CLONE_UNSUPPORTED_SOURCE, DELTA_TABLE_ALREADY_EXISTS,
 *   DELTA_VERSION_NOT_FOUND and others of time travel; 0A000 for a target that has rows
 */
export async function cloneTable(
	context: Context,
	{ name, replace, ifNotExists }: TableDefinition,
	clone: CloneOf,
): Promise<SqlResult> {
	const { transaction } = context;
	const source = await SqlError.locateLater(clone.place, () => sourceOf(context, clone));
	const [catalog, schema, own] = context.resolve(name);
	await context.mustHaveSchema(catalog, schema);
	const version = await versionOf(transaction, source, clone.at);
	const existing = await context.objects.table(catalog, schema, own);
	if (existing !== undefined && !replace) {
		if (!ifNotExists) throw alreadyThere(fullName(existing));
		context.discard();
		return answer();
	}
	if (existing !== undefined) await mustBeReplaceable(context, existing, source);
	await mustHaveFilesAt(transaction, source, version);
	checkProperties(clone.properties);
	const table =
		existing === undefined
			? await newTable(context, [catalog, schema, own], 'MANAGED')
			: { ...nextVersion(existing), detailId: newUuid() };
	table.originCreatedAtMs = source.originCreatedAtMs ?? source.createdAtMs;
	if (clone.isShallow) table.shallowOf = source.id;
	else delete table.shallowOf;
	const state = await stateAt(transaction, source.storage, version);
	await setState(context, table, state, clone);
	const rows = await copyRows(context, table, state, rowsAt(source, version));
	if (!clone.isShallow) await copyLoadedFiles(context, table, source, version);
	const files = await filesAt(context, source, version);
	const counts = { sourceNumOfFiles: files, numCopiedFiles: clone.isShallow ? 0 : files };
	await commitWrite(context, table, {
		operation: 'CLONE',
		parameters: {
			source: fullName(source),
			sourceVersion: String(version),
			isShallow: String(clone.isShallow),
		},
		metrics: { ...counts, numRemovedFiles: 0, ...certainSizes(counts) },
		readVersion: -1,
		isBlindAppend: false,
		changesRows: rows > 0,
		files,
		stateChanged: true,
	});
	return answer(counts);
}

async function sourceOf(context: Context, { source, isShallow }: CloneOf): Promise<StoredTable> {
	const table = await context.tableOrView(source);
	if (isShallow && table.shallowOf !== undefined) {
		throw unsupported('a shallow clone of a shallow clone, which Unity Catalog does not have');
	}
	if (table.kind === 'MANAGED') return table;
	if (table.kind !== 'VIEW') throw unsupported(`a clone of a ${table.kind}`);
	const text = `Unsupported clone source '${fullName(table)}', whose format is View.\nThe supported formats are 'delta', 'iceberg' and 'parquet'.`;
	throw new SqlError('DELTA_CLONE_UNSUPPORTED_SOURCE', '0AKDC', text);
}

function alreadyThere(name: string): SqlError {
	const quoted = name
		.split('.')
		.map((part) => `\`${part}\``)
		.join('.');
	return new SqlError('DELTA_TABLE_ALREADY_EXISTS', '42P07', `Table ${quoted} already exists.`);
}

/**
 * A clone takes the place of a table without rows. Into one with rows open-source Delta refuses to clone, and
 * Databricks exchanges those of its files that differ, which tables without files cannot tell.
 */
async function mustBeReplaceable(
	context: Context,
	existing: StoredTable,
	source: StoredTable,
): Promise<void> {
	if (existing.kind === 'VIEW') {
		const text = 'CLONE is only supported for Delta tables.';
		throw new SqlError('DELTA_ONLY_OPERATION', '0AKDD', text);
	}
	if (existing.kind !== 'MANAGED') throw unsupported(`a clone in the place of a ${existing.kind}`);
	if (existing.id === source.id) throw unsupported('a clone of a table in its own place');
	if ((await countRows(context.transaction, existing)) > 0) {
		throw unsupported(
			`a clone in the place of a table that has rows; TRUNCATE TABLE ${fullName(existing)} first`,
		);
	}
}

/** What is cloned of the table itself; the comment stays that of the target. */
async function setState(
	context: Context,
	table: StoredTable,
	{ comment: _, ...source }: TableState,
	{ properties }: CloneOf,
): Promise<void> {
	const { comment } = table.state;
	const wanted = source.columns.map((column) => ({ ...column, type: typeOf(column) }));
	table.state = {
		...source,
		columns: await physicalColumns(context, table, wanted),
		properties: { ...source.properties, ...properties },
		...(comment === undefined ? {} : { comment }),
	};
	checkFeedColumns(table.state);
}

async function copyRows(
	context: Context,
	table: StoredTable,
	from: TableState,
	rows: string,
): Promise<number> {
	const values = table.state.columns.map(
		({ physical }, at) => `"source".${from.columns[at]?.physical ?? 'NULL'} AS ${physical}`,
	);
	const count = await fillStage(context, `SELECT ${values.join(', ')} FROM ${rows} AS "source"`);
	if (count > 0) await beginRows(context.transaction, table, 'insert', stage, 'new');
	return count;
}

/** A deep clone knows which files COPY INTO has loaded into its source. */
async function copyLoadedFiles(
	{ transaction }: Context,
	table: StoredTable,
	source: StoredTable,
	version: number,
): Promise<void> {
	const loaded = 'FROM lakehouse_state.stream_files WHERE target = $1';
	const count = await transaction.count(`SELECT count(*) ${loaded}`, [source.storage]);
	if (count === 0) return;
	if (version !== source.version) {
		throw unsupported('a deep clone of an older version of a table that COPY INTO wrote');
	}
	await transaction.run(
		`INSERT INTO lakehouse_state.stream_files SELECT $2, source, path ${loaded}`,
		[source.storage, table.storage],
	);
}

async function filesAt(context: Context, source: StoredTable, version: number): Promise<number> {
	const commits = await keptCommits(context.transaction, source);
	return commits.find((commit) => commit.version === version)?.files ?? 0;
}

interface Counts {
	sourceNumOfFiles: number;
	numCopiedFiles: number;
}

/** Sizes are known where there are no files to have one. */
function certainSizes({ sourceNumOfFiles, numCopiedFiles }: Counts): Record<string, number> {
	return {
		...(sourceNumOfFiles === 0 ? { sourceTableSize: 0 } : {}),
		...(numCopiedFiles === 0 ? { copiedFilesSize: 0 } : {}),
		removedFilesSize: 0,
	};
}

/** Delta's six columns; the row is left out where nothing was cloned. */
function answer(counts?: Counts): SqlResult {
	const shown: Record<string, number> =
		counts === undefined ? {} : { ...counts, ...certainSizes(counts), numRemovedFiles: 0 };
	const columns: [name: string, metric: string][] = [
		['source_table_size', 'sourceTableSize'],
		['source_num_of_files', 'sourceNumOfFiles'],
		['num_removed_files', 'numRemovedFiles'],
		['num_copied_files', 'numCopiedFiles'],
		['removed_files_size', 'removedFilesSize'],
		['copied_files_size', 'copiedFilesSize'],
	];
	const row = columns.map(([, metric]) => shown[metric]?.toString() ?? null);
	return {
		columns: columns.map(([name]) => ({ name, type: BIGINT, nullable: true })),
		rows: counts === undefined ? [] : [row],
		statementType: 'CREATE TABLE',
	};
}
