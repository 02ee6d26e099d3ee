import { z } from 'zod/v4';
import { path } from '../../nodes/databricks/paths';
import { mapAt } from './configValue';
import { ifThere, ownSettings, type ResourceKind } from './resourceKind';

const root = '/api/2.0/pipelines';
const pipelineSchema = z.object({ spec: z.looseObject({}) });

/** Pipelines: replaced whole by each change. */
export const pipelines: ResourceKind = {
	permissions: { objectType: 'pipelines', ownerLevel: 'IS_OWNER', objectId: ({ id }) => id },
	wanted: (settings, { metadataPath, presets }) => {
		const own = ownSettings(settings);
		const tags = { ...mapAt(presets, 'tags'), ...mapAt(own, 'tags') };
		const development = own.development ?? presets.pipelines_development;
		return {
			...own,
			...(development === undefined ? {} : { development }),
			...(Object.keys(tags).length === 0 ? {} : { tags }),
			deployment: { kind: 'BUNDLE', metadata_file_path: metadataPath },
		};
	},
	read: async (id, { workspace }) => {
		const pipeline = await ifThere(
			workspace.json({ method: 'GET', path: root + path`/${id}` }, pipelineSchema),
		);
		return pipeline && { id, settings: pipeline.spec, attributes: { id } };
	},
	create: async (wanted, { workspace }) => {
		const created = await workspace.json(
			{ method: 'POST', path: root, json: wanted },
			z.object({ pipeline_id: z.string() }),
		);
		return created.pipeline_id;
	},
	update: async (id, wanted, { workspace }) => {
		const json = { ...wanted, id };
		await workspace.request({ method: 'PUT', path: root + path`/${id}`, json });
	},
};
