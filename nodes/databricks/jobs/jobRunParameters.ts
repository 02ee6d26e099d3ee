import { DatabricksError } from '../errors';

/** The refresh of pipeline tasks, by the names of the service. */
export interface PipelineParameters {
	full_refresh?: boolean;
	refresh_selection?: readonly string[];
	full_refresh_selection?: readonly string[];
	refresh_flow_selection?: readonly string[];
	reset_checkpoint_selection?: readonly string[];
}

/**
 * The parameters of one run: job parameters, or one of the older families, each for its own kind of
 * task. Databricks takes several families at once in some cases; this client takes one.
 */
export type RunParameters = NamedParameters | ListedParameters | PipelineTaskParameters;

interface NamedParameters {
	family: 'job' | 'notebook' | 'pythonNamed' | 'sql';
	values: Readonly<Record<string, string>>;
}

interface ListedParameters {
	family: 'jar' | 'python' | 'sparkSubmit' | 'dbt';
	values: readonly string[];
}

interface PipelineTaskParameters {
	family: 'pipeline';
	values: PipelineParameters;
}

interface Family {
	field: string;
	what: string;
	asciiOnly?: boolean;
}

const families: Readonly<Record<RunParameters['family'], Family>> = {
	job: { field: 'job_parameters', what: 'job parameters' },
	notebook: { field: 'notebook_params', what: 'notebook parameters' },
	pythonNamed: { field: 'python_named_params', what: 'named Python parameters' },
	sql: { field: 'sql_params', what: 'SQL parameters' },
	jar: { field: 'jar_params', what: 'JAR parameters' },
	python: { field: 'python_params', what: 'Python parameters', asciiOnly: true },
	sparkSubmit: {
		field: 'spark_submit_params',
		what: 'spark-submit parameters',
		asciiOnly: true,
	},
	dbt: { field: 'dbt_commands', what: 'dbt commands' },
	pipeline: { field: 'pipeline_params', what: 'pipeline parameters' },
};

/** The documented limit of the parameters of a run, as JSON. */
const mostBytes = 10_000;

/**
 * The fields of run-now and repair for the parameters; none when there are none. Throws DatabricksError
 * (badRequest) for what Databricks would refuse: more than 10,000 bytes, characters beyond ASCII where
 * it takes none.
 */
export function parameterFields(parameters: RunParameters | undefined): Record<string, unknown> {
	if (parameters === undefined) return {};
	const { field, what, asciiOnly = false } = families[parameters.family];
	const { values } = parameters;
	if (Object.values(values).every((value) => value === undefined)) return {};
	const text = JSON.stringify(values);
	const bytes = Buffer.byteLength(text);
	if (bytes > mostBytes) {
		throw refused(
			`The ${what} have ${bytes} bytes as JSON; Databricks takes ${mostBytes} at most.`,
			'Write the data to a table or a file, and give the run its name.',
		);
	}
	const foreign = asciiOnly ? /[^\x00-\x7f]/.exec(text)?.[0] : undefined;
	if (foreign !== undefined) {
		throw refused(
			`The ${what} have the character "${foreign}"; Databricks takes ASCII only.`,
			'Use job parameters, which take every character.',
		);
	}
	return { [field]: values };
}

/** Throws DatabricksError (badRequest) when a parameter is none that the job declares. */
export function checkDeclared(
	given: Readonly<Record<string, string>>,
	declared: readonly { name: string }[],
	job: { jobId: string; name?: string },
): void {
	const names = declared.map(({ name }) => name);
	const unknown = Object.keys(given).filter((name) => !names.includes(name));
	if (unknown.length === 0) return;
	const title = job.name === undefined ? `Job ${job.jobId}` : `The job "${job.name}"`;
	const [first] = unknown;
	throw refused(
		`${title} declares no parameter "${unknown.join('", "')}".`,
		names.length === 0
			? `It declares no parameters at all; add "${first}" to the job, or choose another family of parameters.`
			: `It declares: ${names.join(', ')}.`,
		job.jobId,
	);
}

function refused(message: string, hint: string, jobId?: string): DatabricksError {
	return new DatabricksError({ kind: 'badRequest', message, hint, ids: { jobId } });
}
