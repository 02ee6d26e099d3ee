import type { Hono } from 'hono';
import { z } from 'zod';
import { notFound } from '../apiError';
import { json, readQuery, type Env } from '../env';
import { tableAnswer } from './info';
import { asApi, listPage, listQuery, nameParts } from './requests';

const flag = z
	.enum(['true', 'false'])
	.default('false')
	.transform((text) => text === 'true');
const tablesQuery = listQuery.extend({
	catalog_name: z.string(),
	schema_name: z.string(),
	omit_columns: flag,
	omit_properties: flag,
	omit_username: flag,
});

/** Tables and views. They are made by SQL and pipelines; here they are read and dropped. */
export function registerTableRoutes(app: Hono<Env>, root: string): void {
	app.get(`${root}/tables`, async (context) => {
		const query = readQuery(context, tablesQuery);
		const { schemas, tables } = context.get('workspace').lakehouse;
		const { catalog_name: catalog, schema_name: schema } = query;
		if ((await schemas.get(catalog, schema)) === undefined) {
			throw notFound(`Schema '${catalog}.${schema}' does not exist.`, 'SCHEMA_DOES_NOT_EXIST');
		}
		const page = listPage(await tables.list(catalog, schema), query);
		const omit = {
			columns: query.omit_columns,
			properties: query.omit_properties,
			username: query.omit_username,
		};
		return json({
			tables: page.items.map((table) => tableAnswer(table, omit)),
			next_page_token: page.nextPageToken,
		});
	});
	app.get(`${root}/tables/:fullName`, async (context) => {
		const fullName = context.req.param('fullName');
		const [catalog = '', schema = '', name = ''] = nameParts(fullName, 3);
		const table = await context.get('workspace').lakehouse.tables.get(catalog, schema, name);
		if (table === undefined) {
			throw notFound(`Table '${fullName}' does not exist.`, 'TABLE_DOES_NOT_EXIST');
		}
		return json(tableAnswer(table));
	});
	app.get(`${root}/tables/:fullName/exists`, async (context) => {
		const [catalog = '', schema = '', name = ''] = nameParts(context.req.param('fullName'), 3);
		const table = await context.get('workspace').lakehouse.tables.get(catalog, schema, name);
		return json({ table_exists: table !== undefined });
	});
	app.delete(`${root}/tables/:fullName`, async (context) => {
		const fullName = context.req.param('fullName');
		const [catalog = '', schema = '', name = ''] = nameParts(fullName, 3);
		const { tables } = context.get('workspace').lakehouse;
		if ((await tables.get(catalog, schema, name)) === undefined) {
			throw notFound(`Table '${fullName}' does not exist.`, 'TABLE_DOES_NOT_EXIST');
		}
		await asApi(tables.drop(catalog, schema, name));
		return json({});
	});
}
