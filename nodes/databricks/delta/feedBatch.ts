import { type Change, type ChangeFilter, changes, type FeedRange, unreadable } from './changeFeed';
import { commitsAfter } from './deltaHistory';
import type { DeltaSource } from './deltaSource';
import { DatabricksError } from '../errors';
import type { Position } from './feedPosition';

/** How much one poll hands over. */
export interface Limits {
	rows: number;
	bytes: number;
}

export interface Batch {
	changes: Change[];
	/** Where the next one begins. */
	reached: Position;
	/** Whether there was more than the limits allow. */
	isCut: boolean;
}

/** Part of what was asked for cannot be read; `cause` is what Databricks says. */
export class FeedGap extends Error {
	constructor(
		override readonly cause: DatabricksError,
		/** The version that cannot be read. */
		readonly version: number,
	) {
		super(cause.message);
	}
}

/**
 * Reads from a position on, up to a version or, when a range is repeated, up to its end. Where a
 * range cannot be read as a whole, because a column was renamed in it or its later part is gone, its
 * first half is tried, down to one version. Throws FeedGap when not even that can be read.
 */
export async function readBatch(
	source: DeltaSource,
	from: Position,
	until: Position,
	filter: ChangeFilter,
	limits: Limits,
): Promise<Batch> {
	const { within } = from;
	if (within?.rows === 'snapshot') {
		const version = from.version + 1;
		const timestamp = await timestampOf(source, version);
		const range: FeedRange = { rows: 'snapshot', version, timestamp };
		const stop = until.version === from.version ? until.within : undefined;
		return await guarded(take(source, range, from, stop, filter, limits, { version }), version);
	}
	const first = from.version + 1;
	let stop = until.within;
	let last = stop === undefined ? until.version : until.version + 1;
	for (;;) {
		const range: FeedRange = { rows: 'changes', first, last };
		const end = stop === undefined ? { version: last } : until;
		try {
			return await guarded(take(source, range, from, stop, filter, limits, end), first);
		} catch (error) {
			if (!(error instanceof FeedGap) || last === first) throw error;
			last = first + Math.floor((last - first) / 2);
			stop = undefined;
		}
	}
}

/** The rows of a range up to the limits; `end` is the position when all of them were taken. */
async function take(
	source: DeltaSource,
	range: FeedRange,
	from: Position,
	until: Position['within'],
	filter: ChangeFilter,
	limits: Limits,
	end: Position,
): Promise<Batch> {
	const found: Change[] = [];
	let bytes = 0;
	const limit = Number.isFinite(limits.rows) ? limits.rows + 1 : undefined;
	const options = { ...filter, after: from.within, until, limit };
	for await (const change of changes(source, range, options)) {
		const before = found.at(-1);
		const isFull = found.length >= limits.rows || bytes + change.bytes > limits.bytes;
		if (before !== undefined && isFull) {
			return { changes: found, reached: after(before, change, range.rows), isCut: true };
		}
		found.push(change);
		bytes += change.bytes;
	}
	return { changes: found, reached: end, isCut: false };
}

/** The place between two changes. */
function after(change: Change, next: Change, rows: 'changes' | 'snapshot'): Position {
	if (next.version !== change.version) return { version: next.version - 1 };
	const { version, rank, key, ordinal } = change;
	return { version: version - 1, within: { rows, rank, key, taken: ordinal + 1 } };
}

async function timestampOf(source: DeltaSource, version: number): Promise<string> {
	const { commits } = await commitsAfter(source, version - 1, version);
	const found = commits.find((commit) => commit.version === version);
	if (found !== undefined) return found.timestamp;
	const gone = new DatabricksError({
		kind: 'failed',
		message: `Version ${version} is no longer in the history of the table.`,
	});
	throw new FeedGap(gone, version);
}

async function guarded(reading: Promise<Batch>, version: number): Promise<Batch> {
	try {
		return await reading;
	} catch (error) {
		const isGap = error instanceof DatabricksError && unreadable(error.errorCode) !== undefined;
		throw isGap ? new FeedGap(error, version) : error;
	}
}
