import { z } from 'zod';
import { pipelinesOf } from '../pipelines/pipelines';
import type { Update } from '../pipelines/updates';
import { TaskFailure, type TaskExecutor } from './task';

const paramsSchema = z.object({
	full_refresh: z.boolean().optional(),
	refresh_selection: z.array(z.string()).optional(),
	full_refresh_selection: z.array(z.string()).optional(),
	refresh_flow_selection: z.array(z.string()).optional(),
	reset_checkpoint_selection: z.array(z.string()).optional(),
});

/** Updates a pipeline and waits for the end; a run that is cancelled stops the update. */
export const runPipelineTask: TaskExecutor = async (context) => {
	const { workspace, task, resolve, pipelineParams, signal } = context;
	const pipelines = pipelinesOf(workspace);
	const settings = paramsSchema.parse(task.pipeline_task);
	const overrides = paramsSchema.parse(pipelineParams);
	const pipelineId = resolve(task.pipeline_task?.pipeline_id ?? '');
	const updateId = await pipelines.startUpdate(pipelineId, {
		cause: 'JOB_TASK',
		fullRefresh: overrides.full_refresh ?? settings.full_refresh,
		// Flows have the names of their tables here. They are united with the tables: documented.
		refreshSelection: [
			...(overrides.refresh_selection ?? settings.refresh_selection ?? []),
			...(overrides.refresh_flow_selection ?? settings.refresh_flow_selection ?? []),
		],
		fullRefreshSelection: overrides.full_refresh_selection ?? settings.full_refresh_selection,
		resetCheckpointSelection:
			overrides.reset_checkpoint_selection ?? settings.reset_checkpoint_selection,
	});
	const stop = () => pipelines.stop(pipelineId);
	signal.addEventListener('abort', stop, { once: true });
	if (signal.aborted) stop();
	const update = await pipelines.whenEnded(pipelineId, updateId);
	signal.removeEventListener('abort', stop);
	signal.throwIfAborted();
	if (update.state === 'COMPLETED') return {};
	throw new TaskFailure(`Update ${updateId} is ${update.state}: ${causeOf(update)}`);
};

/** The innermost exception of the latest error in the event log. */
function causeOf({ events }: Update): string {
	const failure = events.findLast((event) => event.error !== undefined);
	return (
		failure?.error?.exceptions.at(-1)?.message ?? events.at(-1)?.message ?? 'no cause is known.'
	);
}
