import { randomUUID } from 'node:crypto';
import {
	type Consumer,
	Consumers,
	type ConsumerState,
	type Lease,
	parked,
	turnOf,
} from '../databricks/delta/consumers';
import { nameOf } from '../databricks/delta/deltaSource';
import { DatabricksError } from '../databricks/errors';
import { isSamePosition, type Position, positionText } from '../databricks/delta/feedPosition';
import type { Outputs, Poll } from './pollContext';
import type { Reading } from './changeItem';
import { itemsOfReading, positionOf, readNext, recreated, tableIdOf, tableNow } from './rowChanges';
import type { AcknowledgementRequest } from './deliveryFields';
import type { RowChangesRequest } from './rowChangesFields';
import { stepOf } from './step';

/**
 * Delivery on acknowledgement: the position is in a table of the user's catalog. A range is handed
 * over under a lease; until the Delta Checkpoint node acknowledges it or the lease ends, nothing
 * else is. The lease is written before the items are given to n8n, so whatever ends in between is
 * handed over again.
 */
export async function handOverUnderLease(
	poll: Poll,
	request: RowChangesRequest,
	delivery: AcknowledgementRequest,
): Promise<Outputs> {
	const { source, memory } = poll;
	const consumers = new Consumers(
		{ ...source, table: delivery.checkpointTable, decimalsAsNumbers: false },
		delivery.consumer,
	);
	const consumer = await consumers.read();
	if (consumer === undefined) return await begin(poll, request, consumers);
	await mustBeTheSameTable(consumer.state, poll, delivery.consumer);
	const turn = turnOf(consumer, delivery.mostAttempts);
	memory.busy = turn.kind !== 'new';
	switch (turn.kind) {
		case 'wait':
			return [];
		case 'new':
			return await handOverNew(poll, request, delivery, consumers, consumer);
		case 'again':
			return await handOverAgain(poll, request, delivery, consumers, consumer, turn.lease);
		case 'exhausted':
			return await giveUp(poll, request, delivery, consumers, consumer, turn.lease);
	}
}

/** A consumer that is new gets its position; what there is comes with the next poll. */
async function begin(
	poll: Poll,
	request: RowChangesRequest,
	consumers: Consumers,
): Promise<Outputs> {
	const { table, tableId, latestVersion } = await tableNow(poll.source);
	const position = await positionOf(poll.source, request.start, latestVersion);
	await consumers.begin({ table, tableId, position, parked: [] });
	poll.memory.busy = true;
	return [];
}

async function handOverNew(
	poll: Poll,
	request: RowChangesRequest,
	delivery: AcknowledgementRequest,
	consumers: Consumers,
	consumer: Consumer,
): Promise<Outputs> {
	const { tableId, position } = consumer.state;
	const now = await tableNow(poll.source);
	const cursor = { table: now.table, tableId, start: 'now', position };
	const step = stepOf(cursor, now, { kind: 'now' });
	if (step.kind === 'nothingNew' || step.kind === 'begin') return [];
	const reading =
		step.kind === 'recreated'
			? recreated(poll.source, request.ifInterrupted, now)
			: await readNext(poll, request, step.from, { version: step.last }, now);
	return await lease(poll, request, delivery, consumers, consumer, reading, 1);
}

async function handOverAgain(
	poll: Poll,
	request: RowChangesRequest,
	delivery: AcknowledgementRequest,
	consumers: Consumers,
	consumer: Consumer,
	last: Lease,
): Promise<Outputs> {
	const reading = await readAgain(poll, request, consumer.state.position, last);
	return await lease(poll, request, delivery, consumers, consumer, reading, last.attempts + 1);
}

/** The same range as before: the same rows, with the same event IDs. */
async function readAgain(
	poll: Poll,
	request: RowChangesRequest,
	from: Position,
	{ until, tableId, gap }: Lease,
): Promise<Reading> {
	if (gap !== undefined) return { changes: [], reached: until, isCut: false, tableId, gap };
	const now = await tableNow(poll.source);
	if (now.tableId !== tableId) return recreated(poll.source, request.ifInterrupted, now);
	const unlimited = { ...request, limits: { rows: Infinity, bytes: Infinity } };
	return await readNext(poll, unlimited, from, until, now);
}

/** Writes the lease and gives the items; nothing when another process was quicker. */
async function lease(
	poll: Poll,
	request: RowChangesRequest,
	delivery: AcknowledgementRequest,
	consumers: Consumers,
	consumer: Consumer,
	reading: Reading,
	attempts: number,
): Promise<Outputs> {
	const { nowMs } = consumer;
	const state = { ...consumer.state, table: nameOf(poll.source) };
	const { reached: until, tableId, gap } = reading;
	const isEmpty = reading.changes.length === 0 && gap === undefined;
	if (isEmpty) {
		// Versions that changed no row (of those wanted) need nobody's acknowledgement.
		const isMoved = !isSamePosition(until, state.position) || state.lease !== undefined;
		if (isMoved) await consumers.replace(consumer, { ...state, position: until, lease: undefined });
		poll.memory.busy = reading.isCut;
		return [];
	}
	const id = randomUUID();
	const endsAtMs = nowMs + delivery.leaseMs;
	const leased: Lease = { id, tableId, until, endsAtMs, attempts, ...(gap ? { gap } : {}) };
	const isMine = await consumers.replace(consumer, { ...state, lease: leased });
	if (!isMine) return [];
	poll.memory.busy = true;
	return [
		itemsOfReading(poll, request, reading, {
			_consumer: delivery.consumer,
			_lease_id: id,
			_attempt: attempts,
		}),
	];
}

/** Ends a range that nobody could process: on the second output, or with an error at every poll. */
async function giveUp(
	poll: Poll,
	request: RowChangesRequest,
	delivery: AcknowledgementRequest,
	consumers: Consumers,
	consumer: Consumer,
	last: Lease,
): Promise<Outputs> {
	const { state, nowMs } = consumer;
	const range = `after ${positionText(state.position)} up to ${positionText(last.until)}`;
	if (delivery.afterLastAttempt === 'fail') {
		throw new DatabricksError({
			kind: 'failed',
			message: `The changes of ${nameOf(poll.source)} ${range} were handed over ${last.attempts} times and never acknowledged.`,
			hint: `Look at the executions of this workflow for the cause. Then reset the consumer "${delivery.consumer}" with Databricks Delta Checkpoint: to the same version to try again, or to a later one to leave them out.`,
		});
	}
	const reading = await readAgain(poll, request, state.position, last);
	const isMine = await consumers.replace(
		consumer,
		parked(state, { ...last, until: reading.reached, tableId: reading.tableId }, nowMs),
	);
	if (!isMine) return [];
	poll.memory.busy = true;
	const extra = { _consumer: delivery.consumer, _attempt: last.attempts };
	return [[], itemsOfReading(poll, request, reading, extra)];
}

/** One consumer reads one table; a table that was renamed is the same. */
async function mustBeTheSameTable(
	state: ConsumerState,
	{ source }: Poll,
	consumer: string,
): Promise<void> {
	const table = nameOf(source);
	if (state.table === table || state.tableId === (await tableIdOf(source))) return;
	throw new DatabricksError({
		kind: 'conflict',
		message: `The consumer "${consumer}" reads ${state.table}, not ${table}.`,
		hint: 'Choose a consumer name of its own for each table.',
	});
}
