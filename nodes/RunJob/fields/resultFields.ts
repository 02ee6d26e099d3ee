import type { INodeProperties } from 'n8n-workflow';
import type { Parameters } from '../../n8n/parameters';

/** What the item of an ended run has. */
export interface ResultSettings {
	acceptPartialSuccess: boolean;
	includeTaskOutputs: boolean;
	/** An item for each task instead of one for the run. */
	splitTasks: boolean;
}

export const acceptPartialSuccessOption: INodeProperties = {
	displayName: 'Accept Partial Success',
	name: 'acceptPartialSuccess',
	type: 'boolean',
	default: true,
	description:
		'Whether a run that Databricks reports as successful with failures counts as a success',
};

export const includeTaskOutputsOption: INodeProperties = {
	displayName: 'Include Task Outputs',
	name: 'includeTaskOutputs',
	type: 'boolean',
	default: true,
	description: 'Whether to fetch the output of every task, with one request for each',
};

export const splitTasksOption: INodeProperties = {
	displayName: 'Split Into Tasks',
	name: 'splitTasks',
	type: 'boolean',
	default: false,
	description: 'Whether to return an item for each task instead of one for the run',
};

/** The 'Options' of an operation, in the order of their names. */
export function optionsField(options: readonly INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'Further settings of the operation',
		options: options.toSorted((a, b) => a.displayName.localeCompare(b.displayName)),
	};
}

export function readResult(parameters: Parameters): ResultSettings {
	return {
		acceptPartialSuccess: parameters.flag('options.acceptPartialSuccess', true),
		includeTaskOutputs: parameters.flag('options.includeTaskOutputs', true),
		splitTasks: parameters.flag('options.splitTasks', false),
	};
}
