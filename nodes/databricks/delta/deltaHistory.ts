import { type DeltaSource, nameOf, query, quotedName, type Row } from './deltaSource';
import { DatabricksError } from '../errors';

/** A version of a table, as its history tells it. */
export interface Commit {
	version: number;
	/** ISO 8601. */
	timestamp: string;
	operation: string;
	/** The line of the history, with Databricks' names. */
	row: Row;
}

/** The newest commits of a table, newest first. Reads the log, not the data. */
export async function* history(
	source: DeltaSource,
	limit: number,
): AsyncGenerator<Commit, void, undefined> {
	const statement = `DESCRIBE HISTORY ${quotedName(source)} LIMIT ${Math.trunc(limit)}`;
	for await (const row of query(source, statement)) {
		const { version, timestamp, operation } = row;
		if (typeof version !== 'number') continue;
		yield { version, timestamp: String(timestamp), operation: String(operation ?? ''), row };
	}
}

/** Throws DatabricksError (unexpectedAnswer) for a table whose history is empty. */
export async function latestCommit(source: DeltaSource): Promise<Commit> {
	for await (const commit of history(source, 1)) return commit;
	throw new DatabricksError({
		kind: 'unexpectedAnswer',
		message: `The history of ${nameOf(source)} has no version.`,
		hint: 'Choose a Delta table; views have no history.',
	});
}

/**
 * The commits after a version, oldest first; of as many as there are, because a history can only
 * be cut by a number of lines. `isWhole` tells whether the first of them follows that version.
 */
export async function commitsAfter(
	source: DeltaSource,
	version: number,
	latest: number,
): Promise<{ commits: Commit[]; isWhole: boolean }> {
	const commits: Commit[] = [];
	// Commits that come meanwhile push older ones out of the limit.
	for (let limit = latest - version + 20; ; limit *= 2) {
		commits.length = 0;
		let lines = 0;
		for await (const commit of history(source, limit)) {
			lines += 1;
			if (commit.version > version && commit.version <= latest) commits.push(commit);
		}
		const oldest = commits.at(-1)?.version ?? latest + 1;
		const isWhole = oldest === version + 1 || latest <= version;
		if (isWhole || lines < limit) return { commits: commits.reverse(), isWhole };
	}
}

/** The first version made at a moment (epoch ms) or after it; undefined when there is none. */
export async function firstVersionSince(
	source: DeltaSource,
	momentMs: number,
): Promise<number | undefined> {
	for (let limit = 100; ; limit *= 10) {
		let found: number | undefined;
		let lines = 0;
		let isPast = false;
		for await (const { version, timestamp } of history(source, limit)) {
			lines += 1;
			isPast ||= Date.parse(timestamp) < momentMs;
			if (!isPast) found = version;
		}
		if (isPast || lines < limit) return found;
	}
}

/** Operations that change no row; names of Delta's DeltaOperations and of Databricks' history. */
const maintenance = [
	/^OPTIMIZE/,
	/^REORG/,
	/^VACUUM (START|END)$/,
	/^(UN)?SET TBLPROPERTIES$/,
	/^(ADD|DROP|REPLACE|CHANGE) COLUMNS?$/,
	/^RENAME COLUMN$/,
	/^UPDATE (SCHEMA|COLUMN METADATA)$/,
	/^(ADD|DROP) CONSTRAINT$/,
	/^CLUSTER BY$/,
	/^COMPUTE STATS$/,
	/^(UPGRADE PROTOCOL|DROP FEATURE|CHANGE OWNER)$/,
	/^ROW TRACKING (UN)?BACKFILL$/,
	/^REMOVE COLUMN MAPPING$/,
	/^DOMAIN METADATA CLEANUP$/,
	/^(SET|UPDATE|DROP) .*COMMENT$/,
	/^FSCK$/,
	/^Empty Commit$/,
];

/** Whether an operation left the rows as they were. An operation that is not known changes them. */
export function isMaintenance(operation: string): boolean {
	return maintenance.some((pattern) => pattern.test(operation));
}
