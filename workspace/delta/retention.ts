import { SqlError, unsupported } from '../sql/sqlError';
import { commitsOf, type Commit } from './commits';
import type { Transaction } from './database';
import { storageTable } from './rowVersions';
import { fullName, type StoredTable } from './storedTable';

/** Delta's defaults: how long files and log entries are kept, and how often the log is summed up. */
const fileRetention = 'interval 1 week';
const logRetention = 'interval 30 days';
const usualCheckpointInterval = 10;

const unitMs: Record<string, number> = {
	second: 1_000,
	minute: 60_000,
	hour: 3_600_000,
	day: 86_400_000,
	week: 604_800_000,
};

/** How long VACUUM leaves files that the table no longer needs. */
export function fileRetentionMs(table: StoredTable): number {
	return intervalMs(table, 'delta.deletedFileRetentionDuration', fileRetention);
}

function intervalMs({ state }: StoredTable, property: string, usual: string): number {
	const text = state.properties[property] ?? usual;
	const [, count, unit = ''] = /^\s*(?:interval\s+)?'?(\d+)\s+([a-z]+?)s?'?\s*$/i.exec(text) ?? [];
	const ms = unitMs[unit.toLowerCase()];
	if (count === undefined || ms === undefined) throw unsupported(`${property} = ${text}`);
	return Number(count) * ms;
}

/**
 * The oldest version that is still in the log after a commit. Delta cleans up when it sums the log
 * up, every tenth version, and keeps what is needed from the last sum before the limit on; the limit
 * is cut to whole days.
 */
export async function firstVersionAfter(
	transaction: Transaction,
	table: StoredTable,
	nowMs: number,
): Promise<number> {
	const known = table.firstVersion ?? 0;
	const { properties } = table.state;
	const interval = Number(properties['delta.checkpointInterval'] ?? usualCheckpointInterval);
	const isCheckpoint = table.version > 0 && table.version % interval === 0;
	const cleansUp = properties['delta.enableExpiredLogCleanup']?.toLowerCase() !== 'false';
	if (!isCheckpoint || !cleansUp) return known;
	const limitMs = nowMs - intervalMs(table, 'delta.logRetentionDuration', logRetention);
	const wholeDaysMs = Math.floor(limitMs / 86_400_000) * 86_400_000;
	const [version] = await transaction.row(
		`SELECT max(version) FROM lakehouse_state.commits
			WHERE storage = $1 AND timestamp_ms <= $2 AND version % $3 = 0`,
		[table.storage, wholeDaysMs, interval],
	);
	return Math.max(known, version === null || version === undefined ? 0 : Number(version));
}

/** Commits that are still in the log, newest first. */
export async function keptCommits(
	transaction: Transaction,
	table: StoredTable,
	limit?: number,
): Promise<Commit[]> {
	const commits = await commitsOf(transaction, table.storage, limit);
	return commits.filter(({ version }) => version >= (table.firstVersion ?? 0));
}

/**
 * Reading the content of a version fails when VACUUM deleted one of its files: a row of it ended, or
 * its file was compacted, longer ago than files were kept at the last VACUUM.
 * @throws SqlError FAILED_READ_FILE.FILE_NOT_EXIST
 */
export async function mustHaveFilesAt(
	transaction: Transaction,
	table: StoredTable,
	version: number,
): Promise<void> {
	const vacuumed = await vacuumedVersion(transaction, table);
	if (vacuumed <= version) return;
	const ended = await transaction.count(
		`SELECT count(*) FROM ${storageTable(table)}
			WHERE "__from" <= ${version} AND "__to" > ${version} AND "__to" <= ${vacuumed}`,
	);
	const compacted = await compactedBetween(transaction, table, version, vacuumed);
	const held = await transaction.count(
		`SELECT count(*) FROM ${storageTable(table)}
			WHERE "__from" <= ${version} AND ("__to" IS NULL OR "__to" > ${version})`,
	);
	if (ended > 0 || (compacted && held > 0)) throw fileGone(table, version);
}

/**
 * Reading the feed fails when VACUUM deleted a file that it comes from: what changed or removed rows
 * has files of its own, what only added them is read from the data, which may have been removed since.
 * Recorded from Delta 4.3, also for the latest version.
 * @throws SqlError FAILED_READ_FILE.FILE_NOT_EXIST
 */
export async function mustHaveFeedFiles(
	transaction: Transaction,
	table: StoredTable,
	range: { start: number; end: number },
): Promise<void> {
	const vacuumed = await vacuumedVersion(transaction, table);
	if (vacuumed < range.start) return;
	const last = Math.min(range.end, vacuumed);
	const [gone] = await transaction.row(
		`SELECT min(least(coalesce("removed", "added"), "added")) FROM (
			SELECT CASE WHEN "__to" BETWEEN ${range.start} AND ${last} THEN "__to" END AS "removed",
				CASE WHEN "__from" BETWEEN ${range.start} AND ${range.end}
					AND "__to" <= ${vacuumed} THEN "__from" END AS "added"
			FROM ${storageTable(table)}) WHERE "removed" IS NOT NULL OR "added" IS NOT NULL`,
	);
	if (gone !== null && gone !== undefined) throw fileGone(table, Number(gone));
	const inserted = await transaction.row(
		`SELECT min("__from") FROM ${storageTable(table)}
			WHERE "__from" BETWEEN ${range.start} AND ${range.end}`,
	);
	const [first] = inserted;
	if (first === null || first === undefined) return;
	if (await compactedBetween(transaction, table, Number(first), vacuumed)) {
		throw fileGone(table, Number(first));
	}
}

/** The newest version whose removed files VACUUM deleted; -1 when there was no VACUUM. */
async function vacuumedVersion(transaction: Transaction, table: StoredTable): Promise<number> {
	if (table.vacuumedBeforeMs === undefined) return -1;
	const [version] = await transaction.row(
		`SELECT max(version) FROM lakehouse_state.commits WHERE storage = $1 AND timestamp_ms < $2`,
		[table.storage, table.vacuumedBeforeMs],
	);
	return version === null || version === undefined ? -1 : Number(version);
}

async function compactedBetween(
	transaction: Transaction,
	table: StoredTable,
	after: number,
	upTo: number,
): Promise<boolean> {
	const [found] = await transaction.row(
		`SELECT count(*) FROM lakehouse_state.commits
			WHERE storage = $1 AND version > $2 AND version <= $3 AND operation = 'OPTIMIZE'`,
		[table.storage, after, upTo],
	);
	return Number(found) > 0;
}

function fileGone(table: StoredTable, version: number): SqlError {
	const text =
		`Encountered error while reading a file of ${fullName(table)} that version ${version} needs. ` +
		'File does not exist. It is possible the underlying files have been updated.\n' +
		'VACUUM deletes the files that older versions and their changes are read from.';
	return new SqlError('FAILED_READ_FILE.FILE_NOT_EXIST', 'KD001', text);
}
