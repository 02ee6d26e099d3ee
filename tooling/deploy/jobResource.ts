import { z } from 'zod/v4';
import { idSchema, wireId } from '../../nodes/databricks/ids';
import { mapAt, mapsAt, textAt } from './configValue';
import { ifThere, ownSettings, type ResourceKind } from './resourceKind';

const root = '/api/2.2/jobs';
const jobSchema = z.object({ settings: z.looseObject({}) });

/** Jobs: replaced whole by each change. */
export const jobs: ResourceKind = {
	permissions: { objectType: 'jobs', ownerLevel: 'IS_OWNER', objectId: ({ id }) => id },
	wanted: (settings, { metadataPath, presets }) => {
		const own = ownSettings(settings);
		for (const timer of ['schedule', 'trigger', 'continuous']) {
			if (own[timer] !== undefined) {
				throw new Error(`Job ${textAt(own, 'name')}: "${timer}" is not known here.`);
			}
		}
		const tags = { ...mapAt(presets, 'tags'), ...mapAt(own, 'tags') };
		// The order in which the Databricks CLI sends tasks.
		const tasks = mapsAt(own, 'tasks').sort((a, b) =>
			textAt(a, 'task_key') < textAt(b, 'task_key') ? -1 : 1,
		);
		return {
			max_concurrent_runs: 1,
			...own,
			...(Object.keys(tags).length === 0 ? {} : { tags }),
			tasks,
			format: 'MULTI_TASK',
			edit_mode: 'UI_LOCKED',
			deployment: { kind: 'BUNDLE', metadata_file_path: metadataPath },
		};
	},
	read: async (id, { workspace }) => {
		const job = await ifThere(
			workspace.json({ method: 'GET', path: `${root}/get`, query: { job_id: id } }, jobSchema),
		);
		return job && { id, settings: job.settings, attributes: { id } };
	},
	create: async (wanted, { workspace }) => {
		const created = await workspace.json(
			{ method: 'POST', path: `${root}/create`, json: wanted },
			z.object({ job_id: idSchema }),
		);
		return created.job_id;
	},
	update: async (id, wanted, { workspace }) => {
		const json = { job_id: wireId(id, 'Job ID'), new_settings: wanted };
		await workspace.request({ method: 'POST', path: `${root}/reset`, json });
	},
};
