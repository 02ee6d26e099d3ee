import { mkdir, readdir, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { ApiError, invalidParameter, notImplemented, permissionDenied } from '../apiError';
import { json, pathAfter, readQuery, type Env } from '../env';
import { newUuid } from '../ids';
import { systemErrorCode } from '../systemError';
import { byteRange, bytesOf } from './byteRange';
import { upload } from './upload';
import { filesError, filesNotFound, volumePath, type VolumePath } from './volumePath';

const filesPrefix = '/api/2.0/fs/files';
const directoriesPrefix = '/api/2.0/fs/directories';

/** Files and folders of volumes. HEAD is answered by the GET routes. */
export function registerFilesRoutes(app: Hono<Env>): void {
	app.put(`${filesPrefix}/*`, async (context) => {
		// The field's own text: "If true or unspecified, an existing file will be overwritten".
		const overwrite = context.req.query('overwrite') !== 'false';
		const target = await pathOf(context, filesPrefix);
		if (target.segments.length === 0) throw invalidParameter(`${target.path} is a volume.`);
		const announced = Number(context.req.header('content-length') ?? 0);
		await upload(context.get('workspace'), target, context.req.raw.body, { overwrite, announced });
		return new Response(null, { status: 204 });
	});

	registerLargeUploads(app);

	app.get(`${filesPrefix}/*`, async (context) => {
		const target = await pathOf(context, filesPrefix);
		const { size, mtime } = await fileAt(target);
		mustBeUnmodified(context.req.header('if-unmodified-since'), mtime);
		const range = byteRange(context.req.header('range'), size);
		const headers = new Headers({
			'content-type': 'application/octet-stream',
			'content-length': String(range.end - range.start),
			'last-modified': mtime.toUTCString(),
			'accept-ranges': 'bytes',
		});
		if (range.partial) {
			headers.set('content-range', `bytes ${range.start}-${range.end - 1}/${size}`);
		}
		const status = range.partial ? 206 : 200;
		if (context.req.method === 'HEAD' || range.end === range.start) {
			return new Response(null, { status, headers });
		}
		return new Response(bytesOf(target.realPath, range), { status, headers });
	});

	app.delete(`${filesPrefix}/*`, async (context) => {
		const target = await pathOf(context, filesPrefix);
		await fileAt(target);
		await unlink(target.realPath);
		return new Response(null, { status: 204 });
	});

	app.put(`${directoriesPrefix}/*`, async (context) => {
		const target = await pathOf(context, directoriesPrefix);
		try {
			await mkdir(target.realPath, { recursive: true });
		} catch (error) {
			const code = systemErrorCode(error);
			if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
			const message =
				'The given path points to an existing file. This API does not support operations on files.';
			throw filesError(409, 'ALREADY_EXISTS', message, 'FILES_API_PATH_IS_A_FILE');
		}
		return new Response(null, { status: 204 });
	});

	app.get(`${directoriesPrefix}/*`, async (context) => {
		const target = await pathOf(context, directoriesPrefix);
		await directoryAt(target);
		if (context.req.method === 'HEAD') return new Response(null);
		return json(await listDirectory(target, readQuery(context, listQuery)));
	});

	app.delete(`${directoriesPrefix}/*`, async (context) => {
		const target = await pathOf(context, directoriesPrefix);
		await directoryAt(target);
		if (target.segments.length === 0) throw invalidParameter(`${target.path} is a volume.`);
		try {
			await rmdir(target.realPath);
		} catch (error) {
			const code = systemErrorCode(error);
			if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
			const message = `The directory being deleted is not empty: ${target.path}`;
			throw filesError(400, 'BAD_REQUEST', message, 'FILES_API_DIRECTORY_IS_NOT_EMPTY');
		}
		return new Response(null, { status: 204 });
	});
}

/**
 * How the Python SDK sends files from 50 MiB on: it wants a session first, and then signed URLs
 * for parts. Refused those, it falls back to one PUT; without a session it would fail.
 */
function registerLargeUploads(app: Hono<Env>): void {
	app.post(`${filesPrefix}/*`, async (context) => {
		const action = context.req.query('action') ?? '';
		if (action !== 'initiate-upload') throw notImplemented(`the file action '${action}'`);
		await pathOf(context, filesPrefix);
		return json({ multipart_upload: { session_token: newUuid() } });
	});
	for (const route of ['create-upload-part-urls', 'create-abort-upload-url']) {
		app.post(`/api/2.0/fs/${route}`, () => {
			throw permissionDenied('Uploads by signed URLs are not enabled: send the file in one PUT.');
		});
	}
}

/** What clients send that take up a download where it broke. Throws ApiError 412. */
function mustBeUnmodified(header: string | undefined, modifiedAt: Date): void {
	const since = Date.parse(header ?? '');
	// The header knows whole seconds only.
	if (Number.isNaN(since) || Math.floor(modifiedAt.getTime() / 1_000) * 1_000 <= since) return;
	throw new ApiError(412, 'PRECONDITION_FAILED', `The file was modified after ${header}.`);
}

function pathOf(context: Context<Env>, prefix: string): Promise<VolumePath> {
	return volumePath(context.get('workspace'), pathAfter(context, prefix));
}

async function fileAt(target: VolumePath) {
	const found = await stat(target.realPath).catch(() => undefined);
	if (found === undefined || !found.isFile()) {
		throw filesNotFound(`The file being accessed is not found: ${target.path}`);
	}
	return found;
}

async function directoryAt(target: VolumePath): Promise<void> {
	// A volume that nothing was uploaded to has no folder yet.
	if (target.segments.length === 0) await mkdir(target.realPath, { recursive: true });
	const found = await stat(target.realPath).catch(() => undefined);
	if (found === undefined || !found.isDirectory()) {
		throw filesNotFound(`The directory being accessed is not found: ${target.path}`);
	}
}

const listQuery = z.object({
	page_size: z.coerce.number().int().nonnegative().default(0),
	page_token: z.string().default(''),
});

/** One page, by name; the token is the last name given. */
async function listDirectory(target: VolumePath, query: z.output<typeof listQuery>) {
	const pageSize = Math.min(query.page_size || 1000, 1000);
	const after = Buffer.from(query.page_token, 'base64url').toString();
	const entries = await readdir(target.realPath, { withFileTypes: true });
	const rest = entries
		.filter((entry) => entry.name > after)
		.sort((a, b) => (a.name < b.name ? -1 : 1));
	const contents = [];
	for (const entry of rest.slice(0, pageSize)) {
		const found = await stat(join(target.realPath, entry.name)).catch(() => undefined);
		if (found === undefined) continue;
		contents.push({
			path: `${target.path}/${entry.name}`,
			name: basename(entry.name),
			is_directory: entry.isDirectory(),
			...(entry.isDirectory() ? {} : { file_size: found.size }),
			last_modified: Math.floor(found.mtimeMs),
		});
	}
	const last = rest.length > pageSize ? rest[pageSize - 1] : undefined;
	return {
		contents: contents.length === 0 ? undefined : contents,
		next_page_token: last === undefined ? undefined : Buffer.from(last.name).toString('base64url'),
	};
}
