import { newUuid } from '../../ids';
import { SqlError, unsupported } from '../../sql/sqlError';
import { BIGINT, duckdbType, typeText, type SqlType } from '../../sql/sqlType';
import type { Relation } from '../../sql/scope';
import { translateQuery } from '../../sql/translate';
import { statesOf } from '../commits';
import type { Context } from '../context';
import { checkRows, stage, stageRelation } from '../dml/stage';
import { tableExists, expectTable } from '../objectErrors';
import type { TableKind } from '../objects';
import type { SqlResult } from '../session';
import { addPhysical, beginRows, createStorage, endRows } from '../rowVersions';
import { emptyState, type StoredTable, type TableState } from '../storedTable';
import { commitWrite, done, nextVersion } from '../tableWrite';
import { cloneTable } from './cloneTable';
import { checkKeptExpressions } from './keptExpressions';
import { likeTable } from './likeTable';
import { mustBePlain, mustDiffer, type TableDefinition } from './tableDefinition';
import { checkFeedColumns, checkProperties } from './tableProperties';
import { checkName } from './objectNames';
import { checkLayoutColumns } from './layoutColumns';

/** CREATE [OR REPLACE] TABLE, with columns, AS a query, LIKE a table or as a CLONE of one. */
export async function createTable(context: Context, written: TableDefinition): Promise<SqlResult> {
	if (written.clone !== undefined) return await cloneTable(context, written, written.clone);
	const [catalog, schema, name] = context.resolve(written.name);
	await context.mustHaveSchema(catalog, schema);
	const existing = await context.objects.table(catalog, schema, name);
	const asSelect = written.query === undefined ? '' : ' AS SELECT';
	if (existing !== undefined && !written.replace) {
		if (!written.ifNotExists) throw tableExists([catalog, schema, name]);
		context.discard();
		return done('CREATE TABLE');
	}
	if (existing?.kind === 'VIEW') {
		throw expectTable('REPLACE TABLE', [catalog, schema, name], written.name);
	}
	const definition =
		written.like === undefined ? written : await likeTable(context, written, written.like);
	const source =
		definition.query === undefined
			? undefined
			: await translateQuery(definition.query, context.scope);
	const table =
		existing === undefined
			? await newTable(context, [catalog, schema, name], 'MANAGED')
			: { ...anew(nextVersion(existing)), detailId: newUuid() };
	await setColumns(context, table, definition, source);
	const rows = source === undefined ? 0 : await stageColumns(context, table, source);
	const replaces = existing !== undefined;
	if (replaces) await endRows(context.transaction, table, 'delete');
	if (rows > 0) await beginRows(context.transaction, table, 'insert', stage, 'new');
	const verb = definition.replace ? 'CREATE OR REPLACE TABLE' : 'CREATE TABLE';
	await commitWrite(context, table, {
		operation: `${verb}${asSelect}`,
		parameters: creationParameters(table.state),
		metrics: source === undefined ? {} : { numFiles: rows > 0 ? 1 : 0, numOutputRows: rows },
		isBlindAppend: !replaces,
		changesRows: rows > 0 || replaces,
		files: rows > 0 ? 'one' : 'none',
		stateChanged: true,
	});
	const created = done(`CREATE TABLE${asSelect}`);
	// A warehouse names these two columns for a CREATE TABLE AS, and gives no row.
	const names = source === undefined ? [] : ['num_affected_rows', 'num_inserted_rows'];
	return {
		...created,
		columns: names.map((column) => ({ name: column, type: BIGINT, nullable: true })),
	};
}

/** A table that is replaced is no clone any more. */
function anew({ shallowOf: _, originCreatedAtMs: __, ...table }: StoredTable): StoredTable {
	return table;
}

/** A table before its first commit: version 0, no columns yet, an empty storage. */
export async function newTable(
	context: Context,
	[catalog, schema, name]: readonly [string, string, string],
	kind: TableKind,
): Promise<StoredTable> {
	checkName(name);
	const { user } = context.session;
	return {
		id: newUuid(),
		detailId: newUuid(),
		catalog,
		schema,
		name,
		kind,
		owner: user,
		createdAtMs: context.nowMs,
		createdBy: user,
		updatedAtMs: context.nowMs,
		updatedBy: user,
		storage: kind === 'VIEW' ? '' : await createStorage(context.transaction),
		version: 0,
		nextRow: 0,
		nextColumn: 1,
		state: emptyState,
	};
}

/** What a CREATE TABLE commit says of the table, as Delta writes it. */
export function creationParameters(state: TableState): Record<string, string | null> {
	return {
		partitionBy: JSON.stringify(state.partitionBy),
		clusterBy: JSON.stringify(state.clusterBy),
		description: state.comment ?? null,
		isManaged: 'true',
		properties: JSON.stringify(state.properties),
	};
}

async function setColumns(
	context: Context,
	table: StoredTable,
	definition: TableDefinition,
	source: Relation | undefined,
): Promise<void> {
	checkProperties(definition.properties);
	const wanted = definition.columns ?? queryResultColumns(source);
	const mapped = definition.properties['delta.columnMapping.mode'] === 'name';
	if (!mapped) checkColumnNames(wanted.map(({ name }) => name));
	table.state = {
		columns: await physicalColumns(context, table, wanted),
		partitionBy: definition.partitionBy,
		clusterBy: definition.clusterBy,
		properties: definition.properties,
		constraints: definition.constraints,
		...(definition.comment === undefined ? {} : { comment: definition.comment }),
	};
	checkLayoutColumns(table.state);
	checkFeedColumns(table.state);
	await checkKeptExpressions(context, table);
}

/** @throws SqlError DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES for names that need column mapping */
export function checkColumnNames(names: readonly string[]): void {
	const odd = names.filter((name) => /[ ,;{}()\n\t=]/.test(name));
	if (odd.length === 0) return;
	throw new SqlError(
		'DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES',
		'42K05',
		"Found invalid character(s) among ' ,;{}()\\n\\t=' in the column names of your schema.\n" +
			`Invalid column names: ${odd.join(', ')}.\nPlease use other characters and try again.\n` +
			'Alternatively, enable Column Mapping to keep using these characters.',
	);
}

export interface WantedColumn {
	name: string;
	type: SqlType;
	nullable: boolean;
	comment?: string;
	defaultExpression?: string;
}

/** The columns a query gives its table: all of them may be NULL. */
export function queryResultColumns(source: Relation | undefined): WantedColumn[] {
	const columns = source?.columns ?? [];
	mustDiffer(columns.map((column) => column.name));
	const untyped = columns.find((column) => column.type.kind === 'void');
	if (untyped !== undefined) {
		const text = `A table cannot have the column ${untyped.name} of type VOID. Cast it to a type.`;
		throw new SqlError('UNSUPPORTED_DATATYPE', '0A000', text);
	}
	const mixed = columns.find((column) => column.type.kind === 'calendar_interval');
	if (mixed !== undefined) throw unsupported(`a column of type INTERVAL (${mixed.name})`);
	return columns.map(({ name, type }) => ({ name, type, nullable: true }));
}

/**
 * Finds a physical column for each wanted one. A replaced table reuses what held the same name
 * and type before, so that its change feed can still be read across the replacement.
 */
export async function physicalColumns(
	context: Context,
	table: StoredTable,
	wanted: readonly WantedColumn[],
): Promise<TableState['columns']> {
	const before = await statesOf(context.transaction, table.storage);
	const known = before.flatMap(({ state }) => state.columns);
	const columns: TableState['columns'] = [];
	for (const { name, type, nullable, comment, defaultExpression } of wanted) {
		duckdbType(type);
		mustBePlain(type);
		const text = typeText(type);
		const same = known.findLast(
			(column) => column.name.toLowerCase() === name.toLowerCase() && column.type === text,
		);
		const physical =
			same?.physical ?? (await addPhysical(context.transaction, table, { type: text }));
		columns.push({
			name,
			type: text,
			nullable,
			physical,
			...(comment === undefined ? {} : { comment }),
			...(defaultExpression === undefined ? {} : { defaultExpression }),
		});
	}
	return columns;
}

async function stageColumns(
	context: Context,
	table: StoredTable,
	source: Relation,
): Promise<number> {
	if (source.columns.length !== table.state.columns.length) {
		const text = `The query gives ${source.columns.length} columns for a table of ${table.state.columns.length}.`;
		throw new SqlError('DELTA_METADATA_MISMATCH', '42KDG', text);
	}
	const rows = await stageRelation(context, table, source, (_column, at) => source.columns[at]);
	await checkRows(context, table);
	return rows;
}
