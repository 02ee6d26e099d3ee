import type { Hono } from 'hono';
import { json, readBody, type Env } from '../env';
import { configurationSchema, sqlConfigurationOf } from './sqlConfiguration';
import { warehouseSettings, warehousesOf } from './warehouses';

const root = '/api/2.0/sql/warehouses';
const configuration = '/api/2.0/sql/config/warehouses';

/** SQL warehouses. */
export function registerWarehouseRoutes(app: Hono<Env>): void {
	app.get(root, (context) => {
		const warehouses = warehousesOf(context.get('workspace'));
		const list = warehouses.list().map((warehouse) => warehouses.info(warehouse));
		return json(list.length === 0 ? {} : { warehouses: list });
	});
	app.post(root, async (context) => {
		const settings = await readBody(context, warehouseSettings);
		const { userName } = context.get('principal');
		return json({ id: await warehousesOf(context.get('workspace')).create(settings, userName) });
	});
	app.get(configuration, (context) => json(sqlConfigurationOf(context.get('workspace')).get()));
	app.put(configuration, async (context) => {
		const settings = await readBody(context, configurationSchema);
		await sqlConfigurationOf(context.get('workspace')).set(settings);
		return json({});
	});
	app.get(`${root}/:id`, (context) => {
		const warehouses = warehousesOf(context.get('workspace'));
		return json(warehouses.info(warehouses.get(context.req.param('id'))));
	});
	app.delete(`${root}/:id`, async (context) => {
		await warehousesOf(context.get('workspace')).delete(context.req.param('id'));
		return json({});
	});
	app.post(`${root}/:id/edit`, async (context) => {
		const settings = await readBody(context, warehouseSettings);
		await warehousesOf(context.get('workspace')).edit(context.req.param('id'), settings);
		return json({});
	});
	app.post(`${root}/:id/start`, (context) => {
		warehousesOf(context.get('workspace')).start(context.req.param('id'));
		return json({});
	});
	app.post(`${root}/:id/stop`, (context) => {
		warehousesOf(context.get('workspace')).stop(context.req.param('id'));
		return json({});
	});
}
