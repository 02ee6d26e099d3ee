import { z } from 'zod/v4';
import { path } from '../../nodes/databricks/paths';
import { textAt, without, type ConfigMap } from './configValue';
import { ifThere, ownSettings, type ResourceKind } from './resourceKind';

const root = '/api/2.1/unity-catalog';
const anything = z.looseObject({});

/** Catalogs, schemas, volumes and models: named by what they are called, changed by PATCH. */
function unityCatalogKind(
	collection: string,
	securable: string,
	fullNameOf: (wanted: ConfigMap) => string,
	attributesOf: (fullName: string) => ConfigMap = () => ({}),
): ResourceKind {
	const item = (fullName: string) => `${root}/${collection}${path`/${fullName}`}`;
	return {
		securable,
		wanted: ownSettings,
		idOf: fullNameOf,
		read: async (id, { workspace }) => {
			const settings = await ifThere(workspace.json({ method: 'GET', path: item(id) }, anything));
			const attributes = { id, full_name: id, ...attributesOf(id) };
			return settings && { id, settings, attributes };
		},
		create: async (wanted, { workspace }) => {
			await workspace.request({ method: 'POST', path: `${root}/${collection}`, json: wanted });
			return fullNameOf(wanted);
		},
		update: async (id, wanted, { workspace }) => {
			const json = { comment: '', ...without(wanted, ...fixed) };
			await workspace.request({ method: 'PATCH', path: item(id), json });
		},
	};
}

/** What may change later: not what the resource is found by. */
const fixed = ['name', 'catalog_name', 'schema_name', 'volume_type'];

const ofSchema = (wanted: ConfigMap) =>
	`${textAt(wanted, 'catalog_name')}.${textAt(wanted, 'schema_name')}.${textAt(wanted, 'name')}`;

export const catalogs = unityCatalogKind('catalogs', 'catalog', (wanted) => textAt(wanted, 'name'));

export const schemas = unityCatalogKind(
	'schemas',
	'schema',
	(wanted) => `${textAt(wanted, 'catalog_name')}.${textAt(wanted, 'name')}`,
);

export const volumes = unityCatalogKind('volumes', 'volume', ofSchema, (fullName) => ({
	volume_path: `/Volumes/${fullName.replaceAll('.', '/')}`,
}));

export const registeredModels = unityCatalogKind('models', 'function', ofSchema);
