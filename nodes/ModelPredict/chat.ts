import { generatedText } from './generatedText';
import { generationOptions, readGeneration } from './generationFields';
import { oneCallPerItem } from './oneCallPerItem';
import type { ModelOperation } from './operation';

/** Asks a chat model for each item. */
export const chat: ModelOperation = {
	fields: [
		{
			displayName: 'Message',
			name: 'message',
			type: 'string',
			typeOptions: { rows: 4 },
			required: true,
			default: '',
			placeholder: 'e.g. Explain the withholding tax of {{ $json.agency }} in one sentence',
			description: 'What the user says to the model',
		},
		{
			displayName: 'System Message',
			name: 'systemMessage',
			type: 'string',
			typeOptions: { rows: 2 },
			default: '',
			placeholder: 'e.g. You answer as a tax accountant, in plain words',
			description: 'What the model is told about its task beforehand',
		},
	],
	options: generationOptions,
	async run(context, workspace, outcomes) {
		await oneCallPerItem(context, workspace, outcomes, {
			outputField: 'answer',
			body: (parameters) => {
				const system = parameters.optionalText('systemMessage');
				const message = parameters.requiredText('message', 'Message');
				return {
					messages: [
						...(system === undefined ? [] : [{ role: 'system', content: system }]),
						{ role: 'user', content: message },
					],
					...readGeneration(parameters),
				};
			},
			read: generatedText,
		});
	},
};
