import type { Column, Constant, Relation } from '../sql/scope';
import { quoteName, SqlError, unsupported } from '../sql/sqlError';
import { BIGINT, STRING, TIMESTAMP, typeText } from '../sql/sqlType';
import { isUtc, sessionZone } from '../sql/timeZones/sessionZone';
import { stateAt, statesOf, type Commit } from './commits';
import type { Context } from './context';
import { Cursor } from './cursor';
import { readInstantMs, tooLate } from './instants';
import { keptCommits, mustHaveFeedFiles } from './retention';
import { queryColumns, storageTable } from './rowVersions';
import {
	columnNamed,
	recordsChanges,
	type StoredColumn,
	type StoredTable,
	type TableState,
} from './storedTable';

/** The three columns that a change feed adds, last. */
const feedColumns: Column[] = [
	{ name: '_change_type', type: STRING, nullable: true },
	{ name: '_commit_version', type: BIGINT, nullable: true },
	{ name: '_commit_timestamp', type: TIMESTAMP, nullable: true },
];

/**
 * table_changes('table', start [, end]): both ends included, versions or times. An end version
 * beyond the latest is clipped; a start beyond it, and a time after the last commit, are errors,
 * as recorded from Delta 4.3.
 */
export async function tableChanges(context: Context, args: Constant[]): Promise<Relation> {
	const [name, start, end] = args;
	if (name?.value === undefined || name.value === null || start === undefined || args.length > 3) {
		const text = `table_changes takes a table name, a start and an optional end, not ${args.length} arguments.`;
		throw new SqlError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', '42605', text);
	}
	const asked = new Cursor(name.value);
	const parts = asked.name();
	asked.expectEnd();
	const table = await context.tableOrView(parts);
	if (table.kind === 'VIEW') throw notDelta(table);
	const commits = (await keptCommits(context.transaction, table)).reverse();
	const range = feedRange(commits, start, end);
	const states = await statesOf(context.transaction, table.storage);
	mustBeRecorded(states, range);
	const state = await readState(context, table, states, range);
	await mustHaveFeedFiles(context.transaction, table, range);
	return { sql: feedSql(table, state, range), columns: [...queryColumns(state), ...feedColumns] };
}

interface Range {
	start: number;
	end: number;
}

function feedRange(commits: Commit[], start: Constant, end: Constant | undefined): Range {
	const latest = commits.at(-1);
	if (latest === undefined) throw new Error('A table always has a first commit.');
	const from = boundary(start, 'starting');
	const to = end === undefined ? undefined : boundary(end, 'ending');
	const startVersion =
		'version' in from
			? from.version
			: commits.find((commit) => commit.timestampMs >= from.ms)?.version;
	if (startVersion === undefined) {
		throw tooLate('ms' in from ? from.ms : 0, latest.timestampMs);
	}
	if (startVersion > latest.version) {
		throw new SqlError(
			'DELTA_CDC_START_VERSION_AFTER_LATEST',
			'22003',
			`Start version ${startVersion} for change data feed exceeds the latest table version ${latest.version}.`,
		);
	}
	const endVersion = to === undefined ? latest.version : endOf(to, commits, latest);
	if (endVersion < startVersion) {
		const text = `CDC range from start ${startVersion} to end ${endVersion} was invalid. End cannot be before start.`;
		throw new SqlError('DELTA_INVALID_CDC_RANGE', '22003', text);
	}
	if (startVersion < (commits[0]?.version ?? 0)) {
		const text = `Unable to retrieve the delta log files to construct table version ${startVersion}.`;
		throw new SqlError('DELTA_LOG_FILE_NOT_FOUND', '42K03', text);
	}
	return { start: startVersion, end: Math.min(endVersion, latest.version) };
}

type Boundary = { version: number } | { ms: number };

function endOf(to: Boundary, commits: Commit[], latest: Commit): number {
	if ('version' in to) return to.version;
	if (to.ms > latest.timestampMs) throw tooLate(to.ms, latest.timestampMs);
	return commits.findLast((commit) => commit.timestampMs <= to.ms)?.version ?? -1;
}

const versionKinds = ['tinyint', 'smallint', 'int', 'bigint'];

function boundary({ value, type }: Constant, option: string): Boundary {
	if (value === null) {
		throw new SqlError(
			'DELTA_CDC_READ_NULL_RANGE_BOUNDARY',
			'22004',
			'CDC read start/end parameters cannot be null. Please provide a valid version or timestamp.',
		);
	}
	if (versionKinds.includes(type.kind)) return { version: Number(value) };
	if (!['string', 'timestamp', 'date', 'timestamp_ntz'].includes(type.kind)) {
		throw new SqlError(
			'DELTA_UNSUPPORTED_EXPRESSION',
			'0A000',
			`Unsupported expression type(${typeText(type)}) for ${option} option. The supported types are [IntegerType,LongType,StringType,TimestampType].`,
		);
	}
	if (!isUtc()) throw unsupported(`table_changes by timestamps in a session in ${sessionZone()}`);
	// A bare number is a year to a cast, but Delta refuses it here.
	const ms = /^\d+$/.test(value.trim()) ? undefined : readInstantMs(value);
	if (ms === undefined) {
		const text = `The provided timestamp ('${value}') cannot be converted to a valid timestamp.`;
		throw new SqlError('DELTA_TIMESTAMP_INVALID', '42816', text);
	}
	return { ms };
}

type States = { version: number; state: TableState }[];

/** The states that were in effect somewhere in the range, oldest first. */
function statesWithin(states: States, { start, end }: Range): States {
	const first = states.findLast(({ version }) => version <= start);
	const later = states.filter(({ version }) => version > start && version <= end);
	return first === undefined ? later : [{ ...first, version: start }, ...later];
}

function mustBeRecorded(states: States, range: Range): void {
	const gap = statesWithin(states, range).find(({ state }) => !recordsChanges(state));
	if (gap === undefined) return;
	throw new SqlError(
		'DELTA_MISSING_CHANGE_DATA',
		'KD002',
		`Error getting change data for range [${range.start} , ${range.end}] as change data was not\n` +
			`recorded for version [${gap.version}]. If you've enabled change data feed on this table,\n` +
			'use `DESCRIBE HISTORY` to see when it was first enabled.\n' +
			'Otherwise, to start recording change data, use `ALTER TABLE table_name SET TBLPROPERTIES\n' +
			'(delta.enableChangeDataFeed=true)`.',
	);
}

/** The columns of the answer: the latest ones, or with column mapping those at the range's end. */
async function readState(
	context: Context,
	table: StoredTable,
	states: States,
	range: Range,
): Promise<TableState> {
	const mapped = table.state.properties['delta.columnMapping.mode'] === 'name';
	const state = mapped ? await stateAt(context.transaction, table.storage, range.end) : table.state;
	const lost = statesWithin(states, range).flatMap(({ version, state: other }) =>
		other.columns
			.filter((column) => {
				const now = columnNamed(state, column.name);
				return now?.physical !== column.physical || now.type !== column.type;
			})
			.map((column) => ({ version, column })),
	);
	const dropped = lost.find(({ column }) =>
		state.columns.every(({ physical }) => physical !== column.physical),
	);
	if (mapped && dropped !== undefined) throw incompatible(true, range, dropped);
	const [first] = lost;
	if (first !== undefined) throw incompatible(false, range, first);
	return state;
}

function incompatible(
	dropped: boolean,
	range: Range,
	{ version, column }: { version: number; column: StoredColumn },
): SqlError {
	const [condition, what] = dropped
		? ['DELTA_CHANGE_DATA_FEED_INCOMPATIBLE_SCHEMA_CHANGE', 'schema change']
		: ['DELTA_CHANGE_DATA_FEED_INCOMPATIBLE_DATA_SCHEMA', 'data schema'];
	return new SqlError(
		condition ?? '',
		'0AKDC',
		`Retrieving table changes between version ${range.start} and ${range.end} failed because of an ` +
			`incompatible ${what}: column ${quoteName([column.name])} at version ${version} is not the ` +
			'column of that name in the read schema.',
	);
}

function feedSql(table: StoredTable, state: TableState, { start, end }: Range): string {
	const columns = state.columns.map((column) => `${column.physical}, `).join('');
	const source = storageTable(table);
	const storage = `'${table.storage}'`;
	return `(SELECT ${columns}"_change_type", "_commit_version",
			make_timestamp("timestamp_ms" * 1000) AS "_commit_timestamp"
		FROM (
			SELECT ${columns}"__row", "__to" AS "_commit_version", 0 AS "__place",
				CASE "__ended" WHEN 'update' THEN 'update_preimage' ELSE 'delete' END AS "_change_type"
			FROM ${source} WHERE "__to" BETWEEN ${start} AND ${end}
			UNION ALL
			SELECT ${columns}"__row", "__from" AS "_commit_version", 1 AS "__place",
				CASE "__began" WHEN 'update' THEN 'update_postimage' ELSE 'insert' END AS "_change_type"
			FROM ${source} WHERE "__from" BETWEEN ${start} AND ${end}
		) AS "changes" JOIN lakehouse_state.commits AS "commits"
			ON "commits"."storage" = ${storage} AND "commits"."version" = "_commit_version"
		ORDER BY "_commit_version", "__row", "__place")`;
}

function notDelta(table: StoredTable): SqlError {
	const name = quoteName([table.catalog, table.schema, table.name]);
	const text = `${name} is not a Delta table. table_changes is only supported for Delta tables.`;
	return new SqlError('DELTA_TABLE_ONLY_OPERATION', '0AKDD', text);
}

/** Names that a table with a change feed cannot have as columns. */
export function reservedFeedColumns(state: TableState): string[] {
	const reserved = feedColumns.map((column) => column.name);
	return state.columns.map((column) => column.name).filter((name) => reserved.includes(name));
}
