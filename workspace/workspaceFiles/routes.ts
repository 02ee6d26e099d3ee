import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { invalidParameter, notImplemented } from '../apiError';
import { json, pathAfter, readBody, readQuery, type Env } from '../env';
import { wireId } from '../ids';
import { workspaceFilesOf, type WorkspaceObject } from './workspaceFiles';

const importPrefix = '/api/2.0/workspace-files/import-file/';

const importSchema = z.object({
	path: z.string(),
	content: z.string().default(''),
	format: z.string().default('SOURCE'),
	language: z.enum(['PYTHON', 'SQL', 'SCALA', 'R']).optional(),
	overwrite: z.boolean().default(false),
});

/** Workspace files, as the Databricks CLI and the Python SDK put and read them. */
export function registerWorkspaceFilesRoutes(app: Hono<Env>): void {
	app.post(`${importPrefix}*`, async (context) => {
		const path = `/${pathAfter(context, importPrefix)}`;
		const content = Buffer.from(await context.req.arrayBuffer());
		const overwrite = context.req.query('overwrite') === 'true';
		await workspaceFilesOf(context.get('workspace')).writeFile(path, content, overwrite);
		return json({});
	});

	app.post('/api/2.0/workspace/import', async (context) => {
		const { path, content, format, language, overwrite } = await readImport(context);
		const files = workspaceFilesOf(context.get('workspace'));
		switch (format) {
			case 'AUTO':
			case 'RAW':
				await files.writeFile(path, content, overwrite);
				break;
			case 'SOURCE':
				if (language === undefined) {
					throw invalidParameter('The language is required to import with format SOURCE.');
				}
				await files.writeNotebook(path, content, language, overwrite);
				break;
			default:
				throw notImplemented(`workspace import of format ${format}`);
		}
		return json({});
	});

	app.post('/api/2.0/workspace/mkdirs', async (context) => {
		const { path } = await readBody(context, z.object({ path: z.string() }));
		await workspaceFilesOf(context.get('workspace')).mkdirs(path);
		return json({});
	});

	app.post('/api/2.0/workspace/delete', async (context) => {
		const body = z.object({ path: z.string(), recursive: z.boolean().default(false) });
		const { path, recursive } = await readBody(context, body);
		await workspaceFilesOf(context.get('workspace')).delete(path, recursive);
		return json({});
	});

	app.get('/api/2.0/workspace/get-status', (context) => {
		const { path } = readQuery(context, z.object({ path: z.string() }));
		return json(status(workspaceFilesOf(context.get('workspace')).get(path)));
	});

	app.get('/api/2.0/workspace/list', (context) => {
		const { path } = readQuery(context, z.object({ path: z.string() }));
		const objects = workspaceFilesOf(context.get('workspace')).list(path);
		return json(objects.length === 0 ? {} : { objects: objects.map(status) });
	});

	app.get('/api/2.0/workspace/export', (context) => {
		const query = z.object({
			path: z.string(),
			format: z.string().default('SOURCE'),
			direct_download: z.enum(['true', 'false']).default('false'),
		});
		const { path, format, direct_download: direct } = readQuery(context, query);
		if (!['SOURCE', 'AUTO', 'RAW'].includes(format)) {
			throw notImplemented(`workspace export of format ${format}`);
		}
		const content = workspaceFilesOf(context.get('workspace')).read(path);
		if (direct === 'false') return json({ content: content.toString('base64') });
		const headers = { 'content-type': 'application/octet-stream' };
		return new Response(new Uint8Array(content), { headers });
	});
}

/** JSON with base64 (CLI) and multipart/form-data with the bytes (Python SDK). */
async function readImport(context: Context<Env>) {
	if (!context.req.header('content-type')?.startsWith('multipart/form-data')) {
		const body = await readBody(context, importSchema);
		return { ...body, content: Buffer.from(body.content, 'base64') };
	}
	const form = await context.req.formData();
	const file = form.get('content');
	const content =
		file instanceof Blob ? Buffer.from(await file.arrayBuffer()) : Buffer.from(file ?? '');
	const fields = importSchema.safeParse({
		path: form.get('path'),
		format: form.get('format') ?? undefined,
		language: form.get('language') ?? undefined,
		overwrite: form.get('overwrite') === 'true',
	});
	if (!fields.success) throw invalidParameter('path: Required');
	return { ...fields.data, content };
}

function status(object: WorkspaceObject) {
	return {
		object_type: object.type,
		path: object.path,
		language: object.language,
		object_id: wireId(object.objectId),
		resource_id: object.objectId,
		created_at: object.createdAtMs,
		modified_at: object.modifiedAtMs,
		size:
			object.contentBase64 === undefined
				? undefined
				: Buffer.byteLength(object.contentBase64, 'base64'),
	};
}
