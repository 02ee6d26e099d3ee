import { listRuns } from '../databricks/jobs/jobRuns';
import { resultOf } from '../databricks/jobs/jobRunState';
import { byId, byUrl, fromList, listSearch, locatorField } from './locators';

/** How many of the most recent runs the list shows. */
const shownRuns = 240;

export const runField = locatorField(
	{ displayName: 'Run', name: 'run', description: 'The run of a job, or a one-time run' },
	[
		fromList('searchRuns'),
		byId('e.g. 455644833', '^\\s*[0-9]{1,19}\\s*$', 'a run'),
		byUrl(
			'e.g. https://adb-1234567890123456.7.azuredatabricks.net/jobs/281874479417551/runs/455644833',
			'^\\s*https?:\\/\\/.*?\\/runs?\\/([0-9]{1,19}).*$',
			'a run',
		),
	],
);

export const searchRuns = listSearch(async function* (workspace) {
	let left = shownRuns;
	for await (const run of listRuns(workspace)) {
		const started = run.start_time ? new Date(run.start_time).toISOString().slice(0, 16) : '';
		yield {
			name: `${run.run_name ?? 'Run'} ${started.replace('T', ' ')} (${resultOf(run)})`,
			value: run.run_id,
			url: run.run_page_url,
		};
		if (--left === 0) return;
	}
});
