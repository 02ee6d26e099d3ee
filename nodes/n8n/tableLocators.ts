import { DatabricksError } from '../databricks/errors';
import { splitTableName } from '../databricks/sql/quoting';
import { listCatalogs, listSchemas, listTables } from '../databricks/sql/tables';
import { addressPattern, partsOfAddress } from './catalogAddress';
import { byName, byUrl, fromList, listSearch, locatorField } from './locators';
import type { Locator, Parameters } from './parameters';

export const catalogField = locatorField(
	{ displayName: 'Catalog', name: 'catalog', description: 'The catalog in Unity Catalog' },
	[fromList('searchCatalogs'), byName('e.g. gold')],
);

export const schemaField = locatorField(
	{ displayName: 'Schema', name: 'schema', description: 'The schema in the catalog' },
	[fromList('searchSchemas'), byName('e.g. bir')],
);

export const tableField = locatorField(
	{
		displayName: 'Table',
		name: 'table',
		description: 'The table in the schema. By name it may also be catalog.schema.table.',
	},
	[
		fromList('searchTables'),
		byName('e.g. monthly_totals'),
		byUrl(
			'e.g. https://adb-1234567890123456.7.azuredatabricks.net/explore/data/gold/bir/monthly_totals',
			addressPattern('data\\/'),
			'a table',
		),
	],
);

export const searchCatalogs = listSearch(async function* (workspace) {
	for await (const { name } of listCatalogs(workspace)) yield { name, value: name };
});

export const searchSchemas = listSearch(async function* (workspace, parameters) {
	const catalog = parameters.locator('catalog', 'Catalog').value;
	for await (const { name } of listSchemas(workspace, catalog)) yield { name, value: name };
});

export const searchTables = listSearch(async function* (workspace, parameters) {
	const catalog = parameters.locator('catalog', 'Catalog').value;
	const schema = parameters.locator('schema', 'Schema').value;
	for await (const { name, table_type } of listTables(workspace, catalog, schema)) {
		yield {
			name,
			value: name,
			description: table_type,
			url: `${workspace.host}/explore/data/${[catalog, schema, name].map(encodeURIComponent).join('/')}`,
		};
	}
});

/**
 * The three parts of the chosen table. A name with all three parts, typed in 'Table', stands alone,
 * and so does an address.
 * Throws DatabricksError (badRequest) when a part is missing.
 */
export function tableOf(parameters: Parameters): [string, string, string] {
	const table: Locator = parameters.locator('table', 'Table');
	const [first, second, third, ...more] = partsOf(table);
	if (first !== undefined && second !== undefined && third !== undefined && more.length === 0) {
		return [first, second, third];
	}
	if (second !== undefined) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `'Table' is "${table.value}", which is neither a name nor a name with catalog and schema.`,
			hint: 'Write it as table or as catalog.schema.table; put a part with a full stop in back-quotes.',
		});
	}
	return [
		parameters.locator('catalog', 'Catalog').value,
		parameters.locator('schema', 'Schema').value,
		first ?? table.value,
	];
}

function partsOf({ mode, value }: Locator): string[] {
	if (mode === 'url') return partsOfAddress(value);
	return mode === 'list' ? [value] : splitTableName(value);
}
