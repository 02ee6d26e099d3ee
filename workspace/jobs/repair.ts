import { ApiError, invalidParameter } from '../apiError';
import { hasEnded, latestAttempt, type Run } from './run';
import { reachable } from './selection';

export interface RepairRequest {
	rerunTasks: readonly string[];
	rerunAllFailed: boolean;
	rerunDependents: boolean;
	latestRepairId?: string;
	jobParameters: Readonly<Record<string, string>>;
	pipelineParams?: Record<string, unknown>;
	overriding: Record<string, unknown>;
}

/** The tasks that a repair runs again, in the job's order. Throws ApiError 400. */
export function tasksToRepair(run: Run, request: RepairRequest): string[] {
	const { rerunTasks, rerunAllFailed, rerunDependents, latestRepairId } = request;
	if (!hasEnded(run)) {
		throw new ApiError(400, 'INVALID_STATE', `Run ${run.runId} is active and cannot be repaired.`);
	}
	if (rerunAllFailed === rerunTasks.length > 0) {
		throw invalidParameter('Exactly one of rerun_tasks and rerun_all_failed_tasks is needed.');
	}
	const latest = run.repairs.at(-1)?.id;
	if (latest !== undefined && latest !== latestRepairId) {
		throw invalidParameter(
			`latest_repair_id must be ${latest}, the latest repair of run ${run.runId}.`,
		);
	}
	const unknown = rerunTasks.find((key) => !run.taskKeys.includes(key));
	if (unknown !== undefined) throw invalidParameter(`Run ${run.runId} has no task ${unknown}.`);
	const failed = run.taskKeys.filter((key) => {
		const result = latestAttempt(run, key)?.result;
		return result !== 'SUCCESS' && result !== 'EXCLUDED' && result !== 'DISABLED';
	});
	const chosen = new Set(rerunAllFailed ? failed : rerunTasks);
	if (rerunDependents) {
		for (const key of [...chosen]) {
			for (const other of reachable(key, downstreamOf(run))) chosen.add(other);
		}
	}
	const keys = run.taskKeys.filter((key) => chosen.has(key));
	if (keys.length === 0) throw invalidParameter(`Run ${run.runId} has no failed task to repair.`);
	return keys;
}

function downstreamOf(run: Run): ReadonlyMap<string, string[]> {
	const downstream = new Map<string, string[]>();
	for (const task of run.settings.tasks ?? []) {
		for (const { task_key: upstream } of task.depends_on ?? []) {
			downstream.set(upstream, [...(downstream.get(upstream) ?? []), task.task_key]);
		}
	}
	return downstream;
}
