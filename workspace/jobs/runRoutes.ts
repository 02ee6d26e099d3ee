import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { invalidParameter, notImplemented } from '../apiError';
import { json, readBody, type Env } from '../env';
import { idSchema, wireId } from '../ids';
import { jobsRoot } from './jobRoutes';
import { jobsOf } from './jobs';
import { runsOf } from './runs';
import { jobSettingsSchema, taskSchema } from './settings';

const token = z.string().max(64, 'must have at most 64 characters').optional();
const parameters = z.record(z.string(), z.string()).default({});
const runIdBody = z.object({ run_id: idSchema });

/** Parameters from before job parameters, each for tasks of its own kind. */
const overridingShape = {
	notebook_params: z.record(z.string(), z.string()).optional(),
	jar_params: z.array(z.string()).optional(),
	python_params: z.array(z.string()).optional(),
	python_named_params: z.record(z.string(), z.string()).optional(),
	spark_submit_params: z.array(z.string()).optional(),
	sql_params: z.record(z.string(), z.string()).optional(),
	dbt_commands: z.array(z.string()).optional(),
};
const mostParameterBytes = 10_000;

/** What run-now and repair say about the refresh of pipeline tasks. */
const pipelineParamsShape = {
	full_refresh: z.boolean().optional(),
	refresh_selection: z.array(z.string()).optional(),
	full_refresh_selection: z.array(z.string()).optional(),
	refresh_flow_selection: z.array(z.string()).optional(),
	reset_checkpoint_selection: z.array(z.string()).optional(),
};
const pipelineParams = z.object(pipelineParamsShape).passthrough();

const runNowSchema = z
	.object({
		job_id: idSchema,
		idempotency_token: token,
		job_parameters: parameters,
		only: z.array(z.string()).default([]),
		queue: z.object({ enabled: z.boolean() }).optional(),
		pipeline_params: pipelineParams.default({}),
		...overridingShape,
	})
	.passthrough();

const repairSchema = z
	.object({
		run_id: idSchema,
		latest_repair_id: idSchema.optional(),
		rerun_tasks: z.array(z.string()).default([]),
		rerun_all_failed_tasks: z.boolean().default(false),
		rerun_dependent_tasks: z.boolean().default(false),
		job_parameters: parameters,
		pipeline_params: pipelineParams.optional(),
		...overridingShape,
	})
	.passthrough();

const submitSchema = jobSettingsSchema.extend({
	run_name: z.string().default('Untitled'),
	idempotency_token: token,
	tasks: z.array(taskSchema).min(1).max(1000),
});

/** What starts, repairs, cancels and deletes runs; reading them is in runReading.ts. */
export function registerRunRoutes(app: Hono<Env>): void {
	app.post(`${jobsRoot}/run-now`, async (context) => {
		const body = await readBody(context, runNowSchema);
		const workspace = context.get('workspace');
		const run = await runsOf(workspace).runNow(
			jobsOf(workspace).get(body.job_id),
			{
				jobParameters: body.job_parameters,
				idempotencyToken: body.idempotency_token,
				only: body.only,
				queueEnabled: body.queue?.enabled,
				pipelineParams: knownPipelineParams(body.pipeline_params),
				overriding: overridingOf(body),
				requestId: context.get('requestId'),
			},
			context.get('principal'),
		);
		return json({ run_id: wireId(run.runId), number_in_job: wireId(run.runId) });
	});

	app.post(`${jobsRoot}/runs/submit`, async (context) => {
		const body = await readBody(context, submitSchema);
		const { run_name: name, idempotency_token: idempotencyToken, ...settings } = body;
		const runs = runsOf(context.get('workspace'));
		const principal = context.get('principal');
		const requestId = context.get('requestId');
		const run = await runs.submit({ ...settings, name }, idempotencyToken, principal, requestId);
		return json({ run_id: wireId(run.runId) });
	});

	app.post(`${jobsRoot}/runs/repair`, async (context) => {
		const body = await readBody(context, repairSchema);
		const repairId = await runsOf(context.get('workspace')).repair(body.run_id, {
			rerunTasks: body.rerun_tasks,
			rerunAllFailed: body.rerun_all_failed_tasks,
			rerunDependents: body.rerun_dependent_tasks,
			latestRepairId: body.latest_repair_id,
			jobParameters: body.job_parameters,
			pipelineParams: body.pipeline_params && knownPipelineParams(body.pipeline_params),
			overriding: overridingOf(body),
		});
		return json({ repair_id: wireId(repairId) });
	});

	app.post(`${jobsRoot}/runs/cancel`, async (context) => {
		const { run_id: runId } = await readBody(context, runIdBody);
		runsOf(context.get('workspace')).cancel(runId);
		return json({});
	});

	app.post(`${jobsRoot}/runs/cancel-all`, (context) => cancelAll(context));

	app.post(`${jobsRoot}/runs/delete`, async (context) => {
		const { run_id: runId } = await readBody(context, runIdBody);
		await runsOf(context.get('workspace')).delete(runId);
		return json({});
	});
}

async function cancelAll(context: Context<Env>): Promise<Response> {
	const body = z.object({ job_id: idSchema.optional(), all_queued_runs: z.boolean().optional() });
	const { job_id: jobId, all_queued_runs: onlyQueued } = await readBody(context, body);
	if (jobId === undefined && onlyQueued !== true) {
		throw invalidParameter('job_id is required unless all_queued_runs is true.');
	}
	const workspace = context.get('workspace');
	if (jobId !== undefined) jobsOf(workspace).get(jobId);
	const runs = runsOf(workspace);
	const chosen = runs
		.list()
		.filter((run) => jobId === undefined || run.jobId === jobId)
		.filter((run) => onlyQueued !== true || run.lifeCycle === 'QUEUED');
	// Queued ones first: none of them may begin when another ends.
	const queuedFirst = chosen.toSorted(
		(a, b) => Number(b.lifeCycle === 'QUEUED') - Number(a.lifeCycle === 'QUEUED'),
	);
	for (const run of queuedFirst) runs.cancel(run.runId);
	return json({});
}

/** Throws ApiError 501 for a kind of refresh that pipelines do not know here. */
function knownPipelineParams(given: Record<string, unknown>): Record<string, unknown> {
	const unknown = Object.keys(given).find((name) => !Object.hasOwn(pipelineParamsShape, name));
	if (unknown === undefined) return given;
	throw notImplemented(`pipeline_params.${unknown}`);
}

/** Throws ApiError 400 for what the service documents that it refuses. */
function overridingOf(body: Record<string, unknown>): Record<string, unknown> {
	const given = Object.keys(overridingShape).filter((name) => body[name] !== undefined);
	if (given.includes('notebook_params') && given.includes('jar_params')) {
		throw invalidParameter('notebook_params and jar_params cannot be given together.');
	}
	for (const name of [...given, 'job_parameters']) {
		const text = JSON.stringify(body[name] ?? {});
		if (Buffer.byteLength(text) > mostParameterBytes) {
			throw invalidParameter(`${name} has more than ${mostParameterBytes} bytes.`);
		}
		if (['python_params', 'spark_submit_params'].includes(name) && /[^\x00-\x7f]/.test(text)) {
			throw invalidParameter(`${name} takes ASCII characters only.`);
		}
	}
	return Object.fromEntries(given.map((name) => [name, body[name]]));
}
