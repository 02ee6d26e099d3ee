import type { IDataObject } from 'n8n-workflow';
import { isGivenUp } from '../databricks/errors';
import { failureOf } from '../databricks/jobs/jobFailure';
import { cancelRun, getRun, type RunFilter } from '../databricks/jobs/jobRuns';
import { isTerminal, type JobRun, outcomeOf } from '../databricks/jobs/jobRunState';
import { cancelledWithNode } from '../n8n/giveUp';
import { settled } from '../n8n/perItem';
import type { ResultSettings } from './fields/resultFields';
import type { WaitSettings } from './fields/waitFields';
import type { ItemWork } from './operation';
import { progressOf } from './progress';
import { type Provenance, runItem } from '../n8n/runItem';
import { resultItems } from './resultItems';

/** A run to wait for. */
export interface Awaited {
	runId: string;
	list?: Pick<RunFilter, 'jobId' | 'runType'>;
	/** As it was seen last, with its tasks. */
	last?: JobRun;
	/** The end of this repair, and not the one that the run had before. */
	repairId?: string;
	/** Whether this node started it, so that it may cancel it. */
	isOurs: boolean;
	/** Epoch ms; Infinity is no limit. */
	deadlineMs: number;
	provenance?: Provenance;
	/** Called when the run ended without success or was cancelled by this node. */
	onFailure?: () => void;
}

/** Waits for a run as the settings say, and gives its items. Throws why it did not succeed. */
export async function finishRun(
	work: ItemWork,
	run: Awaited,
	wait: WaitSettings,
	result: ResultSettings,
): Promise<IDataObject[]> {
	const { workspace } = work;
	if (!wait.wait) {
		return [runItem(run.last ?? (await getRun(workspace, run.runId)), run.provenance)];
	}
	const ended = await awaitEnd(work, run, wait);
	if (isTerminal(ended) && !isSuccess(ended, result)) {
		run.onFailure?.();
		return await Promise.reject<never>(await failureOf(workspace, ended));
	}
	return await resultItems(workspace, ended, result, run.provenance);
}

async function awaitEnd(work: ItemWork, run: Awaited, wait: WaitSettings): Promise<JobRun> {
	const { workspace, follower } = work;
	const { runId, list, repairId, deadlineMs, last } = run;
	if (last !== undefined && isTerminal(last) && repairId === undefined) return last;
	const onChange = progressOf(work.context);
	const outcome = await settled(follower.follow({ runId, list, repairId, deadlineMs, onChange }));
	if (outcome.ok) return outcome.value;
	const { error } = outcome;
	if (!isGivenUp(error)) return await Promise.reject<never>(error);
	const isStop = error.kind === 'aborted';
	if (!isStop && wait.whenOver === 'handOn') return await getRun(workspace, runId);
	const isCancelled = run.isOurs && (isStop ? wait.cancelOnStop : wait.whenOver === 'cancel');
	if (!isCancelled) {
		const hint = run.isOurs
			? 'The run goes on in Databricks.'
			: 'The run was there before this node started and goes on in Databricks.';
		return await Promise.reject<never>(error.with({ hint }));
	}
	return await cancelledWithNode(
		workspace,
		async () => await Promise.reject<never>(error.with({ hint: 'The run was cancelled.' })),
		async (other) => {
			run.onFailure?.();
			await cancelRun(other, runId);
		},
	);
}

export function isSuccess(run: JobRun, result: ResultSettings): boolean {
	const outcome = outcomeOf(run);
	return (
		outcome === 'succeeded' || (outcome === 'succeededWithFailures' && result.acceptPartialSuccess)
	);
}
