import { z } from 'zod';
import { invalidParameter, notImplemented } from '../apiError';
import { idSchema } from '../ids';

/** The kinds of tasks that Databricks knows. */
export const taskKindNames = [
	'alert_task',
	'ai_runtime_task',
	'clean_rooms_notebook_task',
	'condition_task',
	'dashboard_task',
	'dbt_cloud_task',
	'dbt_platform_task',
	'dbt_task',
	'for_each_task',
	'gen_ai_compute_task',
	'notebook_task',
	'pipeline_task',
	'power_bi_task',
	'python_operator_task',
	'python_wheel_task',
	'run_job_task',
	'spark_jar_task',
	'spark_python_task',
	'spark_submit_task',
	'sql_task',
] as const;
export type TaskKindName = (typeof taskKindNames)[number];

const runIfSchema = z.enum([
	'ALL_SUCCESS',
	'ALL_DONE',
	'ALL_FAILED',
	'AT_LEAST_ONE_FAILED',
	'AT_LEAST_ONE_SUCCESS',
	'NONE_FAILED',
]);

const sqlTaskSchema = z
	.object({
		warehouse_id: z.string(),
		parameters: z.record(z.string(), z.string()).optional(),
		file: z.object({ path: z.string(), source: z.string().optional() }).passthrough().optional(),
	})
	.passthrough();

const plainTaskShape = {
	task_key: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be 1 to 100 letters, digits, - or _'),
	depends_on: z
		.array(z.object({ task_key: z.string(), outcome: z.string().optional() }).passthrough())
		.optional(),
	run_if: runIfSchema.optional(),
	max_retries: z.number().int().min(-1).optional(),
	min_retry_interval_millis: z.number().int().nonnegative().optional(),
	retry_on_timeout: z.boolean().optional(),
	timeout_seconds: z.number().int().nonnegative().optional(),
	environment_key: z.string().optional(),
	job_cluster_key: z.string().optional(),
	disabled: z.boolean().optional(),
	sql_task: sqlTaskSchema.optional(),
	pipeline_task: z
		.object({ pipeline_id: z.string(), full_refresh: z.boolean().optional() })
		.passthrough()
		.optional(),
	spark_python_task: z
		.object({ python_file: z.string(), parameters: z.array(z.string()).optional() })
		.passthrough()
		.optional(),
	condition_task: z
		.object({
			op: z.enum([
				'EQUAL_TO',
				'GREATER_THAN',
				'GREATER_THAN_OR_EQUAL',
				'LESS_THAN',
				'LESS_THAN_OR_EQUAL',
				'NOT_EQUAL',
			]),
			left: z.string(),
			right: z.string(),
		})
		.passthrough()
		.optional(),
	run_job_task: z
		.object({
			job_id: z.union([z.number(), z.bigint(), z.string()]),
			job_parameters: z.record(z.string(), z.string()).optional(),
		})
		.passthrough()
		.optional(),
};

const forEachSchema = z
	.object({
		inputs: z.string(),
		concurrency: z.number().int().min(1).max(100).optional(),
		task: z.object(plainTaskShape).passthrough(),
	})
	.passthrough();

/** A task as it was sent: what is not named here is kept and given back. */
export const taskSchema = z
	.object({ ...plainTaskShape, for_each_task: forEachSchema.optional() })
	.passthrough();
export type TaskSettings = z.output<typeof taskSchema>;

/** Settings of a job as they were sent: what is not named here is kept and given back. */
export const jobSettingsSchema = z
	.object({
		name: z.string().max(4096).optional(),
		tasks: z.array(taskSchema).max(1000).optional(),
		parameters: z
			.array(z.object({ name: z.string(), default: z.string().optional() }).passthrough())
			.optional(),
		environments: z.array(z.object({ environment_key: z.string() }).passthrough()).optional(),
		job_clusters: z.array(z.object({ job_cluster_key: z.string() }).passthrough()).optional(),
		max_concurrent_runs: z.number().int().nonnegative().optional(),
		timeout_seconds: z.number().int().nonnegative().optional(),
		queue: z.object({ enabled: z.boolean() }).passthrough().optional(),
		git_source: z.object({ git_provider: z.string().optional() }).passthrough().optional(),
		run_as: z
			.object({
				user_name: z.string().optional(),
				service_principal_name: z.string().optional(),
			})
			.passthrough()
			.optional(),
	})
	.passthrough();
export type JobSettings = z.output<typeof jobSettingsSchema>;

/** The id of the job that a run_job_task starts. */
export function jobIdOf(task: NonNullable<TaskSettings['run_job_task']>): string {
	return idSchema.parse(task.job_id);
}

/** The kind of a task. Throws ApiError 400 unless it has exactly one. */
export function kindOf(task: TaskSettings): TaskKindName {
	const [kind, second] = taskKindNames.filter((name) => task[name] !== undefined);
	if (kind === undefined) {
		throw invalidParameter(`Task ${task.task_key} must have exactly one task type; it has none.`);
	}
	if (second !== undefined) {
		throw invalidParameter(
			`Task ${task.task_key} must have exactly one task type; it has ${kind} and ${second}.`,
		);
	}
	return kind;
}

/**
 * Refuses what the real service refuses and what neither `bundle validate` nor a deploy to the
 * CLI's own test server finds. Throws ApiError 400; 501 for the single-task form of Jobs 2.0.
 */
export function checkSettings(settings: JobSettings): void {
	const legacy = taskKindNames.find((kind) => settings[kind] !== undefined);
	if (legacy !== undefined) throw notImplemented(`a ${legacy} outside of tasks (Jobs API 2.0)`);
	checkGitSource(settings);
	const tasks = settings.tasks ?? [];
	const keys = new Set<string>();
	for (const task of tasks) {
		if (keys.has(task.task_key)) throw invalidParameter(`Task key ${task.task_key} is not unique.`);
		keys.add(task.task_key);
	}
	const environments = new Set(settings.environments?.map((each) => each.environment_key));
	const clusters = new Set(settings.job_clusters?.map((each) => each.job_cluster_key));
	for (const task of tasks) checkTask(task, { keys, environments, clusters });
	const cycle = taskInCycle(tasks);
	if (cycle !== undefined) {
		throw invalidParameter(`The tasks of the job depend on each other in a cycle at ${cycle}.`);
	}
}

/** By the names of the Databricks CLI's own test server, whatever their case. */
const gitProviders = [
	'github',
	'gitlab',
	'bitbucketcloud',
	'gitlabenterpriseedition',
	'bitbucketserver',
	'azuredevopsservices',
	'githubenterprise',
	'awscodecommit',
];

function checkGitSource({ git_source: source }: JobSettings): void {
	if (source === undefined) return;
	if (gitProviders.includes(source.git_provider?.toLowerCase() ?? '')) return;
	throw invalidParameter(`git_source.git_provider must be one of: ${gitProviders.join(',')}`);
}

function checkTask(
	task: TaskSettings,
	known: Record<'keys' | 'environments' | 'clusters', ReadonlySet<string>>,
): void {
	const { task_key: key, environment_key: environment, job_cluster_key: cluster } = task;
	kindOf(task);
	if (task.for_each_task !== undefined) checkNested(task.for_each_task.task, known);
	for (const { task_key: upstream } of task.depends_on ?? []) {
		if (known.keys.has(upstream)) continue;
		throw invalidParameter(`Task ${key} depends on task ${upstream}, which does not exist.`);
	}
	if (environment !== undefined && !known.environments.has(environment)) {
		throw invalidParameter(
			`Task ${key} refers to environment_key ${environment}, which the job does not define.`,
		);
	}
	if (cluster !== undefined && !known.clusters.has(cluster)) {
		throw invalidParameter(
			`Task ${key} refers to job_cluster_key ${cluster}, which the job does not define.`,
		);
	}
}

/** A for-each task runs any kind of task but another for-each task: documented. */
function checkNested(nested: TaskSettings, known: Parameters<typeof checkTask>[1]): void {
	if (nested.for_each_task !== undefined) {
		throw invalidParameter(`Task ${nested.task_key} of a for_each_task cannot be one itself.`);
	}
	checkTask(nested, known);
}

/** A task that comes before itself; `undefined` when there is none. */
function taskInCycle(tasks: readonly TaskSettings[]): string | undefined {
	const waiting = new Map(
		tasks.map((task) => [
			task.task_key,
			new Set(task.depends_on?.map(({ task_key: upstream }) => upstream)),
		]),
	);
	for (;;) {
		const ready = [...waiting].filter(([, upstream]) => upstream.size === 0);
		if (ready.length === 0) return waiting.keys().next().value;
		for (const [key] of ready) {
			waiting.delete(key);
			for (const upstream of waiting.values()) upstream.delete(key);
		}
	}
}
