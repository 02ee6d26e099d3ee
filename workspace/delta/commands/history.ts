import { STRING } from '../../sql/sqlType';
import { wireInstant } from '../../sql/timeZones/sessionZone';
import { parseType } from '../../sql/types/typeReader';
import { holdsVariant } from '../../sql/types/commonType';
import { latestCommit, type Commit } from '../commits';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import type { SqlResult } from '../session';
import { keptCommits } from '../retention';
import { fullName, shownProperties, typeOf, type StoredTable } from '../storedTable';
import { tableOfCommand } from './tableOfCommand';
import { hasTimes } from '../ddl/timeColumns';

const historyColumns = (
	[
		['version', 'bigint'],
		['timestamp', 'timestamp'],
		['userId', 'string'],
		['userName', 'string'],
		['operation', 'string'],
		['operationParameters', 'map<string,string>'],
		[
			'job',
			'struct<jobId:string,jobName:string,jobRunId:string,runId:string,jobOwnerId:string,triggerType:string>',
		],
		['notebook', 'struct<notebookId:string>'],
		['clusterId', 'string'],
		['readVersion', 'bigint'],
		['isolationLevel', 'string'],
		['isBlindAppend', 'boolean'],
		['operationMetrics', 'map<string,string>'],
		['userMetadata', 'string'],
		['engineInfo', 'string'],
	] as const
).map(([name, type]) => ({ name, type: parseType(type), nullable: true }));

/** What wrote the commits; Databricks names its runtime here. */
export const engineInfo = 'Local-Workspace';

/** DESCRIBE HISTORY name [LIMIT n], newest version first. */
export async function describeHistory(context: Context, cursor: Cursor): Promise<SqlResult> {
	const table = await tableOfCommand(context, cursor, 'DESCRIBE HISTORY');
	const limit = cursor.accept('LIMIT') ? cursor.wholeNumber() : undefined;
	cursor.expectEnd();
	const commits = await keptCommits(context.transaction, table, limit);
	return {
		columns: historyColumns,
		rows: commits.map(historyRow),
		statementType: 'DESCRIBE HISTORY',
	};
}

function historyRow(commit: Commit): (string | null)[] {
	return [
		String(commit.version),
		wireInstant(commit.timestampMs),
		null,
		commit.user,
		commit.operation,
		JSON.stringify(commit.parameters),
		null,
		null,
		null,
		commit.readVersion === undefined ? null : String(commit.readVersion),
		commit.isolationLevel ?? 'Serializable',
		String(commit.isBlindAppend),
		JSON.stringify(commit.metrics),
		null,
		engineInfo,
	];
}

const detailColumns = (
	[
		['format', 'string'],
		['id', 'string'],
		['name', 'string'],
		['description', 'string'],
		['location', 'string'],
		['createdAt', 'timestamp'],
		['lastModified', 'timestamp'],
		['partitionColumns', 'array<string>'],
		['clusteringColumns', 'array<string>'],
		['numFiles', 'bigint'],
		['sizeInBytes', 'bigint'],
		['properties', 'map<string,string>'],
		['minReaderVersion', 'int'],
		['minWriterVersion', 'int'],
		['tableFeatures', 'array<string>'],
	] as const
).map(([name, type]) => ({ name, type: parseType(type), nullable: true }));

/** DESCRIBE DETAIL name. There are no files, so their size is NULL rather than a made-up number. */
export async function describeDetail(context: Context, cursor: Cursor): Promise<SqlResult> {
	const table = await tableOfCommand(context, cursor, 'DESCRIBE DETAIL');
	cursor.expectEnd();
	const latest = await latestCommit(context.transaction, table.storage);
	const { state } = table;
	const protocol = protocolOf(table);
	const row = [
		'delta',
		table.detailId,
		fullName(table),
		state.comment ?? null,
		locationOf(table),
		wireInstant(table.originCreatedAtMs ?? table.createdAtMs),
		wireInstant(latest?.timestampMs ?? table.createdAtMs),
		JSON.stringify(state.partitionBy),
		JSON.stringify(state.clusterBy),
		String(latest?.files ?? 0),
		null,
		JSON.stringify(shownProperties(state)),
		String(protocol.reader),
		String(protocol.writer),
		JSON.stringify(protocol.features),
	];
	return { columns: detailColumns, rows: [row], statementType: 'DESCRIBE DETAIL' };
}

/** Where Unity Catalog would keep a managed table. Nothing can be read there. */
export function locationOf(table: StoredTable): string {
	return `local-workspace:/tables/${table.id}`;
}

/** The protocol a table needs for what it uses. */
export function protocolOf({ state }: StoredTable): {
	reader: number;
	writer: number;
	features: string[];
} {
	const features = ['appendOnly', 'invariants'];
	if (state.constraints.length > 0) features.push('checkConstraints');
	if (state.properties['delta.enableChangeDataFeed'] === 'true') features.push('changeDataFeed');
	if (state.columns.some((column) => column.defaultExpression !== undefined)) {
		features.push('allowColumnDefaults');
	}
	const variants = state.columns.some((column) => holdsVariant(typeOf(column)));
	if (variants) features.push('variantType');
	const times = hasTimes(state);
	if (times) features.push('timeType');
	const mapped = state.properties['delta.columnMapping.mode'] === 'name';
	if (mapped) features.push('columnMapping');
	if (state.clusterBy.length > 0) features.push('clustering', 'domainMetadata');
	const clustered = state.clusterBy.length > 0 || features.includes('allowColumnDefaults');
	const needs: [boolean, number][] = [
		[clustered || variants || times, 7],
		[mapped, 5],
		[features.includes('changeDataFeed'), 4],
		[features.includes('checkConstraints'), 3],
	];
	const writer = needs.find(([needed]) => needed)?.[1] ?? 2;
	return { reader: variants || times ? 3 : mapped ? 2 : 1, writer, features: features.sort() };
}

/** `DESCRIBE TABLE name column`. */
export const columnDescription = [
	{ name: 'info_name', type: STRING, nullable: true },
	{ name: 'info_value', type: STRING, nullable: true },
];
