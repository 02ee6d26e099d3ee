import { z } from 'zod';
import { isTerminal, resultOf } from '../../nodes/databricks/jobs/jobRunState';
import { getRun, listRuns } from '../../nodes/databricks/jobs/jobRuns';
import { getJob, findJobByName } from '../../nodes/databricks/jobs/jobs';
import { listEvents, type PipelineEvent } from '../../nodes/databricks/pipelines/pipelineEvents';
import { findPipelineByName } from '../../nodes/databricks/pipelines/pipelines';
import type { Workspace } from '../../nodes/databricks/workspace';
import { systemClock } from '../../workspace/clock';

/** Something that came to an end inside of what is being waited for. */
export interface Progress {
	/** `training`, `silver.scout.transactions` */
	name: string;
	kind: 'task' | 'table';
	/** `SUCCESS`, `COMPLETED` … */
	result: string;
	/** Rows that a table got, and rows that its expectations dropped. */
	writtenRows?: number;
	droppedRows?: number;
	/** How long a task took. */
	durationMs?: number;
}

const intervalMs = 150;
const durations = z.object({ execution_duration: z.number() });

/**
 * Watches a job or a pipeline from the outside, over the same API as everybody, until the signal
 * aborts; what ended by then is reported last. A request that fails is left for the next look.
 */
async function follow(
	look: () => Promise<Progress[]>,
	onProgress: (progress: Progress) => void,
	signal: AbortSignal,
): Promise<void> {
	const reported = new Set<string>();
	for (let isLast = false; ; isLast = signal.aborted) {
		for (const progress of await look().catch(() => [])) {
			const key = `${progress.kind} ${progress.name}`;
			if (reported.has(key)) continue;
			reported.add(key);
			onProgress(progress);
		}
		if (isLast) return;
		await systemClock.sleep(intervalMs, signal).catch(() => undefined);
	}
}

/** Tasks of the runs of a job that started after `sinceMs` (epoch ms), as they end. */
export async function followJob(
	client: Workspace,
	jobName: string,
	sinceMs: number,
	onProgress: (progress: Progress) => void,
	signal: AbortSignal,
): Promise<void> {
	const { job_id: jobId } = await findJobByName(client, jobName);
	const look = async (): Promise<Progress[]> => {
		for await (const { run_id: runId } of listRuns(client, { jobId, startTimeFrom: sinceMs })) {
			const { tasks } = await getRun(client, runId);
			return tasks.filter(isTerminal).map((task) => ({
				name: task.task_key,
				kind: 'task',
				result: resultOf(task),
				...durationOf(task),
			}));
		}
		return [];
	};
	await follow(look, onProgress, signal);
}

/** Without waiting for other tasks and for compute. */
function durationOf(task: unknown): { durationMs?: number } {
	const read = durations.safeParse(task);
	if (!read.success) return {};
	return { durationMs: read.data.execution_duration };
}

/** How many tasks a job has. */
export async function taskCount(client: Workspace, jobName: string): Promise<number> {
	const { job_id: jobId } = await findJobByName(client, jobName);
	const { tasks } = (await getJob(client, jobId)).settings;
	return Array.isArray(tasks) ? tasks.length : 0;
}

/** Tables of the updates of a pipeline that began after `sinceMs` (epoch ms), as they are done. */
export async function followPipeline(
	client: Workspace,
	pipelineName: string,
	sinceMs: number,
	onProgress: (progress: Progress) => void,
	signal: AbortSignal,
): Promise<void> {
	const { pipeline_id: pipelineId } = await findPipelineByName(client, pipelineName);
	const look = async (): Promise<Progress[]> => {
		const events: PipelineEvent[] = [];
		for await (const event of listEvents(client, pipelineId, { afterMs: sinceMs })) {
			events.unshift(event);
		}
		return tablesDone(events);
	};
	await follow(look, onProgress, signal);
}

/** One entry a table whose flow is done, with the rows of all of its events. */
function tablesDone(events: PipelineEvent[]): Progress[] {
	const tables = new Map<string, Progress>();
	const done: Progress[] = [];
	for (const { origin, details } of events) {
		const flow = details?.flow_progress;
		const name = origin.dataset_name ?? origin.flow_name;
		if (flow == null || name === undefined) continue;
		const before = tables.get(name) ?? { name, kind: 'table', result: '' };
		const table: Progress = {
			...before,
			result: flow.status ?? '',
			writtenRows:
				(before.writtenRows ?? 0) +
				Math.max(flow.metrics?.num_output_rows ?? 0, flow.metrics?.num_upserted_rows ?? 0),
			droppedRows: (before.droppedRows ?? 0) + (flow.data_quality?.dropped_records ?? 0),
		};
		tables.set(name, table);
		if (['COMPLETED', 'FAILED', 'EXCLUDED', 'STOPPED'].includes(table.result)) done.push(table);
	}
	return done;
}
