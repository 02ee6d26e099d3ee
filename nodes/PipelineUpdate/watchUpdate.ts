import { DatabricksError, isGivenUp } from '../databricks/errors';
import { eventsOfUpdate } from '../databricks/pipelines/pipelineEvents';
import { failureOf } from '../databricks/pipelines/pipelineFailure';
import { qualityOf } from '../databricks/pipelines/pipelineQuality';
import {
	getUpdate,
	isContinuous,
	isTerminal,
	outcomeOf,
	type Pipeline,
	type PipelineUpdate,
	stopPipeline,
	updatePageUrl,
	waitForUpdate,
} from '../databricks/pipelines/pipelines';
import type { Workspace } from '../databricks/workspace';
import { cancelledWithNode } from '../n8n/giveUp';
import type { OperationResult, Tell } from './operation';
import { judge, verdictItem } from './qualityGate';
import type { QualityGate } from './qualityGateFields';
import { endedItem } from './updateItem';

export interface WatchOptions {
	/** Epoch ms. */
	deadlineMs: number;
	/** Whether this execution started the update, so that giving up stops it. */
	stopWhenGivenUp: boolean;
	gate?: QualityGate;
	/** Gets a line when the update changes its state. */
	tell: Tell;
}

/**
 * Waits for an update and makes its item. Throws DatabricksError when it did not succeed, and when a
 * quality gate closes that has no output of its own.
 */
export async function watchUpdate(
	workspace: Workspace,
	pipeline: Pipeline,
	updateId: string,
	options: WatchOptions,
): Promise<OperationResult> {
	const pipelineId = pipeline.pipeline_id;
	const wait = async () =>
		await waitForUpdate(workspace, pipelineId, updateId, {
			deadlineMs: options.deadlineMs,
			untilRunning: isContinuous(pipeline),
			onChange: ({ state }) =>
				options.tell(`${pipeline.name ?? pipelineId}: update ${updateId} is ${state}`),
		});
	const ended = options.stopWhenGivenUp
		? await cancelledWithNode(
				workspace,
				wait,
				async (other) => await stopUpdate(other, pipelineId, updateId),
			)
		: await leftRunning(wait);
	if (isTerminal(ended) && outcomeOf(ended) !== 'succeeded') {
		throw await failureOf(workspace, pipelineId, ended);
	}
	return await judged(workspace, pipeline, ended, options.gate);
}

/** Stops the pipeline when it is this update that runs: another one is not ours to stop. */
export async function stopUpdate(
	workspace: Workspace,
	pipelineId: string,
	updateId: string,
): Promise<void> {
	const update = await getUpdate(workspace, pipelineId, updateId);
	if (!isTerminal(update)) await stopPipeline(workspace, pipelineId);
}

async function judged(
	workspace: Workspace,
	pipeline: Pipeline,
	update: PipelineUpdate,
	gate: QualityGate | undefined,
): Promise<OperationResult> {
	const pipelineId = pipeline.pipeline_id;
	const events = await eventsOfUpdate(workspace, pipelineId, update);
	const item = endedItem(workspace, pipeline, update, events);
	if (gate === undefined) return { items: [item], output: 0 };
	const verdict = judge(gate, qualityOf(events));
	if (!verdict.passed && !gate.toOutput) {
		const updateId = update.update_id;
		throw new DatabricksError({
			kind: 'failed',
			message: verdict.message,
			errorCode: 'QUALITY_GATE_CLOSED',
			hint: 'The update itself succeeded; its tables hold what it wrote.',
			ids: { pipelineId, updateId, pageUrl: updatePageUrl(workspace, pipelineId, updateId) },
		});
	}
	const items = [{ ...item, quality_gate: verdictItem(verdict) }];
	return { items, output: verdict.passed ? 0 : 1 };
}

async function leftRunning<Value>(wait: () => Promise<Value>): Promise<Value> {
	return await wait().catch(
		async (error: unknown) =>
			await Promise.reject(
				isGivenUp(error)
					? error.with({
							hint: 'The update was not started by this node, or is set to be left alone: it goes on in Databricks.',
						})
					: error,
			),
	);
}
