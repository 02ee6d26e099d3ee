import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ApiError, invalidParameter, notImplemented } from '../apiError';

export type LanguageTask = 'llm/v1/chat' | 'llm/v1/completions' | 'llm/v1/embeddings';

/** A model behind one of the foundation model APIs. */
export interface LanguageModel {
	task: LanguageTask;
	/** Throws ApiError: 400 for a request that the API refuses, 501 for what is not done here. */
	answer(body: unknown, nowMs: number): Record<string, unknown>;
}

const ignored = {
	client_request_id: z.unknown(),
	usage_context: z.unknown(),
	extra_params: z.unknown(),
	user: z.unknown(),
};
/** What shapes an answer of a real model; here only the length does. */
const generation = {
	max_tokens: z.number().int().positive().optional(),
	temperature: z.number().min(0).max(2).optional(),
	top_p: z.number().optional(),
	top_k: z.number().optional(),
	n: z.number().int().min(1).max(5).default(1),
	stream: z.literal(false).optional(),
};
const texts = z.union([z.string().transform((text) => [text]), z.array(z.string()).min(1)]);
const chatSchema = z
	.object({
		messages: z.array(z.object({ role: z.string(), content: z.string() }).passthrough()).min(1),
		...generation,
		...ignored,
	})
	.strict();
const completionSchema = z.object({ prompt: texts, ...generation, ...ignored }).strict();
const embeddingSchema = z
	.object({ input: texts, instruction: z.string().optional(), ...ignored })
	.strict();

/** Length of the vectors. */
const dimensions = 16;

const says = 'The local workspace has no language model and repeats what it was given.';

/** By the name under which an endpoint serves them. None of them thinks: equal requests, equal answers. */
const languageModels: Readonly<Record<string, LanguageModel>> = {
	'system.ai.local_chat': {
		task: 'llm/v1/chat',
		answer: (body, nowMs) => {
			const { messages, ...options } = read(chatSchema, body);
			const last = messages.filter(({ role }) => role === 'user').at(-1)?.content ?? '';
			const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
			const told = system.length === 0 ? '' : ` Told beforehand: ${system.join(' ')}`;
			const text = `${says}${told} Asked: ${last}`;
			const asked = messages.map(({ content }) => content).join(' ');
			return generated('chat.completion', nowMs, asked, [text], options, (cut) => ({
				message: { role: 'assistant', content: cut },
			}));
		},
	},
	'system.ai.local_completions': {
		task: 'llm/v1/completions',
		answer: (body, nowMs) => {
			const { prompt, ...options } = read(completionSchema, body);
			const goesOn = prompt.map((text) => `… ${text} (${says})`);
			return generated('text_completion', nowMs, prompt.join(' '), goesOn, options, (text) => ({
				text,
			}));
		},
	},
	'system.ai.local_embeddings': {
		task: 'llm/v1/embeddings',
		answer: (body) => {
			const { input } = read(embeddingSchema, body);
			const tokens = wordsOf(input.join(' ')).length;
			return {
				object: 'list',
				data: input.map((text, index) => ({
					object: 'embedding',
					index,
					embedding: vectorOf(text),
				})),
				model: 'local-embeddings: digests of the words, without their meaning',
				usage: { prompt_tokens: tokens, total_tokens: tokens },
			};
		},
	},
};

/** The model of that name; undefined for models that are not the workspace's own. */
export function languageModel(entityName: string): LanguageModel | undefined {
	return languageModels[entityName];
}

export function taskOfLanguageModel(entityName: string): LanguageTask | undefined {
	return languageModels[entityName]?.task;
}

function generated(
	object: string,
	nowMs: number,
	prompt: string,
	answers: string[],
	{ max_tokens: most = Infinity, n }: { max_tokens?: number; n: number },
	choice: (text: string) => Record<string, unknown>,
): Record<string, unknown> {
	const cut = answers.flatMap((text) => {
		const words = wordsOf(text);
		const kept = words.length > most ? words.slice(0, most).join(' ') : text;
		const finish = words.length > most ? 'length' : 'stop';
		return Array.from({ length: n }, () => ({ kept, finish }));
	});
	const promptTokens = wordsOf(prompt).length;
	const tokens = cut.reduce((sum, { kept }) => sum + wordsOf(kept).length, 0);
	const id = createHash('sha256').update(prompt).digest('hex').slice(0, 24);
	return {
		id: `local-${id}`,
		object,
		created: Math.floor(nowMs / 1000),
		model: `local-${object === 'chat.completion' ? 'chat' : 'completions'}`,
		choices: cut.map(({ kept, finish }, index) => ({
			index,
			...choice(kept),
			finish_reason: finish,
		})),
		usage: {
			prompt_tokens: promptTokens,
			completion_tokens: tokens,
			total_tokens: promptTokens + tokens,
		},
	};
}

/** Words stand for tokens. */
function wordsOf(text: string): string[] {
	return text.split(/\s+/).filter((word) => word !== '');
}

/** Equal texts have equal vectors, texts with common words near ones; length 1. */
function vectorOf(text: string): number[] {
	const sum = Array.from({ length: dimensions }, () => 0);
	for (const word of wordsOf(text.toLowerCase())) {
		const digest = createHash('sha256').update(word).digest();
		for (const [at, before] of sum.entries()) sum[at] = before + digest.readInt8(at);
	}
	const length = Math.hypot(...sum) || 1;
	return sum.map((value) => Number((value / length).toFixed(6)));
}

/** The text about an unknown field is documented; of the others only that the status is 400. */
function read<Schema extends z.ZodTypeAny>(schema: Schema, body: unknown): z.output<Schema> {
	const result = schema.safeParse(body);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	if (issue?.path[0] === 'stream') throw notImplemented('streamed answers of language models');
	if (issue?.code === 'unrecognized_keys') {
		const [field = ''] = issue.keys;
		throw new ApiError(400, 'BAD_REQUEST', `Bad request: json: unknown field "${field}"`);
	}
	throw invalidParameter(
		`Bad request: ${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'not valid'}`,
	);
}
