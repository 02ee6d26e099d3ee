import { isDeepStrictEqual } from 'node:util';
import { translateQuery } from '../../sql/translate';
import type { Relation } from '../../sql/scope';
import { SqlError, unsupported } from '../../sql/sqlError';
import { typeText } from '../../sql/sqlType';
import { tokenize } from '../../sql/tokens';
import type { Context } from '../context';
import {
	checkColumnNames,
	creationParameters,
	newTable,
	physicalColumns,
	queryResultColumns,
} from '../ddl/createTable';
import { checkFeedColumns, checkProperties } from '../ddl/tableProperties';
import { checkRows, stage } from '../dml/stage';
import type { DatasetProgress, DatasetSpec } from '../objects';
import { QueryScope } from '../queryScope';
import { beginRows, countRows, endRows } from '../rowVersions';
import { columnNamed, type StoredTable, type TableState } from '../storedTable';
import { commitWrite, nextVersion } from '../tableWrite';
import { stageExpected, type Verdict } from './expectations';
import { Checkpoint } from './streams';

export interface RefreshOptions {
	fullRefresh: boolean;
	/** Of a streaming table: read its sources again, and keep what it holds. */
	resetCheckpoint?: boolean;
}

/**
 * Refreshes a dataset of a pipeline. A streaming table takes what is new since its checkpoint; a
 * materialized view is computed anew and committed as one overwrite. A full refresh of a streaming
 * table empties it and reads its sources from the beginning; its versions go on counting. A reset of
 * its checkpoint reads them from the beginning, too, and keeps the rows that are there.
 */
export async function refreshDataset(
	context: Context,
	spec: DatasetSpec,
	how: RefreshOptions,
): Promise<DatasetProgress> {
	checkProperties(spec.properties ?? {});
	return spec.kind === 'STREAMING_TABLE'
		? await refreshStream(context, spec, how)
		: await refreshView(context, spec);
}

async function refreshStream(
	context: Context,
	spec: DatasetSpec,
	{ fullRefresh, resetCheckpoint = false }: RefreshOptions,
): Promise<DatasetProgress> {
	mustBeStateless(spec.query);
	let table = await datasetTable(context, spec);
	const checkpoint = new Checkpoint(context, table);
	if (fullRefresh || resetCheckpoint) await checkpoint.reset();
	const scope = new QueryScope(context, checkpoint);
	const source = await translateQuery(spec.query, scope);
	if (!checkpoint.isStream) throw notStreaming(spec);
	const isNew = table.version < 0;
	const state =
		isNew || fullRefresh
			? await replacedState(context, table, spec, source)
			: await evolvedState(context, table, spec, source);
	table = await settleState(context, table, state, fullRefresh);
	const verdict = await stageExpected(context, spec, table, source);
	await checkRows(context, table);
	table = nextVersion(table);
	const outputRows = await beginRows(context.transaction, table, 'insert', stage, 'new');
	if (outputRows > 0) {
		await commitWrite(context, table, {
			operation: 'STREAMING UPDATE',
			parameters: {
				outputMode: 'Append',
				queryId: table.id,
				epochId: String(await epochOf(context, table)),
			},
			metrics: { numRemovedFiles: 0, numOutputRows: outputRows, numAddedFiles: 1 },
			isBlindAppend: true,
			changesRows: true,
			files: 'append',
		});
	} else table = { ...table, version: table.version - 1 };
	await checkpoint.advance();
	return { ...progress(table.version, outputRows, verdict), moreToRead: checkpoint.leftFiles };
}

async function refreshView(context: Context, spec: DatasetSpec): Promise<DatasetProgress> {
	let table = await datasetTable(context, spec);
	const source = await translateQuery(spec.query, context.scope);
	const state = await replacedState(context, table, spec, source);
	table = await settleState(context, table, state, false);
	const verdict = await stageExpected(context, spec, table, source);
	await checkRows(context, table);
	table = nextVersion(table);
	await endRows(context.transaction, table, 'delete');
	const outputRows = await beginRows(context.transaction, table, 'insert', stage, 'new');
	await commitWrite(context, table, {
		operation: 'WRITE',
		parameters: { mode: 'Overwrite', partitionBy: JSON.stringify(table.state.partitionBy) },
		metrics: { numFiles: 1, numOutputRows: outputRows },
		isBlindAppend: false,
		changesRows: true,
		files: 'one',
	});
	return progress(table.version, outputRows, verdict);
}

function progress(version: number, outputRows: number, verdict: Verdict): DatasetProgress {
	return { version, outputRows, upsertedRows: 0, deletedRows: 0, moreToRead: false, ...verdict };
}

/** The dataset's table as it is, or one at version -1 that has never been committed. */
async function datasetTable(context: Context, spec: DatasetSpec): Promise<StoredTable> {
	const name = context.resolve(spec.name);
	await context.mustHaveSchema(name[0], name[1]);
	const existing = await context.objects.table(...name);
	if (existing === undefined) {
		return { ...(await newTable(context, name, spec.kind)), version: -1, definition: spec.query };
	}
	if (existing.kind === spec.kind) return { ...existing, definition: spec.query };
	const text = `Could not materialize '${spec.name.join('.')}' because a ${existing.kind} table or view already exists with that name. Drop it, or give the dataset another name.`;
	throw new SqlError('CANNOT_UPDATE_TABLE_SCHEMA', '42000', text);
}

async function replacedState(
	context: Context,
	table: StoredTable,
	spec: DatasetSpec,
	source: Relation,
): Promise<TableState> {
	const wanted = queryResultColumns(source);
	checkColumnNames(wanted.map(({ name }) => name));
	const columns = await physicalColumns(context, table, wanted);
	return { ...declared(spec), columns };
}

function declared(spec: DatasetSpec): Omit<TableState, 'columns'> {
	return {
		partitionBy: spec.partitionBy ?? [],
		clusterBy: spec.clusterBy ?? [],
		properties: spec.properties ?? {},
		constraints: [],
		...(spec.comment === undefined ? {} : { comment: spec.comment }),
	};
}

/** A streaming table keeps its columns and gets those its query has gained. */
async function evolvedState(
	context: Context,
	table: StoredTable,
	spec: DatasetSpec,
	source: Relation,
): Promise<TableState> {
	const wanted = queryResultColumns(source);
	for (const { name, type } of wanted) {
		const known = columnNamed(table.state, name);
		if (known === undefined || known.type === typeText(type)) continue;
		const text = `Column ${name} of ${spec.name.join('.')} changes its type from ${known.type} to ${typeText(type)}. Run a full refresh of the table.`;
		throw new SqlError('DELTA_FAILED_TO_MERGE_FIELDS', '22005', text);
	}
	const added = wanted.filter(({ name }) => columnNamed(table.state, name) === undefined);
	const columns = [...table.state.columns, ...(await physicalColumns(context, table, added))];
	return { ...declared(spec), columns };
}

/** Commits what changed about the table itself, and for a full refresh that its rows are gone. */
async function settleState(
	context: Context,
	before: StoredTable,
	state: TableState,
	empty: boolean,
): Promise<StoredTable> {
	checkFeedColumns(state);
	const same = isDeepStrictEqual(state, before.state);
	const rows = empty && before.version >= 0 ? await countRows(context.transaction, before) : 0;
	if (same && rows === 0 && before.version >= 0) return before;
	const table = { ...nextVersion(before), state };
	if (rows > 0) await endRows(context.transaction, table, 'delete');
	const operation = before.version < 0 ? 'CREATE TABLE' : rows > 0 ? 'TRUNCATE' : 'UPDATE SCHEMA';
	await commitWrite(context, table, {
		operation,
		parameters: operation === 'TRUNCATE' ? {} : creationParameters(state),
		isBlindAppend: before.version < 0,
		changesRows: rows > 0,
		files: rows > 0 || before.version < 0 ? 'none' : 'same',
		stateChanged: true,
	});
	return table;
}

async function epochOf(context: Context, table: StoredTable): Promise<number> {
	return await context.transaction.count(
		`SELECT count(*) FROM lakehouse_state.commits
			WHERE storage = $1 AND operation = 'STREAMING UPDATE'`,
		[table.storage],
	);
}

function notStreaming(spec: DatasetSpec): SqlError {
	const text = `The streaming table ${spec.name.join('.')} reads nothing as a stream. Read a source with STREAM, or make it a materialized view.`;
	return new SqlError('INVALID_STREAMING_TABLE_QUERY', '42000', text);
}

/** Each refresh sees only new rows: what needs the old ones too would be silently wrong. */
function mustBeStateless(query: string): void {
	const words = tokenize(query).map((token) => token.text.toUpperCase());
	for (const [at, word] of words.entries()) {
		const next = words[at + 1];
		if ((word === 'GROUP' || word === 'ORDER') && next === 'BY') {
			throw unsupported(`${word} BY in a streaming table`);
		}
		if (['DISTINCT', 'OVER', 'LIMIT', 'INTERSECT'].includes(word)) {
			throw unsupported(`${word} in a streaming table`);
		}
	}
}
