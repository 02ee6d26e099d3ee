import { generatedText } from './generatedText';
import { generationOptions, readGeneration } from './generationFields';
import { oneCallPerItem } from './oneCallPerItem';
import type { ModelOperation } from './operation';

/** Lets a completions model go on with a text, for each item. */
export const completion: ModelOperation = {
	fields: [
		{
			displayName: 'Prompt',
			name: 'prompt',
			type: 'string',
			typeOptions: { rows: 4 },
			required: true,
			default: '',
			placeholder: 'e.g. The withholding tax of {{ $json.agency }} is',
			description: 'The text that the model goes on with',
		},
	],
	options: generationOptions,
	async run(context, workspace, outcomes) {
		await oneCallPerItem(context, workspace, outcomes, {
			outputField: 'completion',
			body: (parameters) => ({
				prompt: parameters.requiredText('prompt', 'Prompt'),
				...readGeneration(parameters),
			}),
			read: generatedText,
		});
	},
};
