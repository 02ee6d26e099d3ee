import { z } from 'zod/v4';
import { itemsOf } from '../paging';
import { path } from '../paths';
import type { Workspace } from '../workspace';

const namedSchema = z.looseObject({
	name: z.string(),
	full_name: z.string().optional(),
	comment: z.string().optional(),
});

const tableSchema = namedSchema.extend({
	catalog_name: z.string().optional(),
	schema_name: z.string().optional(),
	/** `MANAGED`, `VIEW`, `STREAMING_TABLE`, `MATERIALIZED_VIEW` … */
	table_type: z.string().optional(),
	data_source_format: z.string().optional(),
	/** Changes when a table is dropped and made anew under the same name. */
	table_id: z.string().optional(),
	properties: z.record(z.string(), z.string()).optional(),
	columns: z
		.array(
			z.looseObject({
				name: z.string(),
				type_name: z.string().optional(),
				type_text: z.string().optional(),
				nullable: z.boolean().optional(),
				comment: z.string().optional(),
			}),
		)
		.optional(),
});

export type CatalogObject = z.output<typeof namedSchema>;
export type Table = z.output<typeof tableSchema>;

const unityCatalog = '/api/2.1/unity-catalog';

const nextPage = { next_page_token: z.string().optional() };
const catalogList = z.looseObject({ catalogs: z.array(namedSchema).default([]), ...nextPage });
const schemaList = z.looseObject({ schemas: z.array(namedSchema).default([]), ...nextPage });
const tableList = z.looseObject({ tables: z.array(tableSchema).default([]), ...nextPage });
const volumeList = z.looseObject({ volumes: z.array(namedSchema).default([]), ...nextPage });

function list<Answer extends { next_page_token?: string }, Item>(
	workspace: Workspace,
	resource: string,
	schema: z.ZodType<Answer>,
	itemsIn: (answer: Answer) => readonly Item[],
	query: Readonly<Record<string, string | boolean>> = {},
): AsyncGenerator<Item, void, undefined> {
	return itemsOf(async (page_token) => {
		const page = await workspace.json(
			{
				method: 'GET',
				path: `${unityCatalog}/${resource}`,
				// 0 asks for pages of the server's size; without it the list is cut at an old limit.
				query: { ...query, max_results: 0, page_token },
			},
			schema,
		);
		return { items: itemsIn(page), nextPageToken: page.next_page_token };
	});
}

export function listCatalogs(workspace: Workspace): AsyncGenerator<CatalogObject, void, undefined> {
	return list(workspace, 'catalogs', catalogList, (page) => page.catalogs);
}

export function listSchemas(
	workspace: Workspace,
	catalog: string,
): AsyncGenerator<CatalogObject, void, undefined> {
	return list(workspace, 'schemas', schemaList, (page) => page.schemas, { catalog_name: catalog });
}

/** Tables and views of a schema, without their columns and properties. */
export function listTables(
	workspace: Workspace,
	catalog: string,
	schema: string,
): AsyncGenerator<Table, void, undefined> {
	return list(workspace, 'tables', tableList, (page) => page.tables, {
		catalog_name: catalog,
		schema_name: schema,
		omit_columns: true,
		omit_properties: true,
	});
}

export function listVolumes(
	workspace: Workspace,
	catalog: string,
	schema: string,
): AsyncGenerator<CatalogObject, void, undefined> {
	return list(workspace, 'volumes', volumeList, (page) => page.volumes, {
		catalog_name: catalog,
		schema_name: schema,
	});
}

/** A table with its columns, properties and id; `fullName` is `catalog.schema.table`. */
export async function getTable(workspace: Workspace, fullName: string): Promise<Table> {
	return await workspace.json(
		{ method: 'GET', path: `${unityCatalog}${path`/tables/${fullName}`}` },
		tableSchema,
	);
}
