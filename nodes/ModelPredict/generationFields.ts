import type { INodeProperties } from 'n8n-workflow';
import type { Parameters } from '../n8n/parameters';

/** Options of models that write text. */
export const generationOptions: INodeProperties[] = [
	{
		displayName: 'Maximum Tokens',
		name: 'maxTokens',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 500,
		description: 'How long the answer may become, in tokens of the model',
	},
	{
		displayName: 'Temperature',
		name: 'temperature',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 2, numberPrecision: 2 },
		default: 0,
		description: 'How freely the model chooses its words: 0 as alike as it can, 2 very freely',
	},
];

/** The part of a body that these options make; what is not set is left to the model. */
export function readGeneration(parameters: Parameters): Record<string, unknown> {
	const isSet = (name: string) => parameters.optionalText(`options.${name}`) !== undefined;
	return {
		max_tokens: isSet('maxTokens')
			? parameters.number('options.maxTokens', 'Maximum Tokens', 500, 1)
			: undefined,
		temperature: isSet('temperature')
			? parameters.number('options.temperature', 'Temperature', 0)
			: undefined,
	};
}
