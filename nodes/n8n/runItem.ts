import type { IDataObject } from 'n8n-workflow';
import {
	isTerminal,
	type JobRun,
	outcomeOf,
	resultOf,
	type RunTask,
	stateMessageOf,
} from '../databricks/jobs/jobRunState';

/** What a node did for the run. */
export interface Provenance {
	/** `started` by the node; `joined` or `found`: it was there, active or over. */
	start: 'started' | 'joined' | 'found';
	/** 1 for the first start with a key, one more after each run of it that did not succeed. */
	attempt: number;
	/** The run of the attempt before, which did not succeed. */
	follows?: string;
}

/** The item of a run without its tasks, by the names that Databricks uses; times are ISO 8601. */
export function runItem(run: JobRun, provenance?: Provenance): IDataObject {
	return {
		run_id: run.run_id,
		job_id: run.job_id ?? null,
		run_name: run.run_name ?? null,
		run_type: run.run_type ?? null,
		...stateItem(run),
		...(provenance === undefined
			? {}
			: {
					start: provenance.start,
					attempt: provenance.attempt,
					follows_run_id: provenance.follows ?? null,
				}),
		repair_count: run.repair_history.filter(({ type }) => type === 'REPAIR').length,
		run_page_url: run.run_page_url ?? null,
		creator_user_name: run.creator_user_name ?? null,
		...times(run),
		queue_seconds: seconds(run.queue_duration),
		job_parameters: Object.fromEntries(
			(run.job_parameters ?? []).map(({ name, value, default: byDefault }) => [
				name,
				value ?? byDefault ?? null,
			]),
		),
		...(run.overriding_parameters === undefined
			? {}
			: { overriding_parameters: { ...run.overriding_parameters } }),
	};
}

/** One task of a run, with the last of its attempts. */
export function taskItem(task: RunTask) {
	return {
		run_id: task.run_id,
		...stateItem(task),
		attempt_number: task.attempt_number,
		run_page_url: task.run_page_url ?? null,
		...times(task),
		setup_seconds: seconds(task.setup_duration),
		execution_seconds: seconds(task.execution_duration),
		...iterationCounts(task),
	};
}

/** For a for-each task: how its iterations ended. */
function iterationCounts({ for_each_task: forEach }: RunTask): IDataObject {
	const counts = forEach?.stats?.task_run_stats;
	if (counts === undefined) return {};
	const { total_iterations, succeeded_iterations, failed_iterations } = counts;
	return { total_iterations, succeeded_iterations, failed_iterations };
}

function stateItem(run: Pick<JobRun, 'state' | 'status'>) {
	const hasEnded = isTerminal(run);
	return {
		ended: hasEnded,
		outcome: outcomeOf(run),
		state: run.state?.life_cycle_state ?? run.status?.state ?? null,
		result_state: hasEnded ? resultOf(run) : null,
		state_message: stateMessageOf(run) ?? null,
	};
}

function times({ start_time: start, end_time: end }: Pick<JobRun, 'start_time' | 'end_time'>) {
	return {
		start_time: start ? new Date(start).toISOString() : null,
		end_time: end ? new Date(end).toISOString() : null,
		duration_seconds: start && end ? (end - start) / 1_000 : null,
	};
}

function seconds(ms: number | undefined): number | null {
	return ms === undefined ? null : ms / 1_000;
}
