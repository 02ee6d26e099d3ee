import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { Parameters } from '../n8n/parameters';

/** What becomes of an answer, and how long it is waited for; the same for every operation. */
export interface AnswerOptions {
	outputField: string;
	keepInput: boolean;
	includeDetails: boolean;
	timeoutMs: number;
	/** How long an endpoint that is starting or busy is waited for. */
	patienceMs: number;
	parallelRequests: number;
}

export const answerOptions: INodeProperties[] = [
	{
		displayName: 'Include Details',
		name: 'includeDetails',
		type: 'boolean',
		default: false,
		description:
			'Whether each output item tells the endpoint, the served model that answered and how long its request took',
	},
	{
		displayName: 'Keep Input Fields',
		name: 'keepInput',
		type: 'boolean',
		default: true,
		description: 'Whether each output item has the fields of its input item, too',
	},
	{
		displayName: 'Output Field',
		name: 'outputField',
		type: 'string',
		default: '',
		placeholder: 'e.g. forecast',
		description:
			"Name of the field in which each item gets its answer. When empty: 'prediction', 'answer', 'completion' or 'embedding'.",
	},
	{
		displayName: 'Parallel Requests',
		name: 'parallelRequests',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 64 },
		default: 2,
		description:
			'How many requests may be under way at once. Fewer, larger requests are quicker than many at once.',
	},
	{
		displayName: 'Timeout (Seconds)',
		name: 'timeoutSeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 300,
		description:
			'How long to wait for one answer. An endpoint that scaled to zero needs minutes for its first one.',
	},
	{
		displayName: 'Wait for a Starting Endpoint (Minutes)',
		name: 'patienceMinutes',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 10,
		description:
			'How long to keep asking an endpoint that is starting from zero, busy (429) or not available (503)',
	},
];

export function readAnswerOptions(parameters: Parameters, outputField: string): AnswerOptions {
	const minutes = 'Wait for a Starting Endpoint (Minutes)';
	return {
		outputField: parameters.optionalText('options.outputField') ?? outputField,
		keepInput: parameters.flag('options.keepInput', true),
		includeDetails: parameters.flag('options.includeDetails'),
		timeoutMs: parameters.number('options.timeoutSeconds', 'Timeout (Seconds)', 300, 1) * 1_000,
		patienceMs: parameters.number('options.patienceMinutes', minutes, 10) * 60_000,
		parallelRequests: Math.floor(
			parameters.number('options.parallelRequests', 'Parallel Requests', 2, 1),
		),
	};
}

/** An answer for one item, with what its request tells. */
export interface ItemAnswer {
	value: unknown;
	servedModel?: string;
	latencyMs: number;
	/** What the answer says beside its value, shown with 'Include Details'. */
	about?: IDataObject;
}

/** The output item of an answer. */
export function answerItem(
	options: AnswerOptions,
	endpoint: string,
	input: IDataObject | undefined,
	answer: ItemAnswer,
): IDataObject {
	const details = options.includeDetails
		? {
				endpoint,
				served_model: answer.servedModel ?? null,
				latency_ms: Math.round(answer.latencyMs),
				...answer.about,
			}
		: {};
	const kept = options.keepInput ? input : {};
	return { ...kept, [options.outputField]: fieldValue(answer.value), ...details };
}

function fieldValue(value: unknown): IDataObject[string] {
	if (value === null || value === undefined) return null;
	if (typeof value === 'object' || typeof value === 'string') return value;
	return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}
