import type { INodeProperties } from 'n8n-workflow';
import { authenticationField } from '../n8n/authentication';
import { endpointField } from '../n8n/endpointLocator';
import { answerOptions } from './answerOptions';
import { chat } from './chat';
import { completion } from './completion';
import { embedding } from './embedding';
import type { ModelOperation } from './operation';
import { predict } from './predict';

export const operationNames = ['predict', 'chat', 'completion', 'embedding'] as const;
export type OperationName = (typeof operationNames)[number];

export const operations: Readonly<Record<OperationName, ModelOperation>> = {
	predict,
	chat,
	completion,
	embedding,
};

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Chat',
			value: 'chat',
			action: 'Chat with model',
			description: 'Ask a chat model a question for each item',
		},
		{
			name: 'Complete Text',
			value: 'completion',
			action: 'Complete text',
			description: 'Let a completions model go on with a text, for each item',
		},
		{
			name: 'Embed Text',
			value: 'embedding',
			action: 'Embed text',
			description: 'Turn the text of each item into a vector',
		},
		{
			name: 'Predict',
			value: 'predict',
			action: 'Predict with model',
			description: 'Ask a model of your own for all items, many in one request',
		},
	],
	default: 'predict',
	description: 'What kind of model the endpoint serves, and what it is asked',
};

export const modelPredictFields: INodeProperties[] = [
	authenticationField,
	operationField,
	endpointField,
	...operationNames.flatMap((name) => [
		...shownFor(name, operations[name].fields),
		...shownFor(name, [optionsOf(operations[name])]),
	]),
];

function optionsOf({ options }: ModelOperation): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'Further settings of the requests',
		options: [...options, ...answerOptions].sort((a, b) =>
			a.displayName.localeCompare(b.displayName),
		),
	};
}

function shownFor(name: OperationName, fields: INodeProperties[]): INodeProperties[] {
	return fields.map((field) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			show: { operation: [name], ...field.displayOptions?.show },
		},
	}));
}
