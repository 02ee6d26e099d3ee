import type { Hono } from 'hono';
import { z } from 'zod';
import { notFound } from '../apiError';
import { json, readQuery, type Env } from '../env';
import { registerGrantRoutes } from './grants';
import { catalogAnswer, schemaAnswer } from './info';
import { asApi, listPage, listQuery, nameParts, readKnownFields, settingsShape } from './requests';
import { registerTableRoutes } from './tables';
import { registerVolumeRoutes } from './volumes';

const root = '/api/2.1/unity-catalog';

/** Unity Catalog: catalogs and schemas here; tables, volumes and grants in their files. */
export function registerCatalogRoutes(app: Hono<Env>): void {
	registerCatalogs(app);
	registerSchemas(app);
	registerTableRoutes(app, root);
	registerVolumeRoutes(app, root);
	registerGrantRoutes(app, root);
}

function registerCatalogs(app: Hono<Env>): void {
	app.get(`${root}/catalogs`, async (context) => {
		const { lakehouse } = context.get('workspace');
		const page = listPage(await lakehouse.catalogs.list(), readQuery(context, listQuery));
		return json({ catalogs: page.items.map(catalogAnswer), next_page_token: page.nextPageToken });
	});
	app.post(`${root}/catalogs`, async (context) => {
		const shape = { name: z.string(), ...settingsShape };
		const { name, ...settings } = await readKnownFields(context, shape, 'a catalog');
		const { lakehouse } = context.get('workspace');
		const { userName } = context.get('principal');
		return json(catalogAnswer(await asApi(lakehouse.catalogs.create(name, settings, userName))));
	});
	app.get(`${root}/catalogs/:name`, async (context) => {
		const name = context.req.param('name');
		const catalog = await context.get('workspace').lakehouse.catalogs.get(name);
		if (catalog === undefined) {
			throw notFound(`Catalog '${name}' does not exist.`, 'CATALOG_DOES_NOT_EXIST');
		}
		return json(catalogAnswer(catalog));
	});
	app.patch(`${root}/catalogs/:name`, async (context) => {
		const settings = await readKnownFields(context, settingsShape, 'a catalog');
		const { catalogs } = context.get('workspace').lakehouse;
		const { userName } = context.get('principal');
		const name = context.req.param('name');
		return json(catalogAnswer(await asApi(catalogs.update(name, settings, userName))));
	});
	app.delete(`${root}/catalogs/:name`, async (context) => {
		const { catalogs } = context.get('workspace').lakehouse;
		const cascade = context.req.query('force') === 'true';
		await asApi(catalogs.drop(context.req.param('name'), { cascade }));
		return json({});
	});
}

function registerSchemas(app: Hono<Env>): void {
	app.get(`${root}/schemas`, async (context) => {
		const query = readQuery(context, listQuery.extend({ catalog_name: z.string() }));
		const { catalogs, schemas } = context.get('workspace').lakehouse;
		const catalog = query.catalog_name;
		if ((await catalogs.get(catalog)) === undefined) {
			throw notFound(`Catalog '${catalog}' does not exist.`, 'CATALOG_DOES_NOT_EXIST');
		}
		const page = listPage(await schemas.list(catalog), query);
		return json({ schemas: page.items.map(schemaAnswer), next_page_token: page.nextPageToken });
	});
	app.post(`${root}/schemas`, async (context) => {
		const shape = { name: z.string(), catalog_name: z.string(), ...settingsShape };
		const body = await readKnownFields(context, shape, 'a schema');
		const { name, catalog_name: catalog, ...settings } = body;
		const { schemas } = context.get('workspace').lakehouse;
		const { userName } = context.get('principal');
		return json(schemaAnswer(await asApi(schemas.create(catalog, name, settings, userName))));
	});
	app.get(`${root}/schemas/:fullName`, async (context) => {
		const fullName = context.req.param('fullName');
		const [catalog = '', name = ''] = nameParts(fullName, 2);
		const schema = await context.get('workspace').lakehouse.schemas.get(catalog, name);
		if (schema === undefined) {
			throw notFound(`Schema '${fullName}' does not exist.`, 'SCHEMA_DOES_NOT_EXIST');
		}
		return json(schemaAnswer(schema));
	});
	app.patch(`${root}/schemas/:fullName`, async (context) => {
		const settings = await readKnownFields(context, settingsShape, 'a schema');
		const [catalog = '', name = ''] = nameParts(context.req.param('fullName'), 2);
		const { schemas } = context.get('workspace').lakehouse;
		const { userName } = context.get('principal');
		return json(schemaAnswer(await asApi(schemas.update(catalog, name, settings, userName))));
	});
	app.delete(`${root}/schemas/:fullName`, async (context) => {
		const [catalog = '', name = ''] = nameParts(context.req.param('fullName'), 2);
		const { schemas } = context.get('workspace').lakehouse;
		const cascade = context.req.query('force') === 'true';
		await asApi(schemas.drop(catalog, name, { cascade }));
		return json({});
	});
}
