import { splitTableName } from '../databricks/sql/quoting';
import { listVolumes } from '../databricks/sql/tables';
import { byName, byUrl, fromList, listSearch, locatorField } from './locators';
import { addressPattern, partsOfAddress } from './catalogAddress';
import type { Parameters } from './parameters';

export const volumeField = locatorField(
	{
		displayName: 'Volume',
		name: 'volume',
		description: 'The volume in the schema. By name it may also be catalog.schema.volume.',
	},
	[
		fromList('searchVolumes'),
		byName('e.g. landing'),
		byUrl(
			'e.g. https://adb-1234567890123456.7.azuredatabricks.net/explore/data/volumes/bronze/scout/landing',
			addressPattern('data\\/volumes\\/'),
			'a volume',
		),
	],
);

export const searchVolumes = listSearch(async function* (workspace, parameters) {
	const catalog = parameters.locator('catalog', 'Catalog').value;
	const schema = parameters.locator('schema', 'Schema').value;
	for await (const { name } of listVolumes(workspace, catalog, schema)) {
		const parts = [catalog, schema, name].map(encodeURIComponent).join('/');
		yield { name, value: name, url: `${workspace.host}/explore/data/volumes/${parts}` };
	}
});

/** Catalog, schema and name of the chosen volume. Throws DatabricksError (badRequest). */
export function volumeOf(parameters: Parameters): string[] {
	const { mode, value } = parameters.locator('volume', 'Volume');
	if (mode === 'url') return partsOfAddress(value);
	const parts = mode === 'list' ? [value] : splitTableName(value);
	if (parts.length === 3) return parts;
	const catalog = parameters.locator('catalog', 'Catalog').value;
	return [catalog, parameters.locator('schema', 'Schema').value, value];
}
