import { z } from 'zod';
import { invalidParameter } from '../apiError';
import { wireId } from '../ids';
import type { LocalWorkspace, Principal } from '../localWorkspace';
import { perWorkspace } from '../perWorkspace';
import { Collection } from '../store/collection';
import { checkSettings, jobSettingsSchema, type JobSettings } from './settings';

const jobSchema = z.object({
	jobId: z.string(),
	createdMs: z.number(),
	creatorName: z.string(),
	settings: jobSettingsSchema,
	/** Whether its runs queue unless it says otherwise: since version 2.2 of the API they do. */
	queueByDefault: z.boolean().default(true),
});
export type Job = z.output<typeof jobSchema>;

/** Jobs: their settings are given back as they were sent, field by field. */
class Jobs {
	private readonly jobs: Collection<Job>;

	constructor(private readonly workspace: LocalWorkspace) {
		this.jobs = new Collection(workspace.lakehouse.documents, 'job', jobSchema);
	}

	async load(): Promise<void> {
		await this.jobs.load();
		for (const { jobId } of this.jobs.values()) this.workspace.ids.observe(jobId);
	}

	/** Throws ApiError 400 for settings that the service refuses. */
	async create(
		settings: JobSettings,
		principal: Principal,
		queueByDefault = true,
	): Promise<string> {
		checkSettings(settings);
		const jobId = this.workspace.ids.next();
		const createdMs = this.workspace.clock.now();
		const named = settings.name === undefined ? { ...settings, name: 'Untitled' } : settings;
		const creatorName = principal.userName;
		const job = { jobId, createdMs, creatorName, settings: named, queueByDefault };
		await this.jobs.put(jobId, job);
		return jobId;
	}

	find(jobId: string): Job | undefined {
		return this.jobs.get(jobId);
	}

	/** Throws ApiError 400, which is how the service says that a job is missing. */
	get(jobId: string): Job {
		const job = this.find(jobId);
		if (job === undefined) throw invalidParameter(`Job ${jobId} does not exist.`);
		return job;
	}

	/** Newest first; with `name` those of exactly that name, whatever its case. */
	list(name?: string): Job[] {
		const wanted = name?.toLowerCase();
		return this.jobs
			.values()
			.filter((job) => wanted === undefined || job.settings.name?.toLowerCase() === wanted)
			.sort((a, b) => (BigInt(a.jobId) < BigInt(b.jobId) ? 1 : -1));
	}

	/** Replaces all settings. */
	async reset(jobId: string, settings: JobSettings): Promise<void> {
		const job = this.get(jobId);
		checkSettings(settings);
		await this.jobs.put(jobId, { ...job, settings });
	}

	/**
	 * Changes some settings: each top-level field is replaced, tasks and job clusters are merged by
	 * their keys, `remove` names fields (`schedule`) and elements (`tasks/train`) to take away.
	 */
	async update(jobId: string, changes: JobSettings, remove: readonly string[]): Promise<void> {
		const { settings } = this.get(jobId);
		const merged: JobSettings = { ...settings, ...changes };
		if (changes.tasks !== undefined) {
			merged.tasks = mergedBy(settings.tasks, changes.tasks, (task) => task.task_key);
		}
		if (changes.job_clusters !== undefined) {
			const keyOf = (cluster: { job_cluster_key: string }) => cluster.job_cluster_key;
			merged.job_clusters = mergedBy(settings.job_clusters, changes.job_clusters, keyOf);
		}
		for (const field of remove) {
			const [name = '', key] = field.split('/');
			if (key === undefined) delete merged[name];
			else if (name === 'tasks') {
				merged.tasks = merged.tasks?.filter((task) => task.task_key !== key);
			} else throw invalidParameter(`fields_to_remove: ${field} is not known here.`);
		}
		await this.reset(jobId, merged);
	}

	async delete(jobId: string): Promise<void> {
		this.get(jobId);
		await this.jobs.delete(jobId);
	}

	/** Who a job runs as: its run_as, else its creator. */
	runAsOf({ settings, creatorName }: Job): string {
		const { run_as: runAs } = settings;
		return runAs?.service_principal_name ?? runAs?.user_name ?? creatorName;
	}

	answer(job: Job) {
		return {
			job_id: wireId(job.jobId),
			creator_user_name: job.creatorName,
			run_as_user_name: this.runAsOf(job),
			created_time: job.createdMs,
			settings: job.settings,
		};
	}
}

export const jobsOf = perWorkspace((workspace) => new Jobs(workspace));

function mergedBy<Item>(old: readonly Item[] = [], changed: Item[], keyOf: (item: Item) => string) {
	const changes = new Map(changed.map((item) => [keyOf(item), item]));
	const known = new Set(old.map(keyOf));
	return [
		...old.map((item) => changes.get(keyOf(item)) ?? item),
		...changed.filter((item) => !known.has(keyOf(item))),
	];
}
