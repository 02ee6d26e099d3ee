import { DatabricksError } from '../databricks/errors';
import { inGroups } from '../databricks/inGroups';
import { failureOf } from '../databricks/jobs/jobFailure';
import { getRun, listRuns } from '../databricks/jobs/jobRuns';
import { isTerminal, type JobRun, outcomeOf, resultOf } from '../databricks/jobs/jobRunState';
import { listJobs } from '../databricks/jobs/jobs';
import type { Workspace } from '../databricks/workspace';
import { runItem, taskItem } from '../n8n/runItem';
import { causeItem, fitsPattern, hasTag, type Look, type Selection, type Source } from './source';
import type { Found, Sighting } from './step';

/** Up to this many jobs are asked for their own lists; more are filtered out of that of all runs. */
const mostLists = 5;

/** Runs of jobs. */
export function jobSource(workspace: Workspace, selection: Selection, deadlineMs: number): Source {
	const seen = new Map<string, JobRun>();

	async function* runsFrom(filter: { startTimeFrom?: number; activeOnly?: boolean }) {
		const jobIds = await watchedJobs(workspace, selection);
		const lists =
			jobIds === undefined || jobIds.length > mostLists ? [undefined] : jobIds.map(String);
		for (const jobId of lists) {
			const all = listRuns(workspace, { jobId, withTasks: true, ...filter }, { deadlineMs });
			for await (const run of all) {
				if (jobIds === undefined || jobIds.includes(run.job_id ?? '')) yield run;
			}
		}
	}

	async function look({ fromMs, openIds, isKnownEnd }: Look): Promise<Sighting[]> {
		seen.clear();
		for await (const run of runsFrom({ startTimeFrom: fromMs })) seen.set(run.run_id, run);
		// A run from before that time may be repaired; it is active meanwhile.
		for await (const run of runsFrom({ activeOnly: true })) seen.set(run.run_id, run);
		const gone = openIds.filter((id) => !seen.has(id));
		const mended = [...seen.values()].filter(
			(run) => wasTriedAgain(run) && !isKnownEnd(run.run_id, run.end_time ?? 0),
		);
		const ids = [...gone, ...mended.map(({ run_id: id }) => id)];
		for (const run of await inGroups(ids, async (id) => await runUnlessGone(id))) {
			if (run !== undefined) seen.set(run.run_id, run);
		}
		return [...seen.values()].flatMap(sightingsOf);
	}

	async function runUnlessGone(id: string): Promise<JobRun | undefined> {
		return await getRun(workspace, id, { deadlineMs }).catch(async (error: unknown) => {
			const isGone = error instanceof DatabricksError && error.kind === 'notFound';
			return isGone ? undefined : await Promise.reject<undefined>(error);
		});
	}

	async function* newest() {
		for await (const run of runsFrom({})) {
			seen.set(run.run_id, run);
			yield* sightingsOf(run);
		}
	}

	async function itemOf({ kind, sighting }: Found) {
		const listed = seen.get(sighting.id);
		const isPlain = listed !== undefined && listed.has_more !== true && kind === 'succeeded';
		const run = isPlain ? listed : await getRun(workspace, sighting.id, { deadlineMs });
		const tries = sightingsOf(run);
		const at = tries.findIndex(({ episode }) => episode === sighting.episode);
		const isLatest = at === tries.length - 1;
		const repair = run.repair_history.at(at);
		const asItWas = isLatest ? run : { ...run, ...repair, run_id: run.run_id };
		const cause =
			isLatest && isTerminal(run) && kind !== 'started' && outcomeOf(run) !== 'succeeded'
				? await causeItem(async () => await failureOf(workspace, run))
				: {};
		return {
			event: kind,
			...runItem({ ...run, ...asItWas, repair_history: run.repair_history, tasks: run.tasks }),
			is_repair: sighting.episode !== 'original',
			repair_id: sighting.episode === 'original' ? null : sighting.episode,
			tasks: isLatest
				? Object.fromEntries(run.tasks.map((task) => [task.task_key, taskItem(task)]))
				: {},
			...cause,
		};
	}

	return { look, newest, itemOf };
}

/** The ids of the jobs that are watched; undefined for all. */
async function watchedJobs(
	workspace: Workspace,
	{ ids, namePattern, tag }: Selection,
): Promise<readonly string[] | undefined> {
	if (ids !== undefined) return ids;
	if (namePattern === undefined && tag === undefined) return undefined;
	const found: string[] = [];
	for await (const { job_id: jobId, settings } of listJobs(workspace)) {
		const hasName = namePattern === undefined || fitsPattern(settings.name ?? '', namePattern);
		if (hasName && (tag === undefined || hasTag(settings.tags, tag))) found.push(jobId);
	}
	return found;
}

/** A task with a second attempt was retried or repaired; the history of the run tells which. */
function wasTriedAgain(run: JobRun): boolean {
	return run.has_more === true || run.tasks.some((task) => task.attempt_number > 0);
}

/** The tries of a run, the original one first. */
export function sightingsOf(run: JobRun): Sighting[] {
	const id = run.run_id;
	const { start_time: startMs = 0 } = run;
	if (run.repair_history.length < 2) {
		return [{ id, episode: 'original', startMs, endMs: endOf(run), state: stateOf(run) }];
	}
	return run.repair_history.map((repair, at) => {
		const isLatest = at === run.repair_history.length - 1;
		const shown = isLatest ? { ...run, end_time: run.end_time } : repair;
		return {
			id,
			episode: at === 0 ? 'original' : (repair.id ?? String(at)),
			startMs: repair.start_time ?? startMs,
			endMs: endOf(shown),
			state: stateOf(shown),
		};
	});
}

type Shown = Pick<JobRun, 'state' | 'status' | 'end_time'>;

function endOf(run: Shown): number | undefined {
	return isTerminal(run) && run.end_time ? run.end_time : undefined;
}

function stateOf(run: Shown): Sighting['state'] {
	const outcome = outcomeOf(run);
	switch (outcome) {
		case 'pending':
			return ['QUEUED', 'BLOCKED', 'PENDING'].includes(resultOf(run)) ? 'waiting' : 'running';
		case 'succeededWithFailures':
			return 'succeeded';
		case 'cancelled':
		case 'skipped':
		case 'succeeded':
			return outcome;
		default:
			return 'failed';
	}
}
