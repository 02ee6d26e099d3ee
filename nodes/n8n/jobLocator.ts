import { findJobByName, listJobs } from '../databricks/jobs/jobs';
import type { Workspace } from '../databricks/workspace';
import { byId, byName, byUrl, fromList, listSearch, locatorField } from './locators';
import type { Locator } from './parameters';

export const jobField = locatorField(
	{ displayName: 'Job', name: 'job', description: 'The job to run' },
	[
		fromList('searchJobs'),
		byId('e.g. 281874479417551', '^\\s*[0-9]{1,19}\\s*$', 'a job'),
		byName('e.g. bir_month_end'),
		byUrl(
			'e.g. https://adb-1234567890123456.7.azuredatabricks.net/jobs/281874479417551',
			'^\\s*https?:\\/\\/.*?[\\/#]jobs?\\/([0-9]{1,19}).*$',
			'a job',
		),
	],
);

export const searchJobs = listSearch(async function* (workspace) {
	for await (const job of listJobs(workspace)) {
		yield {
			name: job.settings.name ?? `Job ${job.job_id}`,
			value: job.job_id,
			url: `${workspace.host}/jobs/${job.job_id}`,
		};
	}
});

/** The ID of the chosen job. Throws DatabricksError when a name fits no job or several. */
export async function jobIdOf(workspace: Workspace, job: Locator): Promise<string> {
	return job.mode === 'name' ? (await findJobByName(workspace, job.value)).job_id : job.value;
}
