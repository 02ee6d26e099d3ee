import { z } from 'zod/v4';
import { nameOf } from '../databricks/delta/deltaSource';
import { DatabricksError } from '../databricks/errors';
import {
	lastPlace,
	rowsAfter,
	type WatermarkRow,
	watermarkTypes,
} from '../databricks/delta/watermarkRead';
import { rowItem } from '../n8n/rowItem';
import type { Outputs, Poll } from './pollContext';
import type { WatermarkRequest } from './watermarkFields';

/** How many rows the overlap may hold: their names are remembered. */
const mostSeen = 50_000;
const sampleRows = 10;

const placeSchema = z.object({ watermark: z.string(), keys: z.array(z.string()) });
const memorySchema = z.object({
	/** Table, event and columns, so that another choice starts anew. */
	subject: z.string(),
	/** The newest place that was seen; nothing while the table was empty. */
	place: placeSchema.optional(),
	/** Names of the rows in the overlap that were handed over or are not wanted. */
	seen: z.array(z.string()),
});

/** What the trigger remembers of a table with a watermark. */
export type WatermarkMemory = z.output<typeof memorySchema>;

export interface WatermarkStep {
	memory: WatermarkMemory;
	fresh: WatermarkRow[];
	isCut: boolean;
}

/**
 * Decides which of the rows read are new, and what to remember. The rows come in the order of the
 * watermark and begin with the overlap; those that were there in it before have names in `seen`.
 * Names that were not read again have fallen out of the overlap, unless reading stopped before.
 */
export function watermarkStep(
	memory: WatermarkMemory,
	read: readonly WatermarkRow[],
	request: Pick<WatermarkRequest, 'event' | 'rows' | 'overlap'>,
): WatermarkStep {
	const known = new Set(memory.seen);
	const passed: string[] = [];
	const fresh: WatermarkRow[] = [];
	let { place } = memory;
	let isCut = false;
	for (const row of read) {
		const name = nameFor(request.event, row);
		const isNew = !known.has(name);
		if (isNew && fresh.length >= request.rows) {
			isCut = true;
			break;
		}
		if (isNew) fresh.push(row);
		known.add(name);
		passed.push(name);
		// A late row does not take the place back; rows come in order, so the last one is the newest.
		place = row.place;
	}
	const isBehind = isCut && memory.place !== undefined && fresh.length > 0;
	const seen = request.overlap > 0 ? (isCut ? [...known] : passed) : [];
	return {
		memory: { ...memory, place: isBehind ? later(memory, read, place) : place, seen },
		fresh,
		isCut,
	};
}

/** Cut inside the overlap, the place stays where it was: what lies between is read again. */
function later(
	memory: WatermarkMemory,
	read: readonly WatermarkRow[],
	place: WatermarkMemory['place'],
): WatermarkMemory['place'] {
	const before = JSON.stringify(memory.place);
	const passedBefore = read.findIndex((row) => JSON.stringify(row.place) === before);
	const reachedAt = read.findIndex((row) => JSON.stringify(row.place) === JSON.stringify(place));
	return passedBefore === -1 || reachedAt >= passedBefore ? place : memory.place;
}

function nameFor(event: WatermarkRequest['event'], row: WatermarkRow): string {
	return event === 'newRows' ? row.keyId : row.stateId;
}

/** The rows that are new since the last poll, in the order of the watermark. */
export async function pollWatermark(poll: Poll, request: WatermarkRequest): Promise<Outputs> {
	const { source, memory } = poll;
	const before = JSON.stringify(memory.watermark);
	const subject = [nameOf(source), request.event, request.watermark, ...request.keys].join('\n');
	const stored = memorySchema.safeParse(memory.watermark);
	const known = stored.success && stored.data.subject === subject ? stored.data : undefined;
	const types = await watermarkTypes(source, request);
	if (known === undefined && !request.fromStart) {
		const place = await lastPlace(source, request);
		const fresh: WatermarkMemory = { subject, place, seen: [] };
		const read =
			place === undefined ? [] : await readAll(poll, request, types, fresh, mostSeen + 1);
		const all = { ...request, rows: Infinity };
		keep(watermarkStep(fresh, request.overlap > 0 ? read : [], all).memory);
		return [];
	}
	const from: WatermarkMemory = known ?? { subject, seen: [] };
	const read = await readAll(poll, request, types, from, request.rows + from.seen.length + 1);
	const step = watermarkStep(from, read, request);
	if (JSON.stringify(memory.watermark) !== before) return [];
	keep(step.memory);
	memory.busy = step.isCut;
	return [step.fresh.map((row) => itemOf(row, request.event))];

	function keep(next: WatermarkMemory): void {
		if (next.seen.length > mostSeen) throw tooMany(request);
		if (JSON.stringify(memory.watermark) === before) memory.watermark = next;
	}
}

async function readAll(
	{ source }: Poll,
	request: WatermarkRequest,
	types: Awaited<ReturnType<typeof watermarkTypes>>,
	{ place }: WatermarkMemory,
	limit: number,
): Promise<WatermarkRow[]> {
	const read: WatermarkRow[] = [];
	const options = { columns: request.columns, limit };
	for await (const row of rowsAfter(source, request, types, place, options)) read.push(row);
	return read;
}

/** For a test of the workflow in the editor: the newest rows; nothing is remembered. */
export async function sampleOfWatermark(poll: Poll, request: WatermarkRequest): Promise<Outputs> {
	const types = await watermarkTypes(poll.source, request);
	const place = await lastPlace(poll.source, request);
	const wide = { ...request, overlap: Math.max(request.overlap, 1) };
	const rows = await readAll(poll, wide, types, { subject: '', seen: [], place }, 10_000);
	return [rows.slice(-sampleRows).map((row) => itemOf(row, request.event))];
}

function itemOf(row: WatermarkRow, event: WatermarkRequest['event']) {
	return rowItem({ ...row.row, _event_id: nameFor(event, row) });
}

function tooMany({ overlap }: WatermarkRequest): DatabricksError {
	return new DatabricksError({
		kind: 'badRequest',
		message: `The 'Overlap' of ${overlap} holds more than ${mostSeen} rows, which is more than can be remembered.`,
		hint: "Make 'Overlap' smaller.",
	});
}
