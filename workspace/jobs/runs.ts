import { ApiError, invalidParameter } from '../apiError';
import type { LocalWorkspace, Principal } from '../localWorkspace';
import { perWorkspace } from '../perWorkspace';
import { Collection } from '../store/collection';
import { RunExecution } from './execution';
import { interrupt } from './interruption';
import { jobsOf, type Job } from './jobs';
import { tasksToRepair, type RepairRequest } from './repair';
import { hasEnded, newRun, runSchema, type Run, type TaskRun } from './run';
import { queue, type ReachedLimit, reachedLimit, skip, tooManyRuns } from './runLimits';
import { parametersOf } from './runParameters';
import { selectedTasks } from './selection';
import { checkSettings, type JobSettings } from './settings';
import type { ChildRun } from './task';

/** Runs are kept this long after they ended: documented. */
const retentionMs = 60 * 86_400_000;

/** What run-now says beside the job. */
export interface RunRequest {
	jobParameters: Readonly<Record<string, string>>;
	idempotencyToken?: string;
	only: readonly string[];
	queueEnabled?: boolean;
	pipelineParams: Record<string, unknown>;
	overriding?: Record<string, unknown>;
	/** That of the request, which some refusals repeat. */
	requestId?: string;
}

/** Runs of jobs: started at most once for a token, queued, run, cancelled, kept. */
class Runs {
	private readonly runs: Collection<Run>;
	private readonly executions = new Map<string, RunExecution>();
	/** Who waits for the end of a run. */
	private readonly waiting = new Map<string, (() => void)[]>();

	constructor(private readonly workspace: LocalWorkspace) {
		this.runs = new Collection(workspace.lakehouse.documents, 'run', runSchema);
		workspace.onClose(async () => {
			await Promise.allSettled([...this.executions.values()].map(({ ended }) => ended));
			await this.runs.flushed();
		});
	}

	/** Reads back what an earlier process left; a run that it left active ends here. */
	async load(): Promise<void> {
		await this.runs.load();
		for (const run of this.runs.values()) {
			for (const { runId } of [run, ...run.tasks, ...run.iterations])
				this.workspace.ids.observe(runId);
			if (hasEnded(run)) continue;
			interrupt(run, this.workspace.clock.now());
			await this.runs.put(run.runId, run);
		}
	}

	/**
	 * Starts a run of a job, or answers with the run that the token already started. Resolves when
	 * the run is durable. Throws ApiError 400, or 429 when the workspace has no room for it.
	 */
	async runNow(
		job: Job,
		request: RunRequest,
		principal: Pick<Principal, 'userName'>,
		trigger: Run['trigger'] = 'ONE_TIME',
	): Promise<Run> {
		const existing = this.startedBy(request.idempotencyToken);
		if (existing !== undefined) return existing;
		const { settings } = job;
		const taskKeys = selectedTasks(settings.tasks ?? [], request.only);
		if (taskKeys.length === 0) throw invalidParameter(`Job ${job.jobId} has no tasks to run.`);
		const run = newRun(this.workspace, {
			jobId: job.jobId,
			name: settings.name ?? 'Untitled',
			runType: 'JOB_RUN',
			trigger,
			creatorName: principal.userName,
			runAs: jobsOf(this.workspace).runAsOf(job),
			settings,
			taskKeys,
			pipelineParams: request.pipelineParams,
			overriding: request.overriding ?? {},
			idempotencyToken: request.idempotencyToken,
		});
		run.parameters = parametersOf(this.workspace, run, request.jobParameters);
		const queueEnabled = request.queueEnabled ?? settings.queue?.enabled ?? job.queueByDefault;
		this.admit(run, queueEnabled, request.requestId);
		await this.runs.put(run.runId, run);
		return run;
	}

	/** Starts a run that belongs to no job. Throws ApiError 400 or 429. */
	async submit(
		settings: JobSettings,
		token: string | undefined,
		principal: Principal,
		requestId?: string,
	): Promise<Run> {
		const existing = this.startedBy(token);
		if (existing !== undefined) return existing;
		checkSettings(settings);
		const run = newRun(this.workspace, {
			name: settings.name ?? 'Untitled',
			runType: 'SUBMIT_RUN',
			trigger: 'ONE_TIME',
			creatorName: principal.userName,
			runAs: settings.run_as?.service_principal_name ?? principal.userName,
			settings,
			taskKeys: (settings.tasks ?? []).map((task) => task.task_key),
			pipelineParams: {},
			overriding: {},
			idempotencyToken: token,
		});
		if (run.taskKeys.length === 0) throw invalidParameter('A run needs at least one task.');
		this.admit(run, settings.queue?.enabled ?? false, requestId);
		await this.runs.put(run.runId, run);
		return run;
	}

	/** Throws ApiError 400, which is how the service says that a run is missing. */
	get(runId: string): Run {
		const run = this.runs.get(runId);
		if (run === undefined || !this.isKept(run)) {
			throw invalidParameter(`Run ${runId} does not exist.`);
		}
		return run;
	}

	/** The run of a job's run id or of a task's. Throws ApiError 400. */
	find(runId: string): { run: Run; task?: TaskRun } {
		for (const run of this.runs.values()) {
			if (run.runId === runId && this.isKept(run)) return { run };
			const isIt = (task: TaskRun) => task.runId === runId;
			const task = run.tasks.find(isIt) ?? run.iterations.find(isIt);
			if (task !== undefined && this.isKept(run)) return { run, task };
		}
		throw invalidParameter(`Run ${runId} does not exist.`);
	}

	/** Most recently started first. */
	list(): Run[] {
		return this.runs
			.values()
			.filter((run) => this.isKept(run))
			.sort((a, b) => b.startMs - a.startMs || (BigInt(a.runId) < BigInt(b.runId) ? 1 : -1));
	}

	/** Asks a run to end; one that has ended stays as it is. Throws ApiError 400. */
	cancel(runId: string): void {
		const run = this.get(runId);
		if (run.lifeCycle === 'QUEUED') {
			const endMs = this.workspace.clock.now();
			const state = { lifeCycle: 'TERMINATED', result: 'CANCELED', message: 'Run cancelled.' };
			Object.assign(run, state, { endMs });
			this.save(run);
			this.tellEnd(runId);
		} else if (!hasEnded(run)) this.executions.get(runId)?.cancel();
	}

	/** Throws ApiError 400 while the run is active. Its token stays used. */
	async delete(runId: string): Promise<void> {
		const run = this.get(runId);
		if (!hasEnded(run)) {
			throw new ApiError(400, 'INVALID_STATE', `Run ${runId} is active and cannot be deleted.`);
		}
		await this.runs.put(runId, { ...run, deleted: true });
	}

	/** Runs tasks of an ended run again. Answers with the id of the repair. Throws ApiError 400. */
	async repair(runId: string, request: RepairRequest): Promise<string> {
		const run = this.get(runId);
		const taskKeys = tasksToRepair(run, request);
		const repairId = this.workspace.ids.next();
		const startMs = this.workspace.clock.now();
		const overrides = Object.fromEntries(run.parameters.map(({ name, value }) => [name, value]));
		run.parameters = parametersOf(this.workspace, run, {
			...overrides,
			...request.jobParameters,
		});
		if (Object.keys(request.overriding).length > 0) run.overriding = request.overriding;
		run.pipelineParams = request.pipelineParams ?? run.pipelineParams;
		const state = { lifeCycle: 'PENDING', message: '' } as const;
		Object.assign(run, state, { result: undefined, endMs: undefined, code: undefined });
		run.repairs.push({ ...state, id: repairId, startMs, taskRunIds: [] });
		this.begin(run, taskKeys);
		await this.runs.put(runId, run);
		return repairId;
	}

	/** Resolves with the run when it has ended. Throws ApiError 400. */
	whenEnded(runId: string): Promise<Run> {
		const run = this.get(runId);
		if (hasEnded(run)) return Promise.resolve(run);
		return new Promise((resolve) => {
			this.waiting.set(runId, [...(this.waiting.get(runId) ?? []), () => resolve(run)]);
		});
	}

	private tellEnd(runId: string): void {
		const waiting = this.waiting.get(runId) ?? [];
		this.waiting.delete(runId);
		for (const tell of waiting) tell();
	}

	/**
	 * Starts the run, queues it, or skips it, as the limits of its job and of the workspace say. Throws
	 * ApiError 429 where the workspace has no room and the run may not wait.
	 */
	private admit(run: Run, queueEnabled: boolean, requestId?: string): void {
		const limit = reachedLimit(this.workspace, run, this.active());
		if (limit === undefined) return this.begin(run, run.taskKeys);
		if (queueEnabled && limit.most > 0) {
			queue(run, limit);
			this.save(run);
			this.leaveQueueInTime(run, limit);
			return;
		}
		if (limit.queueCode === 'ACTIVE_RUNS_LIMIT_REACHED') throw tooManyRuns(limit, requestId);
		skip(run, limit, run.startMs);
	}

	/** What becomes of a run that nobody let in is not documented; it ends as one that may not queue. */
	private leaveQueueInTime(run: Run, limit: ReachedLimit): void {
		const { clock, closing, limits } = this.workspace;
		clock.sleep(limits.queueMs, closing.signal).then(
			() => {
				if (run.lifeCycle !== 'QUEUED') return;
				skip(run, limit, clock.now());
				this.save(run);
				this.tellEnd(run.runId);
			},
			() => undefined,
		);
	}

	private active(): Run[] {
		return this.runs.values().filter((run) => !hasEnded(run) && run.lifeCycle !== 'QUEUED');
	}

	private begin(run: Run, taskKeys: readonly string[]): void {
		if (run.lifeCycle === 'QUEUED') run.leftQueueMs = this.workspace.clock.now();
		run.lifeCycle = 'PENDING';
		run.message = '';
		const execution = new RunExecution(this.workspace, run, taskKeys, {
			save: () => this.save(run),
			startChild: async (jobId, parameters) => await this.startChild(run, jobId, parameters),
		});
		this.executions.set(run.runId, execution);
		this.save(run);
		execution.ended
			.catch((error) => this.workspace.report(error))
			.finally(() => {
				this.executions.delete(run.runId);
				this.tellEnd(run.runId);
				this.beginNext();
			});
	}

	private async startChild(
		{ runAs }: Run,
		jobId: string,
		jobParameters: Readonly<Record<string, string>>,
	): Promise<ChildRun> {
		const request = { jobParameters, only: [], pipelineParams: {} };
		const job = jobsOf(this.workspace).get(jobId);
		const { runId } = await this.runNow(job, request, { userName: runAs }, 'RUN_JOB_TASK');
		return { runId, ended: this.whenEnded(runId), cancel: () => this.cancel(runId) };
	}

	/** Lets in what waits, in the order of the starts. */
	private beginNext(): void {
		if (this.workspace.closing.signal.aborted) return;
		const queued = this.list().filter((run) => run.lifeCycle === 'QUEUED');
		for (const run of queued.reverse()) {
			if (reachedLimit(this.workspace, run, this.active()) === undefined) {
				this.begin(run, run.taskKeys);
			}
		}
	}

	private save(run: Run): void {
		this.runs.put(run.runId, run).catch((error) => this.workspace.report(error));
	}

	private startedBy(token: string | undefined): Run | undefined {
		if (token === undefined || token === '') return undefined;
		const run = this.runs.values().find((other) => other.idempotencyToken === token);
		if (run === undefined || this.isKept(run)) return run;
		throw invalidParameter(`The run ${run.runId} of this idempotency_token has been deleted.`);
	}

	private isKept(run: Run): boolean {
		return !run.deleted && (run.endMs ?? Infinity) + retentionMs > this.workspace.clock.now();
	}
}

export const runsOf = perWorkspace((workspace) => new Runs(workspace));
