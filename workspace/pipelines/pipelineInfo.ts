import type { pipelinesOf } from './pipelines';
import type { Update } from './updates';

type Pipelines = ReturnType<typeof pipelinesOf>;

const latestUpdateCount = 5;

/** A pipeline as `GET /pipelines/{id}` gives it. Throws ApiError 404. */
export function pipelineInfo(pipelines: Pipelines, pipelineId: string): Record<string, unknown> {
	const pipeline = pipelines.get(pipelineId);
	return {
		...statusOf(pipelines, pipelineId),
		spec: { ...pipeline.spec, id: pipelineId },
		last_modified: pipeline.lastModifiedMs,
		effective_publishing_mode: 'DEFAULT_PUBLISHING_MODE',
	};
}

/** A pipeline as the list of pipelines shows it. Throws ApiError 404. */
export function statusOf(pipelines: Pipelines, pipelineId: string): Record<string, unknown> {
	const pipeline = pipelines.get(pipelineId);
	const latest = pipelines.updatesOf(pipelineId);
	return {
		pipeline_id: pipelineId,
		name: pipeline.spec.name,
		state: pipelines.stateOf(pipelineId),
		...(latest[0] === undefined ? {} : { health: healthOf(latest[0]) }),
		creator_user_name: pipeline.creator,
		run_as_user_name: pipelines.runAsOf(pipeline),
		...(latest.length === 0
			? {}
			: { latest_updates: latest.slice(0, latestUpdateCount).map(summaryOf) }),
	};
}

function healthOf(latest: Update): 'HEALTHY' | 'UNHEALTHY' {
	return latest.state === 'FAILED' ? 'UNHEALTHY' : 'HEALTHY';
}

function summaryOf(update: Update): Record<string, unknown> {
	return {
		update_id: update.updateId,
		state: update.state,
		creation_time: new Date(update.createdAtMs).toISOString(),
	};
}
