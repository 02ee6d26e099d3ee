import { link, mkdir, open, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ApiError } from '../apiError';
import { newUuid } from '../ids';
import type { LocalWorkspace } from '../localWorkspace';
import { diskFullMessage, isDiskFull, systemErrorCode } from '../systemError';
import { filesError, type VolumePath } from './volumePath';

/**
 * Streams `body` into the file at `target`, whole or not at all: it is written beside the volumes
 * first and then put in place in one step. Missing folders are made, which is what the Databricks
 * CLI relies on when it uploads without making them. Throws ApiError 409 when the file exists and
 * `overwrite` is false, 413 when it is bigger than the service takes, 507 when the disk is full.
 */
export async function upload(
	{ volumesRoot, clock, limits }: LocalWorkspace,
	target: VolumePath,
	body: ReadableStream<Uint8Array> | null,
	{ overwrite, announced }: { overwrite: boolean; announced: number },
): Promise<void> {
	if (announced > limits.fileBytes) throw tooBig(target.path, limits.fileBytes);
	const incoming = join(volumesRoot, '.incoming');
	const partial = join(incoming, newUuid());
	try {
		await mkdir(incoming, { recursive: true });
		const chunks = body === null ? Readable.from([]) : chunksOf(body);
		// Opened before anything is read: a stream that breaks off at once would make the file after it is removed.
		const file = await open(partial, 'wx');
		await pipeline(upTo(limits.fileBytes, chunks, target.path), file.createWriteStream());
		const modifiedAt = new Date(clock.now());
		await utimes(partial, modifiedAt, modifiedAt);
		await mkdir(dirname(target.realPath), { recursive: true });
		if (overwrite) await rename(partial, target.realPath);
		else await link(partial, target.realPath);
	} catch (error) {
		throw uploadError(error, target.path);
	} finally {
		await rm(partial, { force: true });
	}
}

async function* upTo(
	mostBytes: number,
	chunks: AsyncIterable<Uint8Array>,
	path: string,
): AsyncGenerator<Uint8Array> {
	let bytes = 0;
	for await (const chunk of chunks) {
		bytes += chunk.length;
		if (bytes > mostBytes) throw tooBig(path, mostBytes);
		yield chunk;
	}
}

/** The limit is documented, the words of the refusal are not. */
function tooBig(path: string, mostBytes: number): ApiError {
	const message = `${path}: files of more than ${mostBytes} bytes cannot be uploaded in one request.`;
	return new ApiError(413, 'REQUEST_TOO_LARGE', message);
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
	const reader = body.getReader();
	try {
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return;
			yield value;
		}
	} finally {
		reader.releaseLock();
	}
}

function uploadError(error: unknown, path: string): unknown {
	const code = systemErrorCode(error);
	if (code === 'EEXIST' || code === 'ENOTDIR') {
		const message =
			code === 'EEXIST'
				? `The file being created already exists: ${path}`
				: `A part of the path is an existing file: ${path}`;
		return filesError(409, 'ALREADY_EXISTS', message, 'FILES_API_FILE_ALREADY_EXISTS');
	}
	if (code === 'EISDIR') {
		const message = `The given path points to an existing directory: ${path}`;
		return filesError(409, 'ALREADY_EXISTS', message, 'FILES_API_FILE_IS_A_DIRECTORY');
	}
	if (isDiskFull(error)) {
		return new ApiError(507, 'RESOURCE_EXHAUSTED', `${path}: ${diskFullMessage}`);
	}
	return error;
}
