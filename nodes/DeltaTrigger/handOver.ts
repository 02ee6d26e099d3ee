import type { Outputs, Poll } from './pollContext';
import { itemsOfReading, positionOf, readNext, recreated, tableNow } from './rowChanges';
import type { RowChangesRequest } from './rowChangesFields';
import { type Cursor, readCursor, startText, type Step, stepOf, type TableState } from './step';

/**
 * Delivery on hand-over: the position is in n8n's memory of the node, which n8n saves together with
 * the items. What comes of the items afterwards, n8n answers for.
 */
export async function handOver(poll: Poll, request: RowChangesRequest): Promise<Outputs> {
	const { source, memory } = poll;
	const cursor = readCursor(memory.cursor);
	const now = await tableNow(source);
	const step = stepOf(cursor, now, request.start);
	const outcome = await carryOut(step, poll, request, now);
	// Polls are not locked against each other: of two that read the same, one hands it over.
	const isOvertaken = JSON.stringify(readCursor(memory.cursor)) !== JSON.stringify(cursor);
	if (isOvertaken) return [];
	memory.busy = (outcome?.items.length ?? 0) > 0;
	if (outcome === undefined) return [];
	memory.cursor = { ...outcome.cursor };
	return [outcome.items];
}

async function carryOut(step: Step, poll: Poll, request: RowChangesRequest, now: TableState) {
	const start = startText(request.start);
	const cursorAt = (position: Cursor['position'], tableId: string): Cursor => ({
		table: now.table,
		tableId,
		start,
		position,
	});
	if (step.kind === 'nothingNew') return undefined;
	if (step.kind === 'recreated') {
		const reading = recreated(poll.source, request.ifInterrupted, now);
		return {
			items: itemsOfReading(poll, request, reading),
			cursor: cursorAt(reading.reached, reading.tableId),
		};
	}
	const from =
		step.kind === 'read'
			? step.from
			: await positionOf(poll.source, request.start, now.latestVersion);
	const until = { version: step.kind === 'read' ? step.last : now.latestVersion };
	const hasSomething = from.within !== undefined || from.version < until.version;
	if (!hasSomething) return { items: [], cursor: cursorAt(from, now.tableId) };
	const reading = await readNext(poll, request, from, until, now);
	return {
		items: itemsOfReading(poll, request, reading),
		cursor: cursorAt(reading.reached, reading.tableId),
	};
}
