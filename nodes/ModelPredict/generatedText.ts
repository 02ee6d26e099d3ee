import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import { DatabricksError } from '../databricks/errors';
import type { Invocation } from '../databricks/serving/serving';

const partSchema = z.looseObject({ type: z.string().optional(), text: z.string().optional() });
const choiceSchema = z.looseObject({
	text: z.string().optional(),
	message: z
		.looseObject({ content: z.union([z.string(), z.array(partSchema)]).nullish() })
		.optional(),
	finish_reason: z.string().nullish(),
	/** Databricks' own SDK spells it so. */
	finishReason: z.string().nullish(),
});
const usageSchema = z.looseObject({
	prompt_tokens: z.number().optional(),
	completion_tokens: z.number().optional(),
	total_tokens: z.number().optional(),
});

/** The text of the first choice, of a chat or a completion. Throws DatabricksError (unexpectedAnswer). */
export function generatedText(answer: Invocation): { value: string; about: IDataObject } {
	const choice = choiceSchema.safeParse(answer.choices?.[0]);
	if (!choice.success || (choice.data.text ?? choice.data.message) === undefined) {
		throw new DatabricksError({
			kind: 'unexpectedAnswer',
			message: 'The endpoint answered without a text.',
			hint: "Check that it serves a model for chats or completions; for models of your own choose 'Predict'.",
		});
	}
	const { text, message, finish_reason, finishReason } = choice.data;
	const content = message?.content ?? text ?? '';
	const usage = usageSchema.safeParse(answer.usage);
	const tokens = usage.success ? usage.data : {};
	return {
		value: typeof content === 'string' ? content : content.map((part) => part.text ?? '').join(''),
		about: {
			finish_reason: finish_reason ?? finishReason ?? null,
			prompt_tokens: tokens.prompt_tokens ?? null,
			completion_tokens: tokens.completion_tokens ?? null,
			total_tokens: tokens.total_tokens ?? null,
		},
	};
}
