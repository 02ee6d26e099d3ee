import type { INodeProperties } from 'n8n-workflow';
import { authenticationField } from '../n8n/authentication';
import type { Locator, Parameters } from '../n8n/parameters';
import { catalogField, schemaField, tableField, tableOf } from '../n8n/tableLocators';
import { warehouseField } from '../n8n/warehouseLocator';
import { type ConditionRequest, conditionFields, readCondition } from './conditionFields';
import {
	readRowChanges,
	type RowChangesRequest,
	rowChangesFields,
	rowChangesOptions,
} from './rowChangesFields';
import { readVersions, type VersionsRequest, versionsOptions } from './versionsFields';
import { readWarehouseUse, type WarehouseUse, warehouseUseFields } from './warehouseUse';
import { readWatermark, type WatermarkRequest, watermarkFields } from './watermarkFields';

/** What a user asked of the trigger: of an event, and of every one. */
export interface DeltaTriggerRequest {
	event: TriggerEvent;
	warehouse: Locator;
	warehouseUse: WarehouseUse;
	/** Empty parts where the event has no table. */
	table: [string, string, string];
	decimalsAsNumbers: boolean;
}

export type TriggerEvent =
	| { kind: 'rowChanges'; request: RowChangesRequest }
	| { kind: 'watermark'; request: WatermarkRequest }
	| { kind: 'versions'; request: VersionsRequest }
	| { kind: 'condition'; request: ConditionRequest };

const withTable = ['rowChanges', 'newRows', 'newOrUpdatedRows', 'newVersion'];
const ofTable = { displayOptions: { show: { event: withTable } } };

const options: INodeProperties[] = [
	{
		displayName: 'Columns',
		name: 'columns',
		type: 'string',
		default: '',
		placeholder: 'e.g. agency, amount',
		displayOptions: { show: { '/event': ['rowChanges', 'newRows', 'newOrUpdatedRows'] } },
		description: 'The columns to return, separated by commas; all when empty',
	},
	{
		displayName: 'Decimals as Numbers',
		name: 'decimalsAsNumbers',
		type: 'boolean',
		default: false,
		description:
			'Whether to return DECIMAL values as numbers, which may lose digits, instead of as exact text',
	},
	...rowChangesOptions,
	...versionsOptions,
	{
		displayName: 'Rows per Poll',
		name: 'rowsPerPoll',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 10000,
		displayOptions: { show: { '/event': withTable } },
		description:
			'After how many rows to stop and leave the rest to the next poll, also inside a commit',
	},
];

export const eventChoices = [
	{
		name: 'New or Updated Rows',
		value: 'newOrUpdatedRows',
		description: 'Rows whose watermark column has grown; also of views and foreign tables',
	},
	{
		name: 'New Rows',
		value: 'newRows',
		description: 'Rows whose key was not there before; also of views and foreign tables',
	},
	{
		name: 'New Table Version',
		value: 'newVersion',
		description: 'Each commit of a Delta table, with who did what',
	},
	{
		name: 'Query Condition',
		value: 'condition',
		description: 'A query that returns rows, or a value that crosses a threshold',
	},
	{
		name: 'Row Changes',
		value: 'rowChanges',
		description: 'Inserted, updated and deleted rows, from the change feed of a Delta table',
	},
];

export const deltaTriggerFields: INodeProperties[] = [
	authenticationField,
	{
		displayName: 'Trigger On',
		name: 'event',
		type: 'options',
		noDataExpression: true,
		options: eventChoices,
		default: 'rowChanges',
		description: 'What starts the workflow',
	},
	warehouseField,
	...warehouseUseFields,
	{ ...catalogField, ...ofTable, required: false },
	{ ...schemaField, ...ofTable, required: false },
	{ ...tableField, ...ofTable },
	...rowChangesFields,
	...watermarkFields,
	...conditionFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'Further settings of the trigger',
		options: [...options].sort((a, b) => a.displayName.localeCompare(b.displayName)),
	},
];

const events = ['rowChanges', 'newRows', 'newOrUpdatedRows', 'newVersion', 'condition'] as const;

/** Reads the fields. Throws DatabricksError (badRequest) that names the wrong field. */
export function readDeltaTrigger(parameters: Parameters): DeltaTriggerRequest {
	const event = readEvent(parameters);
	return {
		event,
		warehouse: parameters.locator('warehouse', 'SQL Warehouse'),
		warehouseUse: readWarehouseUse(parameters),
		table: event.kind === 'condition' ? ['', '', ''] : tableOf(parameters),
		decimalsAsNumbers: parameters.flag('options.decimalsAsNumbers'),
	};
}

function readEvent(parameters: Parameters): TriggerEvent {
	const event = parameters.choice('event', 'Trigger On', events);
	switch (event) {
		case 'rowChanges':
			return { kind: 'rowChanges', request: readRowChanges(parameters) };
		case 'newVersion':
			return { kind: 'versions', request: readVersions(parameters) };
		case 'condition':
			return { kind: 'condition', request: readCondition(parameters) };
		default:
			return { kind: 'watermark', request: readWatermark(parameters, event) };
	}
}
