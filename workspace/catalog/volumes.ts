import type { Hono } from 'hono';
import { z } from 'zod';
import { notFound, notImplemented } from '../apiError';
import { json, readQuery, type Env } from '../env';
import { volumeAnswer } from './info';
import { asApi, listPage, listQuery, nameParts, readKnownFields, settingsShape } from './requests';

/** Volumes: folders of files below /Volumes. */
export function registerVolumeRoutes(app: Hono<Env>, root: string): void {
	app.get(`${root}/volumes`, async (context) => {
		const named = listQuery.extend({ catalog_name: z.string(), schema_name: z.string() });
		const query = readQuery(context, named);
		const { schemas, volumes } = context.get('workspace').lakehouse;
		const { catalog_name: catalog, schema_name: schema } = query;
		if ((await schemas.get(catalog, schema)) === undefined) {
			throw notFound(`Schema '${catalog}.${schema}' does not exist.`, 'SCHEMA_DOES_NOT_EXIST');
		}
		const page = listPage(await volumes.list(catalog, schema), query);
		return json({ volumes: page.items.map(volumeAnswer), next_page_token: page.nextPageToken });
	});
	app.post(`${root}/volumes`, async (context) => {
		const shape = {
			name: z.string(),
			catalog_name: z.string(),
			schema_name: z.string(),
			volume_type: z.string().default('MANAGED'),
			storage_location: z.string().optional(),
			...settingsShape,
		};
		const body = await readKnownFields(context, shape, 'a volume');
		if (body.volume_type !== 'MANAGED' || body.storage_location !== undefined) {
			throw notImplemented('external volumes');
		}
		const { comment, owner, properties } = body;
		const { volumes } = context.get('workspace').lakehouse;
		const volume = volumes.create(
			body.catalog_name,
			body.schema_name,
			body.name,
			{ comment, owner, properties },
			context.get('principal').userName,
		);
		return json(volumeAnswer(await asApi(volume)));
	});
	app.get(`${root}/volumes/:fullName`, async (context) => {
		const fullName = context.req.param('fullName');
		const [catalog = '', schema = '', name = ''] = nameParts(fullName, 3);
		const volume = await context.get('workspace').lakehouse.volumes.get(catalog, schema, name);
		if (volume === undefined) {
			throw notFound(`Volume '${fullName}' does not exist.`, 'VOLUME_DOES_NOT_EXIST');
		}
		return json(volumeAnswer(volume));
	});
	app.patch(`${root}/volumes/:fullName`, async (context) => {
		const settings = await readKnownFields(context, settingsShape, 'a volume');
		const [catalog = '', schema = '', name = ''] = nameParts(context.req.param('fullName'), 3);
		const { volumes } = context.get('workspace').lakehouse;
		const { userName } = context.get('principal');
		const updated = volumes.update(catalog, schema, name, settings, userName);
		return json(volumeAnswer(await asApi(updated)));
	});
	app.delete(`${root}/volumes/:fullName`, async (context) => {
		const [catalog = '', schema = '', name = ''] = nameParts(context.req.param('fullName'), 3);
		await asApi(context.get('workspace').lakehouse.volumes.drop(catalog, schema, name));
		return json({});
	});
}
