import { DatabricksError } from '../databricks/errors';
import {
	isContinuous,
	type Pipeline,
	stopPipeline,
	waitForUpdate,
} from '../databricks/pipelines/pipelines';
import { startUpdate } from '../databricks/pipelines/pipelineStart';
import type { Workspace } from '../databricks/workspace';
import { settled } from '../n8n/perItem';
import type { RunUpdateRequest } from './runUpdateFields';

/** The update that is to be watched, and how this execution came by it. */
export interface StartedUpdate {
	updateId: string;
	/** `started` by this execution; `joined` was there before; `skipped` was there, and nothing is done. */
	how: 'started' | 'joined' | 'skipped';
}

/**
 * Starts an update. A pipeline runs one at a time, so when another is in the way, what the user chose
 * is done about it. Throws DatabricksError.
 */
export async function startedUpdate(
	workspace: Workspace,
	pipeline: Pipeline,
	request: RunUpdateRequest,
	deadlineMs: number,
): Promise<StartedUpdate> {
	const pipelineId = pipeline.pipeline_id;
	for (;;) {
		const outcome = await settled(startUpdate(workspace, { ...request.start, pipelineId }));
		if (outcome.ok) return { updateId: outcome.value, how: 'started' };
		const { error } = outcome;
		// A refused start names the update that is in the way.
		const running = error instanceof DatabricksError ? error.ids.updateId : undefined;
		if (running === undefined) return await Promise.reject<never>(error);
		switch (request.ifRunning) {
			case 'fail':
				return await Promise.reject<never>(error);
			case 'join':
				return { updateId: running, how: 'joined' };
			case 'skip':
				return { updateId: running, how: 'skipped' };
			case 'after':
				if (isContinuous(pipeline)) throw neverEnds(pipelineId, running);
				break;
			case 'stop':
				await stopPipeline(workspace, pipelineId);
		}
		await waitForUpdate(workspace, pipelineId, running, { deadlineMs });
	}
}

function neverEnds(pipelineId: string, updateId: string): DatabricksError {
	return new DatabricksError({
		kind: 'conflict',
		message: `Update ${updateId} of this pipeline is running, and the pipeline is continuous: it does not end by itself.`,
		hint: "Choose 'Stop It and Start' or 'Join It' under 'If an Update Is Running'.",
		ids: { pipelineId, updateId },
	});
}
