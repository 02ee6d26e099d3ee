import { DatabricksError } from '../databricks/errors';
import { collect } from '../databricks/paging';
import { listWarehouses } from '../databricks/sql/warehouses';
import type { Workspace } from '../databricks/workspace';
import { byId, byName, byUrl, fromList, listSearch, locatorField } from './locators';
import type { Locator } from './parameters';

export const warehouseField = locatorField(
	{
		displayName: 'SQL Warehouse',
		name: 'warehouse',
		description: 'The warehouse that executes the SQL; a stopped one is started',
	},
	[
		fromList('searchWarehouses'),
		byId('e.g. a1b2c3d4e5f60718', '^\\s*[0-9a-zA-Z-]+\\s*$', 'a warehouse'),
		byName('e.g. Finance'),
		byUrl(
			'e.g. https://adb-1234567890123456.7.azuredatabricks.net/sql/warehouses/a1b2c3d4e5f60718',
			'^\\s*https?:\\/\\/.*?\\/warehouses\\/([0-9a-zA-Z-]+).*$',
			'a warehouse',
		),
	],
);

export const searchWarehouses = listSearch(async function* (workspace) {
	for await (const warehouse of listWarehouses(workspace)) {
		yield {
			name: warehouse.name ?? warehouse.id,
			value: warehouse.id,
			description: warehouse.state,
			url: `${workspace.host}/sql/warehouses/${warehouse.id}`,
		};
	}
});

/** The ID of the chosen warehouse. Throws DatabricksError (notFound) for a name that fits none. */
export async function warehouseIdOf(workspace: Workspace, warehouse: Locator): Promise<string> {
	if (warehouse.mode !== 'name') return warehouse.value;
	const visible = await collect(listWarehouses(workspace));
	const found = visible.find(({ name }) => name === warehouse.value);
	if (found !== undefined) return found.id;
	throw new DatabricksError({
		kind: 'notFound',
		message: `There is no SQL warehouse named "${warehouse.value}".`,
		hint: 'Check the name, and that the user or service principal of the credential may use the warehouse.',
	});
}
