import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';
import { DatabricksError } from '../databricks/errors';
import type { Parameters } from '../n8n/parameters';

/** When a poll may send statements to the warehouse. */
export type WarehouseUse =
	/** Never wakes it, and never keeps it from falling asleep. */
	| { kind: 'asleepStays' }
	/** Never wakes it; asks at every poll while it runs. */
	| { kind: 'whileAwake' }
	| { kind: 'wakeEvery'; minutes: number }
	/** Wakes it between two times of the day, in minutes since midnight. */
	| { kind: 'window'; from: number; to: number }
	| { kind: 'always' };

export const warehouseUseFields: INodeProperties[] = [
	{
		displayName: 'Use of the Warehouse',
		name: 'warehouseUse',
		type: 'options',
		options: [
			{
				name: 'At Every Poll',
				value: 'always',
				description: 'Wakes the warehouse and keeps it running: changes come within one poll',
			},
			{
				name: 'Every Few Minutes',
				value: 'wakeEvery',
				description: 'Wakes the warehouse when the table was not looked at for so long',
			},
			{
				name: 'In a Time Window',
				value: 'window',
				description:
					'At every poll between two times of the day, without waking it outside of them',
			},
			{
				name: 'While It Is Awake',
				value: 'whileAwake',
				description: 'Does not wake the warehouse, but one that runs is kept running by the polls',
			},
			{
				name: 'Without Keeping It Awake',
				value: 'asleepStays',
				description:
					'Looks at the table when somebody else has woken the warehouse, and so seldom that it falls asleep again by itself. Costs nothing.',
			},
		],
		default: 'asleepStays',
		description:
			'When polls send statements to the SQL warehouse, which costs money while it runs. Until it may be used, a poll asks only for its state.',
	},
	{
		displayName:
			'While the SQL warehouse is stopped, this trigger waits: rows arrive as items once something else has started the warehouse. To have it started for you, which costs money, choose Every Few Minutes or At Every Poll.',
		name: 'asleepNotice',
		type: 'notice',
		default: '',
		description: 'When rows arrive',
		displayOptions: { show: { warehouseUse: ['asleepStays', 'whileAwake'] } },
	},
	{
		displayName: 'At Every Poll keeps the SQL warehouse running day and night',
		name: 'awakeNotice',
		type: 'notice',
		default: '',
		description: 'What this costs',
		displayOptions: { show: { warehouseUse: ['always'] } },
	},
	{
		displayName: 'Minutes',
		name: 'wakeMinutes',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 60,
		displayOptions: { show: { warehouseUse: ['wakeEvery'] } },
		description: 'After how many minutes the warehouse is woken to look at the table',
	},
	{
		displayName: 'From',
		name: 'windowFrom',
		type: 'string',
		default: '08:00',
		placeholder: 'e.g. 08:00',
		displayOptions: { show: { warehouseUse: ['window'] } },
		description: 'Begin of the window, in the time zone of the workflow',
	},
	{
		displayName: 'To',
		name: 'windowTo',
		type: 'string',
		default: '18:00',
		placeholder: 'e.g. 18:00',
		displayOptions: { show: { warehouseUse: ['window'] } },
		description: 'End of the window; before the begin, the window goes over midnight',
	},
];

const kinds = ['always', 'wakeEvery', 'window', 'whileAwake', 'asleepStays'] as const;

/** Reads the fields. Throws DatabricksError (badRequest) that names the wrong field. */
export function readWarehouseUse(parameters: Parameters): WarehouseUse {
	const kind = parameters.choice('warehouseUse', 'Use of the Warehouse', kinds);
	if (kind === 'wakeEvery') {
		return { kind, minutes: parameters.number('wakeMinutes', 'Minutes', 60, 1) };
	}
	if (kind !== 'window') return { kind };
	return {
		kind,
		from: minuteOfDay(parameters.text('windowFrom'), 'From'),
		to: minuteOfDay(parameters.text('windowTo'), 'To'),
	};
}

function minuteOfDay(text: string, label: string): number {
	const [, hours = '', minutes = ''] = /^\s*(\d{1,2}):(\d{2})\s*$/.exec(text) ?? [];
	const minute = Number(hours) * 60 + Number(minutes);
	if (hours !== '' && Number(hours) < 24 && Number(minutes) < 60) return minute;
	throw new DatabricksError({
		kind: 'badRequest',
		message: `'${label}' is "${text}", which is not a time of the day.`,
		hint: 'Write it as 08:00.',
	});
}

const memorySchema = z.object({
	/** Epoch ms of the last statement. */
	usedMs: z.number().optional(),
	/** Whether the warehouse was seen asleep since. */
	hasSlept: z.boolean().default(false),
});

/** What is remembered of the warehouse between polls. */
export type WarehouseMemory = z.output<typeof memorySchema>;

export function readWarehouseMemory(stored: unknown): WarehouseMemory {
	const result = memorySchema.safeParse(stored);
	return result.success ? result.data : { hasSlept: false };
}

export interface WarehouseNow {
	/** `RUNNING`, `STOPPED`, … */
	state: string;
	/** Minutes without statements after which it stops; 0 when it never does. */
	autoStopMinutes: number;
	nowMs: number;
	minuteOfDay: number;
	/** Whether there is known to be work: a backlog, or a range that waits for its acknowledgement. */
	isBusy: boolean;
}

/** A statement a little before the warehouse would stop keeps it awake; one a little after does not. */
const marginMs = 60_000;

/**
 * Decides whether a poll may send statements. A warehouse that still runs a while after it would
 * have stopped without our last statement is used by others; so is one that runs after it was seen
 * asleep. Only then is it asked, and our own statements alone never keep it awake.
 */
export function mayUse(use: WarehouseUse, memory: WarehouseMemory, now: WarehouseNow): boolean {
	if (use.kind === 'always') return true;
	const idleMs = memory.usedMs === undefined ? Infinity : now.nowMs - memory.usedMs;
	if (use.kind === 'wakeEvery' && idleMs >= use.minutes * 60_000) return true;
	if (use.kind === 'window' && isWithin(now.minuteOfDay, use)) return true;
	if (now.state !== 'RUNNING') return false;
	if (use.kind === 'whileAwake' || now.isBusy || memory.hasSlept) return true;
	return now.autoStopMinutes === 0 || idleMs > now.autoStopMinutes * 60_000 + marginMs;
}

function isWithin(minute: number, { from, to }: { from: number; to: number }): boolean {
	return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}
