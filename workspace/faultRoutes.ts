import type { Hono } from 'hono';
import { z } from 'zod';
import { json, readBody, type Env } from './env';
import { faultSchema } from './faults';

/**
 * Routes of this workspace's own, outside the namespace of Databricks: `POST /local/faults`
 * plans one fault or `{ faults: [...] }`, `GET` lists them, `DELETE` takes all back.
 */
export function registerFaultRoutes(app: Hono<Env>): void {
	app.post('/local/faults', async (context) => {
		const { faults } = context.get('workspace');
		const body = await readBody(
			context,
			z.union([z.object({ faults: z.array(faultSchema) }).strict(), faultSchema]),
		);
		for (const fault of 'faults' in body ? body.faults : [body]) faults.add(fault);
		return json({ faults: faults.list() });
	});
	app.get('/local/faults', (context) => json({ faults: context.get('workspace').faults.list() }));
	app.delete('/local/faults', (context) => {
		context.get('workspace').faults.clear();
		return json({ faults: [] });
	});
}
