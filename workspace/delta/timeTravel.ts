import type { Relation, TableAt } from '../sql/scope';
import { SqlError } from '../sql/sqlError';
import { stateAt } from './commits';
import type { Transaction } from './database';
import { readInstantMs, tooEarly, tooLate } from './instants';
import { keptCommits, mustHaveFilesAt } from './retention';
import { queryColumns, rowsAt } from './rowVersions';
import type { StoredTable } from './storedTable';

/** VERSION AS OF, TIMESTAMP AS OF and `@v`: the table as a version left it, columns included. */
export async function tableAsOf(
	transaction: Transaction,
	table: StoredTable,
	at: TableAt,
): Promise<Relation> {
	const version = await versionOf(transaction, table, at);
	await mustHaveFilesAt(transaction, table, version);
	const state = await stateAt(transaction, table.storage, version);
	return { sql: rowsAt(table, version), columns: queryColumns(state) };
}

/**
 * The version that a time travel names.
 * @throws SqlError DELTA_VERSION_NOT_FOUND, DELTA_TIMESTAMP_GREATER_THAN_COMMIT,
 * DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION, INVALID_TIME_TRAVEL_TIMESTAMP_EXPR
 */
export async function versionOf(
	transaction: Transaction,
	table: StoredTable,
	at: TableAt,
): Promise<number> {
	if (at.version !== undefined) {
		const first = table.firstVersion ?? 0;
		if (at.version >= first && at.version <= table.version) return at.version;
		const text = `Cannot time travel Delta table to version ${at.version}. Available versions: [${first}, ${table.version}].`;
		throw new SqlError('DELTA_VERSION_NOT_FOUND', '22003', text);
	}
	if (at.timestamp === undefined) return table.version;
	const ms = readInstantMs(at.timestamp);
	if (ms === undefined) {
		const text = `The time travel timestamp expression "${at.timestamp}" is invalid. Cannot be casted to the "TIMESTAMP" type.`;
		throw new SqlError('INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT', '42K0E', text);
	}
	const commits = await keptCommits(transaction, table);
	const latest = commits.at(0);
	const earliest = commits.at(-1);
	if (latest === undefined || earliest === undefined) return table.version;
	if (ms > latest.timestampMs) throw tooLate(ms, latest.timestampMs);
	if (ms < earliest.timestampMs) throw tooEarly(ms, earliest.timestampMs);
	const found = commits.find((commit) => commit.timestampMs <= ms);
	return found?.version ?? table.version;
}
