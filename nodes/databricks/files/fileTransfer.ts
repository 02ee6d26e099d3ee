import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { DatabricksError } from '../errors';
import { getFileInfo } from './files';
import { encodedFilePath } from '../paths';
import type { Workspace } from '../workspace';

/** How often a download is taken up again without a byte in between, before it fails. */
const mostVainAttempts = 5;
const firstPauseMs = 200;
const longestPauseMs = 5_000;

export interface Download {
	/** Undefined where the service does not say. */
	sizeBytes?: number;
	contentType?: string;
	/** The bytes, as they come; reading them makes the requests. */
	bytes: AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * A file of a volume, read as a stream. When the connection breaks, the rest is asked for from the
 * byte that was reached, and only as long as the file is the one that was begun: a download never
 * is a mixture of two files, and never shorter than it should be. Throws DatabricksError, kind
 * `conflict` when the file was changed meanwhile.
 */
export async function openDownload(
	workspace: Workspace,
	filePath: string,
	options: { deadlineMs: number },
): Promise<Download> {
	const path = `/api/2.0/fs/files${encodedFilePath(filePath)}`;
	const begin = async (from: number, unchangedSince: string | undefined) =>
		await workspace.stream({
			method: 'GET',
			path,
			headers: {
				accept: 'application/octet-stream',
				...(from === 0 ? {} : { range: `bytes=${from}-` }),
				...(unchangedSince === undefined ? {} : { 'if-unmodified-since': unchangedSince }),
			},
			deadlineMs: options.deadlineMs,
		});
	const first = await begin(0, undefined);
	const { 'content-length': length, 'last-modified': lastModified } = first.headers;
	const sizeBytes = length === undefined ? undefined : Number(length);
	return { sizeBytes, contentType: first.headers['content-type'], bytes: bytes() };

	async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
		let reached = 0;
		let vain = 0;
		let stream: typeof first | undefined = first;
		while (stream !== undefined) {
			let failure: unknown;
			try {
				for await (const chunk of stream.body) {
					// Chunks are bytes already: a copy of each would be as much garbage as the file is big.
					const piece = chunk instanceof Uint8Array ? chunk : Buffer.from(chunk);
					reached += piece.length;
					vain = 0;
					yield piece;
				}
			} catch (error) {
				failure = error;
			}
			if (sizeBytes === undefined && failure === undefined) return;
			if (sizeBytes !== undefined && reached >= sizeBytes) return;
			workspace.signal?.throwIfAborted();
			vain += 1;
			if (vain > mostVainAttempts) throw broken(filePath, reached, sizeBytes, failure);
			await workspace.clock.sleep(
				Math.min(longestPauseMs, firstPauseMs * 2 ** (vain - 1)),
				workspace.signal,
			);
			stream = await resumed(reached);
		}
	}

	async function resumed(reached: number): Promise<typeof first> {
		try {
			const next = await begin(reached, lastModified);
			if (reached === 0 || next.status === 206) return next;
		} catch (error) {
			const isChanged = error instanceof DatabricksError && [412, 416].includes(error.status ?? 0);
			if (!isChanged) throw error;
		}
		throw new DatabricksError({
			kind: 'conflict',
			message: `${filePath} was changed while it was downloaded.`,
			hint: 'Download it again.',
		});
	}
}

function broken(
	filePath: string,
	reached: number,
	sizeBytes: number | undefined,
	cause: unknown,
): DatabricksError {
	return new DatabricksError({
		kind: 'network',
		message: `The download of ${filePath} broke off at byte ${reached} of ${sizeBytes ?? 'an unknown number'} and could not be taken up again.`,
		cause: cause instanceof Error ? cause.message : undefined,
	});
}

/** What passes through is counted and summed up. */
export interface Measured {
	sizeBytes: number;
	/** SHA-256, in hexadecimal digits. */
	sha256: string;
}

/** Lets bytes through, and knows their number and checksum afterwards. */
export class Measure {
	private readonly hash: Hash = createHash('sha256');
	private sizeBytes = 0;

	/** The same bytes, measured as they are read. Whoever stops reading closes the source, too. */
	through(source: Readable): Readable {
		const passed = this.stream(source);
		passed.once('close', () => source.destroy());
		return passed;
	}

	/** The bytes as a stream, measured as they are read. */
	stream(bytes: AsyncIterable<Uint8Array>): Readable {
		return Readable.from(this.passing(bytes), { objectMode: false });
	}

	/** The bytes as they are, measured as they are read. */
	async *passing(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
		for await (const chunk of bytes) {
			this.hash.update(chunk);
			this.sizeBytes += chunk.length;
			yield chunk;
		}
	}

	end(): Measured {
		return { sizeBytes: this.sizeBytes, sha256: this.hash.digest('hex') };
	}
}

/** Number of bytes and checksum of what a stream gives; nothing of it is kept. */
export async function measured(source: AsyncIterable<Uint8Array>): Promise<Measured> {
	const measure = new Measure();
	for await (const _ of measure.passing(source));
	return measure.end();
}

/** Whether a file of this size and checksum is at a path; it is read only when its size is equal. */
export async function isIdentical(
	workspace: Workspace,
	filePath: string,
	expected: Measured,
	options: { deadlineMs: number },
): Promise<boolean> {
	const info = await getFileInfo(workspace, filePath);
	if (info?.sizeBytes !== expected.sizeBytes) return false;
	const { bytes } = await openDownload(workspace, filePath, options);
	return (await measured(bytes)).sha256 === expected.sha256;
}
