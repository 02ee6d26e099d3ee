import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { DatabricksError } from '../../databricks/errors';
import type { PipelineParameters, RunParameters } from '../../databricks/jobs/jobRunParameters';
import { isRecord, type Parameters, textOf } from '../../n8n/parameters';

const objectFamilies = ['notebook', 'pythonNamed', 'sql'] as const;
const listFamilies = ['dbt', 'jar', 'python', 'sparkSubmit'] as const;

const byName: INodePropertyOptions[] = [
	{
		name: 'Dbt Commands',
		value: 'dbt',
		description: 'For dbt tasks: a list of commands',
	},
	{
		name: 'JAR Parameters',
		value: 'jar',
		description: 'For JAR tasks: a list of texts',
	},
	{
		name: 'Job Parameters: JSON',
		value: 'json',
		description: 'One JSON object of parameters that the job declares',
	},
	{
		name: 'Job Parameters: Names and Values',
		value: 'fields',
		description: 'Parameters that the job declares, entered one by one',
	},
	{
		name: 'Notebook Parameters',
		value: 'notebook',
		description: 'For notebook tasks: values of their widgets',
	},
	{
		name: 'Pipeline Parameters',
		value: 'pipeline',
		description: 'For pipeline tasks: what they refresh',
	},
	{
		name: 'Python Named Parameters',
		value: 'pythonNamed',
		description: 'For Python wheel tasks: names and values',
	},
	{
		name: 'Python Parameters',
		value: 'python',
		description: 'For Python tasks: a list of texts in ASCII',
	},
	{
		name: 'Spark Submit Parameters',
		value: 'sparkSubmit',
		description: 'For spark-submit tasks: a list of texts in ASCII',
	},
	{
		name: 'SQL Parameters',
		value: 'sql',
		description: 'For SQL tasks: names and values',
	},
];

const modeField: INodeProperties = {
	displayName: 'Parameters',
	name: 'parameterMode',
	type: 'options',
	noDataExpression: true,
	options: [],
	default: 'mapped',
	description:
		'How the run gets its values: parameters of the job, or one of the older kinds for one kind of task',
};

const startModeField: INodeProperties = {
	...modeField,
	options: [
		...byName.slice(0, 2),
		{
			name: 'Job Parameters: Fields of the Job',
			value: 'mapped',
			description: 'A field for each parameter that the job declares, with its default',
		},
		...byName.slice(2),
	],
};

const repairModeField: INodeProperties = {
	...modeField,
	options: [
		...byName.slice(0, 4),
		{
			name: 'Keep Those of the Run',
			value: 'keep',
			description: 'The job parameters that the run has',
		},
		...byName.slice(4),
	],
	default: 'keep',
	description: 'Which values the repaired tasks get',
};

const mappedField: INodeProperties = {
	displayName: 'Job Parameters',
	name: 'mappedParameters',
	type: 'resourceMapper',
	noDataExpression: true,
	default: { mappingMode: 'defineBelow', value: null },
	typeOptions: {
		loadOptionsDependsOn: ['job.value', 'authentication'],
		resourceMapper: {
			resourceMapperMethod: 'mapJobParameters',
			mode: 'map',
			fieldWords: { singular: 'parameter', plural: 'parameters' },
			addAllFields: true,
			supportAutoMap: false,
			noFieldsError: 'The job declares no parameters',
			alwaysConvertFieldsToString: true,
			allowEmptyValues: true,
		},
	},
	displayOptions: { show: { parameterMode: ['mapped'] } },
	description: 'Values for parameters of the job; a field that is removed keeps its default',
};

const valueFields: INodeProperties[] = [
	{
		displayName: 'Parameters',
		name: 'jobParameters',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Parameter',
		displayOptions: { show: { parameterMode: ['fields'] } },
		default: {},
		description: 'Values for parameters of the job; the others keep their defaults',
		options: [
			{
				displayName: 'Parameter',
				name: 'values',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. month',
						description: 'Name of the parameter, as the job declares it',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. 2026-10',
						description: 'Value of the parameter; Databricks takes it as text',
					},
				],
			},
		],
	},
	{
		displayName: 'Parameters (JSON)',
		name: 'jobParametersJson',
		type: 'json',
		displayOptions: { show: { parameterMode: ['json'] } },
		default: '{}',
		placeholder: 'e.g. { "month": "2026-10" }',
		description:
			'A JSON object of parameter names and values. Values that are no text are sent as JSON.',
	},
	{
		displayName: 'Names and Values (JSON)',
		name: 'namedParametersJson',
		type: 'json',
		displayOptions: { show: { parameterMode: [...objectFamilies] } },
		default: '{}',
		placeholder: 'e.g. { "month": "2026-10" }',
		description: 'A JSON object of names and values. Values that are no text are sent as JSON.',
	},
	{
		displayName: 'List (JSON)',
		name: 'listedParametersJson',
		type: 'json',
		displayOptions: { show: { parameterMode: [...listFamilies] } },
		default: '[]',
		placeholder: 'e.g. ["--month", "2026-10"]',
		description: 'A JSON list of texts, in their order',
	},
	{
		displayName: 'Full Refresh',
		name: 'pipelineFullRefresh',
		type: 'boolean',
		displayOptions: { show: { parameterMode: ['pipeline'] } },
		default: false,
		description: 'Whether the pipeline forgets what its tables hold and computes them anew',
	},
	{
		displayName: 'Tables to Refresh',
		name: 'pipelineRefreshSelection',
		type: 'string',
		displayOptions: { show: { parameterMode: ['pipeline'], pipelineFullRefresh: [false] } },
		default: '',
		placeholder: 'e.g. silver.scout.transactions, gold.bir.monthly_totals',
		description: 'The only tables to bring up to date, separated by commas; empty for all',
	},
	{
		displayName: 'Tables to Refresh in Full',
		name: 'pipelineFullRefreshSelection',
		type: 'string',
		displayOptions: { show: { parameterMode: ['pipeline'], pipelineFullRefresh: [false] } },
		default: '',
		placeholder: 'e.g. silver.scout.transactions',
		description: 'Tables to compute anew, separated by commas',
	},
	{
		displayName: 'Flows to Refresh',
		name: 'pipelineRefreshFlows',
		type: 'string',
		displayOptions: { show: { parameterMode: ['pipeline'], pipelineFullRefresh: [false] } },
		default: '',
		placeholder: 'e.g. silver.scout.transactions',
		description: 'Flows to bring up to date beside those tables, separated by commas',
	},
	{
		displayName: 'Reset Checkpoints of Flows',
		name: 'pipelineResetCheckpoints',
		type: 'string',
		displayOptions: { show: { parameterMode: ['pipeline'], pipelineFullRefresh: [false] } },
		default: '',
		placeholder: 'e.g. bronze.scout.transactions',
		description:
			'Streaming flows, separated by commas, that read their sources again from the beginning. Their tables keep the rows they hold, so rows may be there twice.',
	},
];

/** For starting a run of a job. */
export const startParameterFields: INodeProperties[] = [
	startModeField,
	mappedField,
	...valueFields,
];

/** For repairing a run. */
export const repairParameterFields: INodeProperties[] = [repairModeField, ...valueFields];

/**
 * The parameters of one item; none when there are none, or when those of the run are to be kept.
 * Throws DatabricksError (badRequest) that names the wrong field.
 */
export function readRunParameters(parameters: Parameters): RunParameters | undefined {
	const mode = parameters.text('parameterMode');
	const object = objectFamilies.find((family) => family === mode);
	const list = listFamilies.find((family) => family === mode);
	if (object !== undefined) {
		const label = 'Names and Values (JSON)';
		const values = parameters.optionalObject('namedParametersJson', label) ?? {};
		return { family: object, values: textValues(values) };
	}
	if (list !== undefined) {
		const values = parameters.optionalArray('listedParametersJson', 'List (JSON)') ?? [];
		return { family: list, values: values.map(parameterText) };
	}
	if (mode === 'pipeline') return { family: 'pipeline', values: readPipeline(parameters) };
	if (mode === 'keep') return undefined;
	const values = readJobParameters(parameters, mode);
	return Object.keys(values).length === 0 ? undefined : { family: 'job', values };
}

function readPipeline(parameters: Parameters): PipelineParameters {
	if (parameters.flag('pipelineFullRefresh')) return { full_refresh: true };
	const selection = (name: string) => {
		const names = parameters.list(name);
		return names.length === 0 ? undefined : names;
	};
	return {
		refresh_selection: selection('pipelineRefreshSelection'),
		full_refresh_selection: selection('pipelineFullRefreshSelection'),
		refresh_flow_selection: selection('pipelineRefreshFlows'),
		reset_checkpoint_selection: selection('pipelineResetCheckpoints'),
	};
}

function readJobParameters(parameters: Parameters, mode: string): Record<string, string> {
	if (mode === 'json') {
		return textValues(parameters.optionalObject('jobParametersJson', 'Parameters (JSON)') ?? {});
	}
	if (mode === 'fields') return readRows(parameters);
	const mapped = parameters.optionalObject('mappedParameters.value', 'Job Parameters');
	const given = Object.entries(mapped ?? {}).filter(([, value]) => value !== null);
	return textValues(Object.fromEntries(given));
}

function readRows(parameters: Parameters): Record<string, string> {
	const rows = parameters.rows('jobParameters.values').map((row) => ({
		name: textOf(row.name)?.trim() ?? '',
		value: parameterText(row.value),
	}));
	const named = rows.filter((row) => row.name !== '');
	const twice = named.find(
		(row, index) => named.findIndex(({ name }) => name === row.name) < index,
	);
	if (twice !== undefined) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `'Parameters' has '${twice.name}' twice.`,
			hint: 'Remove one of the two.',
		});
	}
	return Object.fromEntries(named.map(({ name, value }) => [name, value]));
}

/** Names and values of a fixed collection or an object as texts. */
export function textValues(values: Readonly<Record<string, unknown>>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(values).map(([name, value]) => [name, parameterText(value)]),
	);
}

/** Databricks takes text only: nothing is the empty text, lists and objects are JSON. */
export function parameterText(value: unknown): string {
	if (value === null || value === undefined) return '';
	return textOf(value) ?? (isRecord(value) || Array.isArray(value) ? JSON.stringify(value) : '');
}
