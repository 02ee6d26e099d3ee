import { bound, type DeltaSource, query, quotedName, type Row } from './deltaSource';
import type { Position } from './feedPosition';
import { quoteIdentifier, quoteText } from '../sql/quoting';
import type { StatementParameter } from '../sql/statements';

export type ChangeType = 'insert' | 'update_preimage' | 'update_postimage' | 'delete';

/** What is read of a feed. */
export interface ChangeFilter {
	types: readonly ChangeType[];
	/** SQL over the columns of the table; empty for every row. */
	condition?: string;
	/** Names of the columns wanted; all when empty. */
	columns: readonly string[];
}

/** A row of the feed and where it stands. */
export interface Change {
	/** The columns of the table and `_change_type`, `_commit_version`, `_commit_timestamp`. */
	row: Row;
	version: number;
	rank: number;
	key: string;
	/** How many rows of the version with the same key came before it. */
	ordinal: number;
	bytes: number;
}

/** The content of a version, or the changes of versions, both ends included. */
export type FeedRange =
	| { rows: 'changes'; first: number; last: number }
	| { rows: 'snapshot'; version: number; timestamp: string };

/**
 * Within a version Delta gives rows no order. Here one row comes after the other by kind, then by a
 * digest of the whole row, so that reading can stop anywhere and go on there later: removed rows
 * come before those that take their place. Digests leave columns out that are NULL, so a column that
 * is added later does not change them. Times below a millisecond and such are told apart by `tie`.
 */
const order = `CASE _change_type WHEN 'delete' THEN 1 WHEN 'update_preimage' THEN 2 WHEN 'update_postimage' THEN 3 ELSE 4 END AS _feed_rank,
	sha2(to_json(struct(*)), 256) AS _feed_key, sha2(CAST(struct(*) AS STRING), 256) AS _feed_tie`;

/** Columns that are read for the order alone. */
const orderColumns = ['_feed_rank', '_feed_key', '_feed_tie'];

export interface ChangesOptions extends ChangeFilter {
	/** Rows up to here are left out; it lies in the range or just before it. */
	after?: Position['within'];
	/** Rows after here are left out; it lies in the last version of the range. */
	until?: Position['within'];
	limit?: number;
}

/** The rows of a range in their one order. Throws what Databricks says when it cannot be read. */
export async function* changes(
	source: DeltaSource,
	range: FeedRange,
	options: ChangesOptions,
): AsyncGenerator<Change, void, undefined> {
	const { after, until, limit } = options;
	const [first, last] =
		range.rows === 'changes' ? [range.first, range.last] : [range.version, range.version];
	const conditions: string[] = [];
	if (range.rows === 'changes') {
		conditions.push(`_change_type IN (${options.types.map(quoteText).join(', ')})`);
	}
	if (options.condition) conditions.push(`(${options.condition}\n)`);
	const parameters: StatementParameter[] = [];
	if (after !== undefined) {
		conditions.push(
			`(_commit_version > ${whole(first)} OR _feed_rank > ${whole(after.rank)} OR (_feed_rank = ${whole(after.rank)} AND _feed_key >= :after_key))`,
		);
		for (const marker of bound({ after_key: after.key })) parameters.push(marker);
	}
	if (until !== undefined) {
		conditions.push(
			`(_commit_version < ${whole(last)} OR _feed_rank < ${whole(until.rank)} OR (_feed_rank = ${whole(until.rank)} AND _feed_key <= :until_key))`,
		);
		for (const marker of bound({ until_key: until.key })) parameters.push(marker);
	}
	const skipped = after?.taken ?? 0;
	const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
	const bounded = limit === undefined ? '' : ` LIMIT ${whole(limit + skipped)}`;
	const statement = `SELECT ${columnList(options.columns)} FROM (SELECT *, ${order} FROM ${rowsOf(source, range)})${where} ORDER BY _commit_version, _feed_rank, _feed_key, _feed_tie${bounded}`;
	let before: Change | undefined;
	for await (const row of query(source, statement, parameters)) {
		const change = placed(row, before);
		before = change;
		const isBehind =
			after !== undefined &&
			change.version === first &&
			change.rank === after.rank &&
			change.key === after.key &&
			change.ordinal < after.taken;
		const isBeyond =
			until !== undefined &&
			change.version === last &&
			change.rank === until.rank &&
			change.key === until.key &&
			change.ordinal >= until.taken;
		if (isBeyond) return;
		if (!isBehind) yield change;
	}
}

/** The newest changes of a range, newest first: for a look at real ones. */
export async function* newestChanges(
	source: DeltaSource,
	range: { first: number; last: number },
	options: ChangeFilter & { limit: number },
): AsyncGenerator<Change, void, undefined> {
	const types = options.types.map(quoteText).join(', ');
	const condition = options.condition ? ` AND (${options.condition}\n)` : '';
	const statement = `SELECT ${columnList(options.columns)} FROM (SELECT *, ${order} FROM ${rowsOf(source, { rows: 'changes', ...range })}) WHERE _change_type IN (${types})${condition} ORDER BY _commit_version DESC, _feed_rank, _feed_key, _feed_tie LIMIT ${whole(options.limit)}`;
	let before: Change | undefined;
	for await (const row of query(source, statement)) {
		before = placed(row, before);
		yield before;
	}
}

/** Whether the feed can be read at a version; throws what Databricks says when it cannot. */
export async function probe(source: DeltaSource, version: number): Promise<void> {
	const range: FeedRange = { rows: 'changes', first: version, last: version };
	const statement = `SELECT _commit_version FROM ${rowsOf(source, range)} LIMIT 1`;
	for await (const row of query(source, statement)) void row;
}

/**
 * Names a change for good: the same one has the same name whenever and however often it is read.
 * Rows of one version that are equal in everything are numbered.
 */
export function eventId(tableId: string, change: Change): string {
	return `${tableId}:${change.version}:${change.key.slice(0, 32)}:${change.ordinal}`;
}

/** `table_changes` takes a text literal and no parameter marker; the name in it is quoted first. */
function rowsOf(source: DeltaSource, range: FeedRange): string {
	if (range.rows === 'changes') {
		const name = quoteText(quotedName(source));
		return `table_changes(${name}, ${whole(range.first)}, ${whole(range.last)})`;
	}
	const at = whole(range.version);
	const timestamp = `TIMESTAMP${quoteText(range.timestamp)}`;
	return `(SELECT *, 'snapshot' AS _change_type, CAST(${at} AS BIGINT) AS _commit_version, ${timestamp} AS _commit_timestamp FROM ${quotedName(source)} VERSION AS OF ${at})`;
}

function columnList(columns: readonly string[]): string {
	if (columns.length === 0) return '*';
	const feed = ['_change_type', '_commit_version', '_commit_timestamp'];
	return [...columns.map(quoteIdentifier), ...feed, ...orderColumns].join(', ');
}

function placed(found: Row, before: Change | undefined): Change {
	// Without `delete`, which would make each row a dictionary of several times the size.
	const { _feed_rank, _feed_key, _feed_tie, ...row } = found;
	const version = Number(found._commit_version);
	const rank = Number(_feed_rank);
	const key = String(_feed_key);
	const isEqual = before?.version === version && before.rank === rank && before.key === key;
	const ordinal = isEqual ? before.ordinal + 1 : 0;
	return { row, version, rank, key, ordinal, bytes: Buffer.byteLength(JSON.stringify(row)) };
}

function whole(number: number): string {
	return String(Math.trunc(number));
}

/** What a refused read of the feed means. */
export type Unreadable =
	/** The table records no changes. */
	| 'notRecorded'
	/** Part of what was asked for cannot be read (any more). */
	| 'gap';

const notRecorded = ['DELTA_MISSING_CHANGE_DATA', 'DELTA_CHANGELOG_REQUIRES_ROW_TRACKING'];
const gaps = [
	'DELTA_VERSION_NOT_FOUND',
	'DELTA_LOG_FILE_NOT_FOUND',
	'DELTA_TRUNCATED_TRANSACTION_LOG',
	'DELTA_NO_RECREATABLE_HISTORY_FOUND',
	'DELTA_FILE_NOT_FOUND',
	'DELTA_CDC_START_VERSION_AFTER_LATEST',
	'DELTA_UNSUPPORTED_TIME_TRAVEL_BEYOND_DELETED_FILE_RETENTION_DURATION',
	'DELTA_CHANGE_DATA_FEED_INCOMPATIBLE',
	'DELTA_CHANGELOG_',
	'FAILED_READ_FILE',
];

/** Reads an error class; undefined for errors that have nothing to do with the feed. */
export function unreadable(errorCode: string | undefined): Unreadable | undefined {
	const code = errorCode ?? '';
	if (notRecorded.some((prefix) => code.startsWith(prefix))) return 'notRecorded';
	return gaps.some((prefix) => code.startsWith(prefix)) ? 'gap' : undefined;
}

/** The statement that makes a table record its changes from then on. */
export function turnOnFeed(source: Pick<DeltaSource, 'table'>): string {
	return `ALTER TABLE ${quotedName(source)} SET TBLPROPERTIES (delta.enableChangeDataFeed = true)`;
}
