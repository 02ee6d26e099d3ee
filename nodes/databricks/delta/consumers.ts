import { z } from 'zod/v4';
import { bound, type DeltaSource, firstRow, query, quotedName } from './deltaSource';
import { DatabricksError } from '../errors';
import { type Position, positionSchema } from './feedPosition';

/** A range that was handed over and not acknowledged yet. */
const leaseSchema = z.object({
	id: z.string(),
	/** Of the table that `until` belongs to. */
	tableId: z.string(),
	/** Where the range ends; it begins at the position of the consumer. */
	until: positionSchema,
	/** Epoch ms by the clock of the warehouse. */
	endsAtMs: z.number(),
	/** How often the range was handed over. */
	attempts: z.number().int().min(1),
	/** Why changes before it are missing, when they are. */
	gap: z.string().optional(),
});

/** A range that was given up after its last attempt. */
const parkedSchema = z.object({
	from: positionSchema,
	until: positionSchema,
	attempts: z.number().int(),
	atMs: z.number(),
});

const stateSchema = z.object({
	/** Catalog, schema and name, with full stops between. */
	table: z.string(),
	tableId: z.string(),
	/** Everything up to here is acknowledged. */
	position: positionSchema,
	lease: leaseSchema.optional(),
	/** The lease that was acknowledged last, so that doing it twice is no mistake. */
	acknowledged: z.string().optional(),
	parked: z.array(parkedSchema).default([]),
});

export type Lease = z.output<typeof leaseSchema>;
export type ConsumerState = z.output<typeof stateSchema>;

/** What is known of a consumer at a moment. */
export interface Consumer {
	state: ConsumerState;
	/** Grows with each change; whoever changes the state names the one they saw. */
	revision: number;
	/** The clock of the warehouse, epoch ms: one clock for all who share the consumer. */
	nowMs: number;
}

/** The lease of items that a test in the editor shows: they were not handed over. */
export const leaseOfTest = 'test-in-the-editor';

/** How many ranges that were given up are remembered. */
const longestParked = 100;

/**
 * Positions of named consumers, kept in a Delta table of the user's catalog. They belong to no
 * n8n: another process, a new installation or a second main process goes on from the same place.
 * A state is only replaced by those who saw the newest one, so of two at once one finds out.
 */
export class Consumers {
	constructor(
		/** The table with the positions. */
		private readonly source: DeltaSource,
		private readonly name: string,
	) {}

	/** The consumer, or undefined when it has no position yet; makes the table when it is not there. */
	async read(): Promise<Consumer | undefined> {
		try {
			return await this.find();
		} catch (error) {
			if (!isMissing(error)) throw error;
		}
		await this.write(
			`CREATE TABLE IF NOT EXISTS ${quotedName(this.source)} (consumer STRING NOT NULL, source_table STRING, acknowledged_version BIGINT, state STRING, revision BIGINT, updated_at TIMESTAMP) COMMENT 'Positions of the consumers of Databricks Delta Trigger'`,
		);
		return undefined;
	}

	/** Gives a new consumer its position. False when somebody else did so at the same moment. */
	async begin(state: ConsumerState): Promise<boolean> {
		const counters = await this.write(
			`MERGE INTO ${quotedName(this.source)} AS kept USING (SELECT :consumer AS consumer) AS given ON kept.consumer = given.consumer WHEN NOT MATCHED THEN INSERT (consumer, source_table, acknowledged_version, state, revision, updated_at) VALUES (given.consumer, :table, :version, :state, 0, current_timestamp())`,
			state,
		);
		return Number(counters?.num_inserted_rows) === 1;
	}

	/** Replaces the state that was seen. False when it is not the newest any more. */
	async replace(seen: Consumer, state: ConsumerState): Promise<boolean> {
		const counters = await this.write(
			`UPDATE ${quotedName(this.source)} SET source_table = :table, acknowledged_version = :version, state = :state, revision = revision + 1, updated_at = current_timestamp() WHERE consumer = :consumer AND revision = :revision`,
			state,
			seen.revision,
		);
		return Number(counters?.num_affected_rows) === 1;
	}

	private async find(): Promise<Consumer | undefined> {
		const statement = `SELECT state, revision, unix_millis(current_timestamp()) AS now_ms FROM ${quotedName(this.source)} WHERE consumer = :consumer`;
		const found = [];
		const parameters = bound({ consumer: this.name });
		for await (const row of query(this.source, statement, parameters)) found.push(row);
		const [row] = found;
		if (row === undefined) return undefined;
		if (found.length > 1) throw this.unusable(`${found.length} rows`);
		const state = stateSchema.safeParse(parsed(row.state));
		if (!state.success) throw this.unusable('a state that this version of the node does not know');
		return { state: state.data, revision: Number(row.revision), nowMs: Number(row.now_ms) };
	}

	private async write(statement: string, state?: ConsumerState, revision?: number) {
		const values =
			state === undefined
				? {}
				: {
						consumer: this.name,
						table: state.table,
						version: state.position.version,
						state: JSON.stringify(stateSchema.parse(state)),
						...(revision === undefined ? {} : { revision }),
					};
		try {
			return await firstRow(this.source, statement, bound(values));
		} catch (error) {
			if (isConflict(error)) return undefined;
			throw error;
		}
	}

	private unusable(what: string): DatabricksError {
		return new DatabricksError({
			kind: 'conflict',
			message: `The table ${this.source.table.join('.')} has ${what} for the consumer "${this.name}".`,
			hint: 'Choose another consumer name, or delete the row to start anew.',
		});
	}
}

/** What there is to do for a consumer. */
export type Turn =
	| { kind: 'new'; from: Position }
	/** Somebody works on what was handed over. */
	| { kind: 'wait'; leaseEndsAtMs: number }
	/** Nobody acknowledged in time: the same range again. */
	| { kind: 'again'; from: Position; lease: Lease }
	/** As before, for the last time it was tried. */
	| { kind: 'exhausted'; from: Position; lease: Lease };

/** Decides what to hand over, from what is kept and the time. */
export function turnOf({ state, nowMs }: Consumer, mostAttempts: number): Turn {
	const { position: from, lease } = state;
	if (lease === undefined) return { kind: 'new', from };
	if (nowMs < lease.endsAtMs) return { kind: 'wait', leaseEndsAtMs: lease.endsAtMs };
	return { kind: lease.attempts < mostAttempts ? 'again' : 'exhausted', from, lease };
}

/** The state after a lease was acknowledged; undefined when it is not the one that is out. */
export function acknowledged(state: ConsumerState, leaseId: string): ConsumerState | undefined {
	const { lease, ...rest } = state;
	if (lease?.id !== leaseId) return undefined;
	return {
		...rest,
		tableId: lease.tableId,
		position: lease.until,
		acknowledged: leaseId,
	};
}

/** The state after a range was given up. */
export function parked(state: ConsumerState, lease: Lease, atMs: number): ConsumerState {
	const entry = { from: state.position, until: lease.until, attempts: lease.attempts, atMs };
	return {
		...state,
		tableId: lease.tableId,
		position: lease.until,
		lease: undefined,
		parked: [...state.parked, entry].slice(-longestParked),
	};
}

function parsed(text: unknown): unknown {
	try {
		return JSON.parse(String(text));
	} catch {
		return undefined;
	}
}

function isMissing(error: unknown): boolean {
	return error instanceof DatabricksError && error.errorCode === 'TABLE_OR_VIEW_NOT_FOUND';
}

/** Delta lets one of two writers of the same rows win; the other is told so. */
function isConflict(error: unknown): boolean {
	if (!(error instanceof DatabricksError)) return false;
	return error.sqlState === '2D521' || /CONCURRENT|METADATA_CHANGED/.test(error.errorCode ?? '');
}
