import { SqlError, unsupported } from '../../sql/sqlError';
import { STRING, type SqlType } from '../../sql/sqlType';
import { parseType } from '../../sql/types/typeReader';
import { latestCommit } from '../commits';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { tokenize } from '../../sql/tokens';
import type { SqlResult } from '../session';
import { columnNamed, type StoredTable } from '../storedTable';
import { fileRetentionMs } from '../retention';
import { refuseTimeLayout } from '../ddl/timeColumns';
import { commitWrite, nextVersion } from '../tableWrite';
import { locationOf } from './history';
import { tableOfCommand } from './tableOfCommand';

const files = 'struct<min:bigint,max:bigint,avg:double,totalFiles:bigint,totalSize:bigint>';
const sized = 'struct<num:bigint,size:bigint>';
const numbered = 'struct<numFiles:bigint,size:bigint>';

/** The metrics of Delta 4.3. */
const metricsType = parseType(
	`struct<numFilesAdded:bigint,numFilesRemoved:bigint,filesAdded:${files},filesRemoved:${files},partitionsOptimized:bigint,` +
		`zOrderStats:struct<strategyName:string,inputCubeFiles:${sized},inputOtherFiles:${sized},inputNumCubes:bigint,` +
		`mergedFiles:${sized},numOutputCubes:bigint,mergedNumCubes:bigint>,` +
		`clusteringStats:struct<inputZCubeFiles:${numbered},inputOtherFiles:${numbered},inputNumZCubes:bigint,` +
		`mergedFiles:${numbered},numOutputZCubes:bigint>,numBins:bigint,numBatches:bigint,totalConsideredFiles:bigint,` +
		'totalFilesSkipped:bigint,preserveInsertionOrder:boolean,numFilesSkippedToReduceWriteAmplification:bigint,' +
		'numBytesSkippedToReduceWriteAmplification:bigint,startTimeMs:bigint,endTimeMs:bigint,' +
		'totalClusterParallelism:bigint,totalScheduledTasks:bigint,' +
		'autoCompactParallelismStats:struct<maxClusterActiveParallelism:bigint,minClusterActiveParallelism:bigint,' +
		'maxSessionActiveParallelism:bigint,minSessionActiveParallelism:bigint>,' +
		'deletionVectorStats:struct<numDeletionVectorsRemoved:bigint,numDeletionVectorRowsRemoved:bigint>,' +
		'numTableColumns:bigint,numTableColumnsWithStats:bigint>',
);

/**
 * OPTIMIZE name [FULL] [WHERE …] [ZORDER BY (…)]. A table counts the files its writes would have
 * made; more than one makes a version, as recorded from Delta 4.3. Of the metrics only the counts
 * of files are there, because there is nothing to measure the others on.
 */
export async function optimize(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('OPTIMIZE');
	const table = nextVersion(await tableOfCommand(context, cursor, 'OPTIMIZE'));
	cursor.accept('FULL');
	if (cursor.accept('WHERE')) mustBePartitions(table, cursor.until('ZORDER'));
	const zOrderBy = cursor.accept('ZORDER', 'BY') ? cursor.list(() => cursor.identifier()) : [];
	cursor.expectEnd();
	const unknown = zOrderBy.find((name) => columnNamed(table.state, name) === undefined);
	if (unknown !== undefined) {
		const text = `Z-Ordering column ${unknown} does not exist in data schema.`;
		throw new SqlError('DELTA_ZORDERING_COLUMN_DOES_NOT_EXIST', '42703', text);
	}
	refuseTimeLayout(table.state, zOrderBy);
	const before = (await latestCommit(context.transaction, table.storage))?.files ?? 0;
	// One file alone is written again only to sort it.
	const removed = before > 1 || zOrderBy.length > 0 ? before : 0;
	const added = removed > 0 ? 1 : 0;
	if (removed === 0) context.discard();
	await commitWrite(context, table, {
		operation: 'OPTIMIZE',
		parameters: {
			predicate: '[]',
			zOrderBy: JSON.stringify(zOrderBy),
			clusterBy: JSON.stringify(table.state.clusterBy),
			auto: 'false',
		},
		metrics: { numRemovedFiles: removed, numAddedFiles: added, numDeletionVectorsRemoved: 0 },
		isolationLevel: 'SnapshotIsolation',
		isBlindAppend: false,
		changesRows: false,
		files: 'one',
	});
	const metrics = optimizeMetrics(added, removed);
	return {
		columns: [
			{ name: 'path', type: STRING, nullable: true },
			{ name: 'metrics', type: metricsType, nullable: true },
		],
		rows: [[locationOf(table), metrics]],
		statementType: 'OPTIMIZE',
	};
}

/** As JSON of the wire: the counts of files, and NULL for what only real files could tell. */
function optimizeMetrics(added: number, removed: number): string {
	const counted = (count: number) => ({ totalFiles: String(count) });
	const known: Record<string, unknown> = {
		numFilesAdded: String(added),
		numFilesRemoved: String(removed),
		filesAdded: counted(added),
		filesRemoved: counted(removed),
	};
	return JSON.stringify(filled(metricsType, known));
}

/** Every field of a struct in its order; those that are not known are NULL. */
function filled(type: SqlType, known: Record<string, unknown>): Record<string, unknown> {
	const fields = type.kind === 'struct' ? type.fields : [];
	return Object.fromEntries(
		fields.map((field) => {
			const value = known[field.name];
			const inside = typeof value === 'object' && value !== null;
			return [field.name, inside ? filled(field.type, { ...value }) : (value ?? null)];
		}),
	);
}

/** The retention that VACUUM checks against: seven days. */
const retentionHours = 168;

/**
 * VACUUM name [RETAIN n HOURS] [DRY RUN]: two versions that change no row. What older versions are
 * read from is gone afterwards, as if there were files (retention.ts). Files are not counted: their
 * numbers are left out of the metrics once there may be some.
 */
export async function vacuum(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('VACUUM');
	const found = await tableOfCommand(context, cursor, 'VACUUM');
	cursor.acceptOne('LITE', 'FULL');
	const hours = cursor.accept('RETAIN') ? readHours(cursor) : undefined;
	const dryRun = cursor.accept('DRY', 'RUN');
	cursor.expectEnd();
	if (hours !== undefined && hours < retentionHours) throw tooShort();
	const columns = [{ name: 'path', type: STRING, nullable: true }];
	if (dryRun) {
		context.discard();
		return { columns, rows: [], statementType: 'VACUUM' };
	}
	const keptMs = hours === undefined ? fileRetentionMs(found) : hours * 3_600_000;
	const before = context.nowMs - keptMs;
	const vacuumedBeforeMs = Math.max(found.vacuumedBeforeMs ?? before, before);
	const isSure = vacuumedBeforeMs <= found.createdAtMs;
	const start = { ...nextVersion(found), vacuumedBeforeMs };
	const common = {
		isolationLevel: 'SnapshotIsolation',
		isBlindAppend: true,
		changesRows: false,
		files: 'same',
	} as const;
	const specified: Record<string, string> =
		hours === undefined ? {} : { specifiedRetentionMillis: String(hours * 3_600_000) };
	await commitWrite(context, start, {
		...common,
		operation: 'VACUUM START',
		parameters: {
			retentionCheckEnabled: 'true',
			...specified,
			defaultRetentionMillis: String(fileRetentionMs(found)),
		},
		metrics: isSure ? { numFilesToDelete: 0, sizeOfDataToDelete: 0 } : {},
	});
	await commitWrite(context, nextVersion(start), {
		...common,
		operation: 'VACUUM END',
		parameters: { status: 'COMPLETED' },
		metrics: { ...(isSure ? { numDeletedFiles: 0 } : {}), numVacuumedDirectories: 1 },
	});
	return { columns, rows: [[locationOf(found)]], statementType: 'VACUUM' };
}

function readHours(cursor: Cursor): number {
	const hours = cursor.wholeNumber();
	cursor.expect('HOURS');
	return hours;
}

function tooShort(): SqlError {
	return new SqlError(
		'DELTA_VACUUM_RETENTION_PERIOD_TOO_SHORT',
		'22003',
		'The specified VACUUM retention period is too low and may corrupt this Delta table if any ' +
			'writes are in progress.\n\nIf no operations (insert, upsert, delete, optimize) are running, ' +
			'you can disable this safety check by setting:\ndelta.retentionDurationCheck.enabled = false\n\n' +
			`Otherwise, use a retention period of at least ${retentionHours} hours.`,
	);
}

function mustBePartitions(table: StoredTable, condition: string): void {
	const partitions = table.state.partitionBy.map((name) => name.toLowerCase());
	for (const token of tokenize(condition)) {
		const column = columnNamed(table.state, token.value);
		if (column === undefined || partitions.includes(column.name.toLowerCase())) continue;
		const text = `Predicate references non-partition column '${column.name}'. Only the partition columns may be referenced: [${table.state.partitionBy.join(', ')}]`;
		throw new SqlError('DELTA_NON_PARTITION_COLUMN_REFERENCE', '42P10', text);
	}
	throw unsupported('OPTIMIZE … WHERE');
}
