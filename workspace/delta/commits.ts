import type { Transaction } from './database';
import { readState, type StoredTable, type TableState } from './storedTable';

/** What a commit says of itself, before it has a version and a time. */
export interface CommitDraft {
	operation: string;
	/** Null is written as JSON null, as Delta does for a missing description. */
	parameters: Record<string, string | null>;
	metrics?: Record<string, number | string>;
	isolationLevel?: 'Serializable' | 'SnapshotIsolation';
	isBlindAppend: boolean;
	/** Whether rows changed; maintenance and metadata commits change none. */
	changesRows: boolean;
	/** How many files the table would have: drives what OPTIMIZE finds to do. */
	files: number;
	/** Delta writes -1 for a CLONE, none for the first commit. */
	readVersion?: number;
}

export interface Commit extends CommitDraft {
	version: number;
	timestampMs: number;
	user: string;
	metrics: Record<string, string>;
}

/**
 * Writes the next commit of a table. Times grow by at least a millisecond from commit to commit,
 * whatever the clock says, so that a time names one version. `state` is written when it changed.
 */
export async function writeCommit(
	transaction: Transaction,
	table: StoredTable,
	draft: CommitDraft,
	who: { user: string; nowMs: number; state?: TableState },
): Promise<void> {
	const last = await latestCommit(transaction, table.storage);
	const timestampMs = Math.max(who.nowMs, last === undefined ? 0 : last.timestampMs + 1);
	const readVersion = last?.version ?? draft.readVersion ?? null;
	await transaction.run(
		`INSERT INTO lakehouse_state.commits VALUES
			($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		[
			table.storage,
			table.version,
			timestampMs,
			who.user,
			draft.operation,
			JSON.stringify(draft.parameters),
			JSON.stringify(texts(draft.metrics ?? {})),
			readVersion,
			draft.isolationLevel ?? 'Serializable',
			draft.isBlindAppend,
			draft.changesRows,
			draft.files,
			who.state === undefined ? null : JSON.stringify(who.state),
		],
	);
}

const commitColumns = `version, timestamp_ms, user_name, operation, parameters, metrics,
	read_version, isolation_level, blind_append, changes_rows, files`;

/** Commits of a table, newest first. */
export async function commitsOf(
	transaction: Transaction,
	storage: string,
	limit?: number,
): Promise<Commit[]> {
	const rows = await transaction.rows(
		`SELECT ${commitColumns} FROM lakehouse_state.commits WHERE storage = $1
			ORDER BY version DESC ${limit === undefined ? '' : `LIMIT ${limit}`}`,
		[storage],
	);
	return rows.map(readCommit);
}

export async function latestCommit(
	transaction: Transaction,
	storage: string,
): Promise<Commit | undefined> {
	const [commit] = await commitsOf(transaction, storage, 1);
	return commit;
}

/** The state that a version left the table in. */
export async function stateAt(
	transaction: Transaction,
	storage: string,
	version: number,
): Promise<TableState> {
	const [state] = await transaction.row(
		`SELECT state FROM lakehouse_state.commits
			WHERE storage = $1 AND version <= $2 AND state IS NOT NULL ORDER BY version DESC LIMIT 1`,
		[storage, version],
	);
	return readState(state ?? '');
}

/** States by the version that brought them, oldest first. */
export async function statesOf(
	transaction: Transaction,
	storage: string,
): Promise<{ version: number; state: TableState }[]> {
	const rows = await transaction.rows(
		`SELECT version, state FROM lakehouse_state.commits
			WHERE storage = $1 AND state IS NOT NULL ORDER BY version`,
		[storage],
	);
	return rows.map(([version, state]) => ({
		version: Number(version),
		state: readState(state ?? ''),
	}));
}

function readCommit(row: (string | null)[]): Commit {
	const [version, time, user, operation, parameters, metrics, read, isolation, blind] = row;
	return {
		version: Number(version),
		timestampMs: Number(time),
		user: user ?? '',
		operation: operation ?? '',
		parameters: JSON.parse(parameters ?? '{}'),
		metrics: JSON.parse(metrics ?? '{}'),
		...(read === null || read === undefined ? {} : { readVersion: Number(read) }),
		isolationLevel: isolation === 'SnapshotIsolation' ? isolation : 'Serializable',
		isBlindAppend: blind === 'true',
		changesRows: row[9] === 'true',
		files: Number(row[10]),
	};
}

/** Delta keeps every metric as text. */
function texts(metrics: Record<string, number | string>): Record<string, string> {
	return Object.fromEntries(Object.entries(metrics).map(([key, value]) => [key, String(value)]));
}
