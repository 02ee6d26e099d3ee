import { z } from 'zod/v4';
import { path } from '../../nodes/databricks/paths';
import { textAt } from './configValue';
import { holds } from './difference';
import { ifThere, ownSettings, type ResourceKind } from './resourceKind';

const root = '/api/2.0/serving-endpoints';
const endpointSchema = z.looseObject({ id: z.string().default(''), name: z.string() });

/** Serving endpoints: their configuration may change, the rest stands from creation on. */
export const servingEndpoints: ResourceKind = {
	permissions: {
		objectType: 'serving-endpoints',
		ownerLevel: 'CAN_MANAGE',
		objectId: ({ attributes }) => textAt(attributes, 'endpoint_id'),
	},
	wanted: ownSettings,
	idOf: (wanted) => textAt(wanted, 'name'),
	read: async (id, { workspace }) => {
		const settings = await ifThere(
			workspace.json({ method: 'GET', path: root + path`/${id}` }, endpointSchema),
		);
		return settings && { id, settings, attributes: { id, endpoint_id: settings.id } };
	},
	create: async (wanted, { workspace }) => {
		await workspace.request({ method: 'POST', path: root, json: wanted });
		return textAt(wanted, 'name');
	},
	update: async (id, wanted, { workspace }) => {
		const { config, ...fixed } = wanted;
		const item = root + path`/${id}`;
		const actual = await workspace.json({ method: 'GET', path: item }, endpointSchema);
		const changed = Object.keys(fixed).find((key) => !holds(actual[key], fixed[key]));
		if (changed !== undefined) {
			throw new Error(
				`Serving endpoint ${id}: "${changed}" cannot be changed once it exists. Delete the endpoint, then deploy again.`,
			);
		}
		if (config !== undefined) {
			await workspace.request({ method: 'PUT', path: `${item}/config`, json: config });
		}
	},
};
