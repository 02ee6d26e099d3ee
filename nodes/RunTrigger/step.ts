import { z } from 'zod/v4';

export const eventKinds = [
	'started',
	'succeeded',
	'failed',
	'cancelled',
	'skipped',
	'long',
] as const;
export type EventKind = (typeof eventKinds)[number];

/** One try of a run or update as the workspace shows it: the original one, or a repair. */
export interface Sighting {
	/** Id of the run or update. */
	id: string;
	/** Which try of it: `original`, or the id of a repair. */
	episode: string;
	/** Epoch ms by the service's clock. */
	startMs: number;
	/** Epoch ms by the service's clock; unknown for pipeline updates. */
	endMs?: number;
	state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'skipped';
}

/** Something to hand over. */
export interface Found {
	kind: EventKind;
	sighting: Sighting;
}

const memorySchema = z.object({
	/** What the trigger watched; another choice begins anew. */
	selection: z.string(),
	/** When everything before was looked at; epoch ms of this machine. */
	polledMs: z.number(),
	/** What is known of each try, by `id/episode`: its times, and what need not be told any more. */
	known: z.record(
		z.string(),
		z.object({
			startMs: z.number(),
			endMs: z.number().optional(),
			told: z.array(z.string()),
		}),
	),
});

/** What a trigger remembers from poll to poll. */
export type Memory = z.output<typeof memorySchema>;

/**
 * Reads what was remembered; nothing when it is missing or not of this form. A copy is read: after a
 * restart n8n hands out objects that watch their changes, which zod takes for no plain records.
 */
export function readMemory(stored: unknown): Memory | undefined {
	const result = memorySchema.safeParse(JSON.parse(JSON.stringify(stored ?? null)));
	return result.success ? result.data : undefined;
}

export interface StepOptions {
	selection: string;
	kinds: ReadonlySet<EventKind>;
	nowMs: number;
	/** How far back of the last poll is looked for runs that nobody has seen. */
	lookBackMs: number;
	/** A try that takes this long is told; none when undefined. */
	longMs?: number;
	/** The first poll tells what happened since then; without it only what happens from now on. */
	sinceMs?: number;
	/** The rest is left to the next poll. */
	mostEvents: number;
}

/** From which start on the next poll has to look; epoch ms. */
export function lookFromMs(
	memory: Memory | undefined,
	options: Pick<StepOptions, 'selection' | 'nowMs' | 'lookBackMs' | 'sinceMs'>,
): number {
	const { selection, nowMs, lookBackMs, sinceMs = nowMs } = options;
	if (memory === undefined || memory.selection !== selection) {
		return Math.min(sinceMs, nowMs) - lookBackMs;
	}
	return memory.polledMs - lookBackMs;
}

/** The runs that were active at the last poll, wherever they are in the list now. */
export function openIds(memory: Memory | undefined, selection: string): string[] {
	if (memory === undefined || memory.selection !== selection) return [];
	const open = Object.entries(memory.known).filter(([, { told }]) => !told.includes('ended'));
	return [...new Set(open.map(([key]) => idIn(key)))];
}

/** Whether this end of a run is known, so that nothing of it has to be read again. */
export function isKnownEnd(memory: Memory | undefined, id: string, endMs: number): boolean {
	return Object.entries(memory?.known ?? {}).some(
		([key, known]) => key.startsWith(`${id}/`) && known.endMs === endMs,
	);
}

/**
 * From what is remembered and what is seen to what is handed over and remembered next. Nothing is told
 * by comparing clocks: what is not known yet is new. On the first poll everything that is there becomes
 * known without being told.
 */
export function stepOf(
	before: Memory | undefined,
	sightings: readonly Sighting[],
	options: StepOptions,
): { memory: Memory; found: Found[] } {
	const { selection, kinds, nowMs, lookBackMs, sinceMs, mostEvents } = options;
	const last = before?.selection === selection ? before : undefined;
	const oldestMs = lookFromMs(before, options);
	const known = new Map(Object.entries(last?.known ?? {}));
	const found: Found[] = [];
	let isRestLeft = false;
	const knownIds = new Set([...known.keys()].map(idIn));
	const beginOf = new Map<string, number>();
	for (const { id, startMs } of sightings) {
		beginOf.set(id, Math.min(startMs, beginOf.get(id) ?? startMs));
	}
	const inOrder = sightings.toSorted(
		(a, b) =>
			(a.endMs ?? a.startMs) - (b.endMs ?? b.startMs) ||
			a.startMs - b.startMs ||
			(a.id < b.id ? -1 : 1),
	);
	for (const sighting of inOrder) {
		const key = `${sighting.id}/${sighting.episode}`;
		const had = known.get(key);
		// What has ended and is not known, of a run that was not active and not in the list at the last
		// poll, was told when it was new and then forgotten, or is older than this trigger.
		const isUnknown = !knownIds.has(sighting.id) && (beginOf.get(sighting.id) ?? 0) < oldestMs;
		const isForgotten = isUnknown || (sighting.endMs ?? sighting.startMs) < oldestMs;
		if (had === undefined && isEnded(sighting) && isForgotten) {
			const { startMs, endMs } = sighting;
			known.set(key, { startMs, endMs, told: ['started', 'long', 'ended'] });
			continue;
		}
		const told = new Set(had?.told);
		for (const [kind, atMs] of happenedIn(sighting, options)) {
			const mark = isEndKind(kind) ? 'ended' : kind;
			if (told.has(mark)) continue;
			const isOld = last === undefined && (sinceMs === undefined || atMs < sinceMs);
			if (!isOld && kinds.has(kind)) {
				if (found.length === mostEvents) {
					isRestLeft = true;
					continue;
				}
				found.push({ kind, sighting });
			}
			told.add(mark);
		}
		const { startMs, endMs } = sighting;
		known.set(key, { startMs, endMs: isEnded(sighting) ? endMs : undefined, told: [...told] });
	}
	const polledMs = isRestLeft ? (last?.polledMs ?? oldestMs + lookBackMs) : nowMs;
	for (const [key, { startMs, endMs = startMs, told }] of known) {
		if (told.includes('ended') && endMs < polledMs - lookBackMs) known.delete(key);
	}
	return { memory: { selection, polledMs, known: Object.fromEntries(known) }, found };
}

/** The id in a key `id/episode`. */
function idIn(key: string): string {
	return key.split('/')[0] ?? '';
}

/** What happened in a try so far, and when. */
function happenedIn(
	{ state, startMs, endMs }: Sighting,
	{ nowMs, longMs }: Pick<StepOptions, 'nowMs' | 'longMs'>,
): [EventKind, number][] {
	const happened: [EventKind, number][] = [];
	if (state !== 'waiting' && state !== 'skipped') happened.push(['started', startMs]);
	const lastedMs = (endMs ?? nowMs) - startMs;
	const isTimed = state === 'running' || endMs !== undefined;
	if (longMs !== undefined && isTimed && lastedMs >= longMs) {
		happened.push(['long', startMs + longMs]);
	}
	if (state !== 'waiting' && state !== 'running') happened.push([state, endMs ?? startMs]);
	return happened;
}

function isEnded({ state }: Sighting): boolean {
	return state !== 'waiting' && state !== 'running';
}

function isEndKind(kind: EventKind): boolean {
	return kind !== 'started' && kind !== 'long';
}
