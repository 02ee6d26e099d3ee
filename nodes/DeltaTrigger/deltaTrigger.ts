import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { getWarehouse } from '../databricks/sql/warehouses';
import { toNodeError } from '../n8n/nodeError';
import { Parameters } from '../n8n/parameters';
import { settled } from '../n8n/perItem';
import { handOverUnderLease } from './acknowledged';
import { pollCondition, sampleOfCondition } from './condition';
import { readDeltaTrigger, type TriggerEvent } from './fields';
import { handOver } from './handOver';
import { openPoll, type Outputs, type Poll } from './pollContext';
import { sampleOfChanges } from './rowChanges';
import { pollVersions, sampleOfVersions } from './versions';
import { mayUse, readWarehouseMemory } from './warehouseUse';
import { pollWatermark, sampleOfWatermark } from './watermark';

/** One poll: items, or nothing. */
export async function pollTable(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const outcome = await settled(poll(context));
	if (!outcome.ok) throw toNodeError(context.getNode(), outcome.error);
	const outputs = outcome.value;
	if (outputs.every((items) => items.length === 0)) return null;
	return outputs.map((items) => items.map((json): INodeExecutionData => ({ json })));
}

async function poll(context: IPollFunctions): Promise<Outputs> {
	const parameters = new Parameters((name, fallback, options) =>
		context.getNodeParameter(name, fallback, options),
	);
	const request = readDeltaTrigger(parameters);
	const opened = await openPoll(context, parameters, request);
	if (context.getMode() === 'manual') return await sample(opened, request.event);
	if (!(await isAllowed(opened, context.getTimezone()))) return [];
	return await live(opened, request.event);
}

async function live(poll: Poll, event: TriggerEvent): Promise<Outputs> {
	switch (event.kind) {
		case 'rowChanges': {
			const { acknowledgement } = event.request;
			return acknowledgement === undefined
				? await handOver(poll, event.request)
				: await handOverUnderLease(poll, event.request, acknowledgement);
		}
		case 'watermark':
			return await pollWatermark(poll, event.request);
		case 'versions':
			return await pollVersions(poll, event.request);
		case 'condition':
			return await pollCondition(poll, event.request);
	}
}

async function sample(poll: Poll, event: TriggerEvent): Promise<Outputs> {
	switch (event.kind) {
		case 'rowChanges':
			return await sampleOfChanges(poll, event.request);
		case 'watermark':
			return await sampleOfWatermark(poll, event.request);
		case 'versions':
			return await sampleOfVersions(poll, event.request);
		case 'condition':
			return await sampleOfCondition(poll, event.request);
	}
}

/** Where a trigger of each event keeps its place; without one it begins, and may wake the warehouse. */
const places = ['cursor', 'watermark', 'versionCursor', 'condition', 'consumerSeen'];

/** Asks for the state of the warehouse, and notes that it is used. */
async function isAllowed({ source, request, memory }: Poll, timezone: string): Promise<boolean> {
	const nowMs = source.workspace.clock.now();
	const hasBegun = places.some((place) => memory[place] !== undefined);
	if (hasBegun && request.warehouseUse.kind !== 'always') {
		const known = readWarehouseMemory(memory.warehouse);
		const { state = '', auto_stop_mins: autoStop } = await warehouseNow(source);
		const isUsed = mayUse(request.warehouseUse, known, {
			state,
			autoStopMinutes: typeof autoStop === 'number' ? autoStop : 120,
			nowMs,
			minuteOfDay: minuteOfDay(nowMs, timezone),
			isBusy: memory.busy === true,
		});
		if (!isUsed) {
			memory.warehouse = { ...known, hasSlept: known.hasSlept || state !== 'RUNNING' };
			return false;
		}
	}
	memory.warehouse = { usedMs: nowMs, hasSlept: false };
	return true;
}

async function warehouseNow({ workspace, warehouseId }: Poll['source']) {
	const found = await settled(getWarehouse(workspace, warehouseId));
	if (found.ok) return found.value;
	const { error } = found;
	const isGone = error instanceof DatabricksError && error.kind === 'notFound';
	throw isGone
		? error.with({ hint: "Choose another one in 'SQL Warehouse'. Nothing is lost meanwhile." })
		: error;
}

function minuteOfDay(ms: number, timeZone: string): number {
	const format = { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
	const [hours, minutes] = new Intl.DateTimeFormat('en-GB', format).format(ms).split(':');
	return Number(hours) * 60 + Number(minutes);
}
