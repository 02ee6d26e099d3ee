import { z } from 'zod/v4';
import { DatabricksError } from '../databricks/errors';
import type { Invocation } from '../databricks/serving/serving';
import { oneCallPerItem } from './oneCallPerItem';
import type { ModelOperation } from './operation';

const embeddingSchema = z.looseObject({ embedding: z.array(z.number()) });

/** Turns the text of each item into a vector. */
export const embedding: ModelOperation = {
	fields: [
		{
			displayName: 'Text',
			name: 'text',
			type: 'string',
			typeOptions: { rows: 2 },
			required: true,
			default: '',
			placeholder: 'e.g. {{ $json.description }}',
			description: 'The text that becomes a vector',
		},
	],
	options: [],
	async run(context, workspace, outcomes) {
		await oneCallPerItem(context, workspace, outcomes, {
			outputField: 'embedding',
			body: (parameters) => ({ input: parameters.requiredText('text', 'Text') }),
			read: (answer) => ({ value: vectorIn(answer) }),
		});
	},
};

function vectorIn({ data = [] }: Invocation): number[] {
	const parsed = embeddingSchema.safeParse(data[0]);
	if (parsed.success && data.length === 1) return parsed.data.embedding;
	throw new DatabricksError({
		kind: 'unexpectedAnswer',
		message: `The endpoint answered one text with ${data.length} vectors.`,
		hint: 'Check that it serves a model for embeddings.',
	});
}
