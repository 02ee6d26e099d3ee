import { pause } from '../attempts';
import { DatabricksError } from '../errors';
import { inGroups } from '../inGroups';
import { getRun, pagesOfRuns, type RunFilter } from './jobRuns';
import { isTerminal, type JobRun, resultOf } from './jobRunState';
import { noRetry } from '../retry';
import { durationText, lastReadMs } from '../waiting';
import type { Workspace } from '../workspace';

export interface FollowRequest {
	runId: string;
	/** The list in which the run is: those of its job, or one-time runs. Without it, it is read alone. */
	list?: Pick<RunFilter, 'jobId' | 'runType'>;
	/** Epoch ms; Infinity is no limit. */
	deadlineMs: number;
	/** Waits for the end of this repair, and not for the end that the run had before. */
	repairId?: string;
	/** Called when the run or one of its tasks changes its state. */
	onChange?: (run: JobRun) => void;
}

interface Followed extends FollowRequest {
	sinceMs: number;
	last?: JobRun;
	states?: string;
	/** Since when it could not be looked at. */
	awaySinceMs?: number;
	resolve: (run: JobRun) => void;
	reject: (error: unknown) => void;
}

const shortestPauseMs = 500;
const longestPauseMs = 15_000;
/** A page of the list of runs. */
const runsPerShortestPause = 24;

/** An outage, of Databricks or of the network, ends no wait for a day; answers nobody can read sooner. */
const longestOutageMs = 86_400_000;
const longestGarbageMs = 900_000;

/**
 * Waits for many runs at once. Runs of one job are looked at together, in the job's list of runs, newest
 * first: as long as one of them is active there, a look is one request, whatever their number; when a
 * page has none that is active, the next page is read, so the end of all costs each page once.
 */
export class RunFollower {
	private readonly followed = new Set<Followed>();
	private isLooking = false;
	private lastLookMs = Number.NEGATIVE_INFINITY;
	/** Whether this look has found the network or Databricks away: nothing more is asked in it. */
	private isAway = false;
	/** How long Databricks has asked in this look to be left alone. */
	private askedPauseMs = 0;

	constructor(private readonly workspace: Workspace) {}

	/**
	 * Resolves when the run has ended, however, with all of its tasks. Throws DatabricksError: `timeout`
	 * when the time is over, `aborted` when the workspace's signal aborts. Cancels nothing.
	 */
	async follow(request: FollowRequest): Promise<JobRun> {
		return await new Promise((resolve, reject) => {
			const sinceMs = this.workspace.clock.now();
			this.followed.add({ ...request, sinceMs, resolve, reject });
			if (!this.isLooking) void this.keepLooking();
		});
	}

	private async keepLooking(): Promise<void> {
		const { clock, signal } = this.workspace;
		this.isLooking = true;
		try {
			// Runs that end as fast as they are started are looked at together, too.
			const soonestMs = this.lastLookMs + shortestPauseMs;
			if (clock.now() < soonestMs) await pause(clock, soonestMs - clock.now(), signal);
			while (this.followed.size > 0) {
				this.lastLookMs = clock.now();
				await this.look();
				if (this.followed.size > 0) await pause(clock, this.pauseMs(), signal);
			}
		} catch (error) {
			for (const run of [...this.followed]) this.end(run, () => run.reject(error));
		} finally {
			this.isLooking = false;
		}
	}

	/**
	 * Grows with the time since the youngest wait began, and with the pages that a look at all may take;
	 * ends at the earliest deadline.
	 */
	private pauseMs(): number {
		const { clock, random } = this.workspace;
		const nowMs = clock.now();
		const waits = [...this.followed];
		const ageMs = nowMs - Math.max(...waits.map(({ sinceMs }) => sinceMs));
		const shortestMs = shortestPauseMs * Math.max(1, waits.length / runsPerShortestPause);
		const usualMs = Math.min(longestPauseMs, Math.max(shortestMs, ageMs / 2));
		const leftMs = Math.min(...waits.map(({ deadlineMs }) => deadlineMs)) - nowMs;
		const pauseMs = Math.max(this.askedPauseMs, usualMs * (0.8 + random() * 0.4));
		return Math.max(0, Math.min(Math.round(pauseMs), leftMs));
	}

	private async look(): Promise<void> {
		const nowMs = this.workspace.clock.now();
		const alone: Followed[] = [];
		const lists = new Map<string, Followed[]>();
		this.isAway = false;
		this.askedPauseMs = 0;
		for (const run of this.followed) {
			const { list, repairId, deadlineMs } = run;
			if (list === undefined || repairId !== undefined || deadlineMs <= nowMs) alone.push(run);
			else {
				const key = `${list.jobId} ${list.runType}`;
				const runs = lists.get(key) ?? [];
				runs.push(run);
				lists.set(key, runs);
			}
		}
		for (const runs of lists.values()) {
			if (runs.length > 1) await this.lookAtList(runs);
			else for (const run of runs) alone.push(run);
		}
		await this.lookAtEach(alone);
	}

	private async lookAtEach(runs: readonly Followed[]): Promise<void> {
		const byDeadline = runs.toSorted((a, b) => a.deadlineMs - b.deadlineMs);
		await inGroups(byDeadline, async (run) => await this.lookAt(run));
	}

	private async lookAt(run: Followed): Promise<void> {
		const { clock } = this.workspace;
		const isLast = run.deadlineMs <= clock.now();
		if (this.isAway && !isLast) return;
		try {
			const retry = isLast ? undefined : noRetry;
			const deadlineMs = run.deadlineMs + lastReadMs;
			const seen = await getRun(this.workspace, run.runId, { deadlineMs, retry });
			this.saw(run, seen);
			if (isEnded(run, seen)) this.end(run, () => run.resolve(seen));
			else if (isLast) this.end(run, () => run.reject(this.timeout(run)));
		} catch (error) {
			if (isStop(error)) throw error;
			if (isOutage(error)) this.missed([run], error);
			else this.end(run, () => run.reject(error));
		}
	}

	private async lookAtList(runs: readonly Followed[]): Promise<void> {
		if (this.isAway) return;
		const missing = new Map(runs.map((run) => [run.runId, run]));
		const ended: [Followed, JobRun][] = [];
		const tellsAll = runs.some(({ onChange }) => onChange !== undefined);
		let isActive = false;
		let isMissed = false;
		try {
			const filter = { ...runs[0]?.list, ...timesOf(runs), withTasks: true };
			const deadlineMs = Math.min(...runs.map((run) => run.deadlineMs)) + lastReadMs;
			const pages = pagesOfRuns(this.workspace, filter, { deadlineMs, retry: noRetry });
			let pagesLeft = Math.ceil(runs.length / 10) + 3;
			for await (const page of pages) {
				for (const seen of page) {
					const run = missing.get(seen.run_id);
					if (run === undefined) continue;
					missing.delete(seen.run_id);
					this.saw(run, seen);
					if (isTerminal(seen)) ended.push([run, seen]);
					else isActive = true;
				}
				const isEnough = missing.size === 0 || (isActive && !tellsAll);
				if (isEnough || --pagesLeft === 0) break;
			}
		} catch (error) {
			if (isStop(error)) throw error;
			// Whoever may see the run, but not the list, still gets it alone.
			if (isOutage(error)) {
				isMissed = true;
				this.missed([...missing.values()], error);
			}
		}
		const whole = ended.filter(([, seen]) => seen.has_more !== true);
		for (const [run, seen] of whole) this.end(run, () => run.resolve(seen));
		await this.lookAtEach(ended.filter((each) => !whole.includes(each)).map(([run]) => run));
		if (!isActive && !isMissed) await this.lookAtEach([...missing.values()]);
	}

	/** Databricks or the network is away: the next look tries again, until the time is over. */
	private missed(runs: readonly Followed[], error: DatabricksError): void {
		const nowMs = this.workspace.clock.now();
		const longestMs = error.kind === 'unexpectedAnswer' ? longestGarbageMs : longestOutageMs;
		this.isAway ||= error.kind === 'network' || error.kind === 'timeout';
		this.askedPauseMs = Math.max(this.askedPauseMs, error.retryAfterMs ?? 0);
		for (const run of runs) {
			run.awaySinceMs ??= nowMs;
			if (run.deadlineMs <= nowMs) this.end(run, () => run.reject(this.timeout(run)));
			else if (nowMs - run.awaySinceMs > longestMs) this.end(run, () => run.reject(error));
		}
	}

	private saw(run: Followed, seen: JobRun): void {
		run.last = seen;
		run.awaySinceMs = undefined;
		const states = [seen, ...seen.tasks].map((each) => `${each.run_id} ${resultOf(each)}`).join();
		if (states !== run.states) run.onChange?.(seen);
		run.states = states;
	}

	private end(run: Followed, tell: () => void): void {
		this.followed.delete(run);
		tell();
	}

	private timeout({ runId, last, sinceMs, awaySinceMs }: Followed): DatabricksError {
		const nowMs = this.workspace.clock.now();
		const state = last === undefined ? 'not to be seen' : resultOf(last);
		const waited = durationText(nowMs - sinceMs);
		const away =
			awaySinceMs === undefined
				? ''
				: `; Databricks could not be reached for the last ${durationText(nowMs - awaySinceMs)}`;
		return new DatabricksError({
			kind: 'timeout',
			message: `Run ${runId} was still ${state} after ${waited}${away}.`,
			ids: { runId, jobId: last?.job_id, pageUrl: last?.run_page_url },
		});
	}
}

/** Waits for one run; see `RunFollower`. */
export async function waitForRun(
	workspace: Workspace,
	runId: string,
	options: Omit<FollowRequest, 'runId'>,
): Promise<JobRun> {
	return await new RunFollower(workspace).follow({ runId, ...options });
}

function isEnded({ repairId }: Followed, run: JobRun): boolean {
	if (repairId === undefined || !isTerminal(run)) return isTerminal(run);
	const repair = run.repair_history.find(({ id }) => id === repairId);
	const hasState = repair?.state !== undefined || repair?.status !== undefined;
	return repair !== undefined && (!hasState || isTerminal(repair));
}

/** The start times between which the runs lie, once all have been seen; both inclusive. */
function timesOf(runs: readonly Followed[]): Pick<RunFilter, 'startTimeFrom' | 'startTimeTo'> {
	const times = runs.map(({ last }) => last?.start_time ?? 0);
	if (times.includes(0)) return {};
	return { startTimeFrom: Math.min(...times), startTimeTo: Math.max(...times) };
}

function isStop(error: unknown): boolean {
	return error instanceof DatabricksError && error.kind === 'aborted';
}

function isOutage(error: unknown): error is DatabricksError {
	if (!(error instanceof DatabricksError)) return false;
	const isAway = ['timeout', 'network', 'unexpectedAnswer'].includes(error.kind);
	return isAway || error.status === 429 || (error.status ?? 0) >= 500;
}
