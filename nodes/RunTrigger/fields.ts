import type { INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { authenticationField } from '../n8n/authentication';
import { jobField } from '../n8n/jobLocator';
import type { Locator, Parameters } from '../n8n/parameters';
import { pipelineField } from '../n8n/pipelineLocator';
import { pickedName } from '../n8n/subtitle';
import { type EventKind, eventKinds } from './step';

/** What a user asked of the trigger. */
export interface RunTriggerRequest {
	watch: 'jobs' | 'pipelines';
	/** One job or pipeline, still to be found by its name. */
	one?: Locator;
	ids?: string[];
	namePattern?: string;
	tag?: { key: string; value?: string };
	kinds: ReadonlySet<EventKind>;
	longMs?: number;
	sinceMs?: number;
	lookBackMs: number;
	mostEvents: number;
}

const eventChoices = [
	{ name: 'Run Cancelled', value: 'cancelled' },
	{ name: 'Run Failed', value: 'failed' },
	{ name: 'Run Longer Than a Limit', value: 'long' },
	{ name: 'Run Skipped', value: 'skipped' },
	{ name: 'Run Started', value: 'started' },
	{ name: 'Run Succeeded', value: 'succeeded' },
];

/** Expressions for the subtitle: on what the workflow starts, and of what. */
export const subtitleParts = {
	events: `($parameter["events"] ?? []).map((event) => (${JSON.stringify(Object.fromEntries(eventChoices.map(({ value, name }) => [value, name])))})[event]).join(", ")`,
	object: `({ all: $parameter["watch"] === "jobs" ? "All Jobs" : "All Pipelines", ids: $parameter["ids"], name: $parameter["namePattern"], tag: $parameter["tag"], one: $parameter["watch"] === "jobs" ? ${pickedName('job')} : ${pickedName('pipeline')} })[$parameter["which"]]`,
};

export const runTriggerFields: INodeProperties[] = [
	authenticationField,
	{
		displayName: 'Watch',
		name: 'watch',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Job Runs', value: 'jobs' },
			{ name: 'Pipeline Updates', value: 'pipelines' },
		],
		default: 'jobs',
		description: 'What may start the workflow',
	},
	{
		displayName: 'Which',
		name: 'which',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'All', value: 'all', description: 'Every one that the credential may see' },
			{ name: 'By Name Pattern', value: 'name' },
			{ name: 'By Tag', value: 'tag' },
			{ name: 'One', value: 'one' },
			{ name: 'Several by ID', value: 'ids' },
		],
		default: 'one',
		description: 'Which jobs or pipelines to watch',
	},
	{
		...jobField,
		description: 'The job whose runs are watched',
		displayOptions: { show: { watch: ['jobs'], which: ['one'] } },
	},
	{
		...pipelineField,
		description: 'The pipeline whose updates are watched',
		displayOptions: { show: { watch: ['pipelines'], which: ['one'] } },
	},
	{
		displayName: 'IDs',
		name: 'ids',
		type: 'string',
		required: true,
		displayOptions: { show: { which: ['ids'] } },
		default: '',
		placeholder: 'e.g. 281874479417551, 246372968680205',
		description: 'IDs of the jobs or pipelines, separated by commas',
	},
	{
		displayName: 'Name Pattern',
		name: 'namePattern',
		type: 'string',
		required: true,
		displayOptions: { show: { which: ['name'] } },
		default: '',
		placeholder: 'e.g. bir_*',
		description: 'The name, with * for any text; case does not matter',
	},
	{
		displayName: 'Tag',
		name: 'tag',
		type: 'string',
		required: true,
		displayOptions: { show: { which: ['tag'] } },
		default: '',
		placeholder: 'e.g. system=bir',
		description: 'A tag that they have, as key or as key=value',
	},
	{
		displayName: 'Trigger On',
		name: 'events',
		type: 'multiOptions',
		required: true,
		options: eventChoices,
		default: ['failed'],
	},
	{
		displayName: 'Limit (Minutes)',
		name: 'limitMinutes',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: { show: { events: ['long'] } },
		default: 60,
		description: 'How long a run may take before it is told',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'Further settings of the trigger',
		options: [
			{
				displayName: 'Begin With',
				name: 'since',
				type: 'dateTime',
				default: '',
				description:
					'The first poll hands over what happened since this time; empty for what happens from the activation on',
			},
			{
				displayName: 'Events per Poll',
				name: 'mostEvents',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 100,
				description: 'After how many events to stop and leave the rest to the next poll',
			},
			{
				displayName: 'Look Back (Hours)',
				name: 'lookBackHours',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 48,
				description:
					'How far before the last poll the list of runs is read again. A repair that begins and ends between two polls is seen when its run started within this time; longer ones always are.',
			},
		],
	},
];

/** Reads the fields. Throws DatabricksError (badRequest) that names the wrong field. */
export function readRunTrigger(parameters: Parameters): RunTriggerRequest {
	const watch = parameters.choice('watch', 'Watch', ['jobs', 'pipelines']);
	const which = parameters.choice('which', 'Which', ['all', 'ids', 'name', 'one', 'tag']);
	const chosen = parameters.choices('events');
	const kinds = new Set(eventKinds.filter((kind) => chosen.includes(kind)));
	if (kinds.size === 0) throw wrong("'Trigger On' is empty.", 'Choose at least one event.');
	const since = parameters.optionalText('options.since');
	const sinceMs = since === undefined ? undefined : Date.parse(since);
	if (sinceMs !== undefined && Number.isNaN(sinceMs)) {
		throw wrong(`'Begin With' is '${since}', which is not a time.`, 'Write 2026-10-31T18:00:00Z.');
	}
	return {
		watch,
		...readSelection(parameters, watch, which),
		kinds,
		longMs: kinds.has('long')
			? parameters.number('limitMinutes', 'Limit (Minutes)', 60) * 60_000
			: undefined,
		sinceMs,
		lookBackMs: parameters.number('options.lookBackHours', 'Look Back (Hours)', 48, 1) * 3_600_000,
		mostEvents: parameters.number('options.mostEvents', 'Events per Poll', 100, 1),
	};
}

function readSelection(
	parameters: Parameters,
	watch: 'jobs' | 'pipelines',
	which: string,
): Pick<RunTriggerRequest, 'one' | 'ids' | 'namePattern' | 'tag'> {
	switch (which) {
		case 'one':
			return watch === 'jobs'
				? { one: parameters.locator('job', 'Job') }
				: { one: parameters.locator('pipeline', 'Pipeline') };
		case 'ids':
			parameters.requiredText('ids', 'IDs');
			return { ids: parameters.list('ids') };
		case 'name':
			return { namePattern: parameters.requiredText('namePattern', 'Name Pattern') };
		case 'tag': {
			const [key = '', ...value] = parameters.requiredText('tag', 'Tag').split('=');
			const given = value.join('=').trim();
			return { tag: { key: key.trim(), value: given === '' ? undefined : given } };
		}
		default:
			return {};
	}
}

function wrong(message: string, hint: string): DatabricksError {
	return new DatabricksError({ kind: 'badRequest', message, hint });
}
