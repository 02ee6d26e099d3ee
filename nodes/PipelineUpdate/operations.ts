import type { INodeProperties } from 'n8n-workflow';
import { authenticationField } from '../n8n/authentication';
import { pipelineField } from '../n8n/pipelineLocator';
import { getEvents } from './getEvents';
import { getUpdate } from './getUpdate';
import { listUpdatesOf } from './listUpdates';
import type { Operation } from './operation';
import { gateFields } from './qualityGateFields';
import { runUpdate } from './runUpdate';
import { stop } from './stop';
import { waitForUpdateOf } from './waitForUpdate';

export const operationNames = [
	'run',
	'wait',
	'getUpdate',
	'listUpdates',
	'getEvents',
	'stop',
] as const;
export type OperationName = (typeof operationNames)[number];

export const operations: Readonly<Record<OperationName, Operation>> = {
	run: runUpdate,
	wait: waitForUpdateOf,
	getUpdate,
	listUpdates: listUpdatesOf,
	getEvents,
	stop,
};

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Get Events',
			value: 'getEvents',
			action: 'Get events of pipeline',
			description: 'Read the event log of the pipeline, or of one of its updates',
		},
		{
			name: 'Get Update',
			value: 'getUpdate',
			action: 'Get update',
			description: 'Say how one update went: state, rows and data quality, or why it failed',
		},
		{
			name: 'List Updates',
			value: 'listUpdates',
			action: 'List updates of pipeline',
			description: 'List the updates of the pipeline, the newest first',
		},
		{
			name: 'Run Update',
			value: 'run',
			action: 'Run update',
			description: 'Start an update and, by choice, wait for it and check its data quality',
		},
		{
			name: 'Stop',
			value: 'stop',
			action: 'Stop pipeline',
			description: 'Stop the update that is running',
		},
		{
			name: 'Wait for Update',
			value: 'wait',
			action: 'Wait for update',
			description: 'Wait until an update that was started elsewhere has ended',
		},
	],
	default: 'run',
	description: 'What to do with the pipeline',
};

const operationFields = [
	...operationNames.flatMap((name) => shownFor([name], operations[name].fields)),
	...shownFor(['run', 'wait'], gateFields),
];
const isOptions = ({ name }: INodeProperties) => name === 'options';

/** 'Options' come last, as in every node. */
export const pipelineUpdateFields: INodeProperties[] = [
	authenticationField,
	operationField,
	pipelineField,
	...operationFields.filter((field) => !isOptions(field)),
	...operationFields.filter(isOptions),
];

/** The fields, shown only when one of these operations is chosen. */
function shownFor(names: OperationName[], fields: INodeProperties[]): INodeProperties[] {
	return fields.map((field) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			show: { operation: names, ...field.displayOptions?.show },
		},
	}));
}
