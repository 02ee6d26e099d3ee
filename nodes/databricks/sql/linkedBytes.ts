import { pause } from '../attempts';
import { abortedError, DatabricksError } from '../errors';
import { isLinkRefused } from '../presignedLinks';
import { incompleteResult } from './resultErrors';
import { getChunk } from './statements';
import type { ExternalLink } from './statementState';
import type { HttpStream } from '../transport';
import type { Workspace } from '../workspace';

/** A link is asked for anew when it ends within this time. */
const linkMarginMs = 30_000;

/** A chunk is begun again this often when its connection breaks. */
const longestTries = 5;

/** The bytes behind a link, on their way. */
export interface LinkedBytes {
	bytes: AsyncGenerator<Uint8Array, void, undefined>;
	/** Lets go of them when they are not wanted any more. */
	discard(): void;
}

/**
 * The bytes behind an external link, as they arrive. The request is under way when this returns. A
 * connection that breaks is made again, and the bytes that came before are not given twice.
 */
export function linkedBytes(
	workspace: Workspace,
	statementId: string,
	link: ExternalLink,
	deadlineMs: number | undefined,
): LinkedBytes {
	const read = new LinkedChunk(workspace, statementId, link, deadlineMs);
	const first = read.opened(link);
	first.catch(() => undefined);
	return {
		bytes: read.bytes(first),
		discard: () =>
			void first.then(
				({ body }) => body.destroy(),
				() => undefined,
			),
	};
}

class LinkedChunk {
	private delivered = 0;

	constructor(
		private readonly workspace: Workspace,
		private readonly statementId: string,
		private readonly link: ExternalLink,
		private readonly deadlineMs: number | undefined,
	) {}

	async *bytes(first: Promise<HttpStream>): AsyncGenerator<Uint8Array, void, undefined> {
		let opened = first;
		for (let count = 1; ; count++) {
			const { body } = await opened;
			try {
				yield* this.undelivered(body);
				return;
			} catch (error) {
				await this.mendable(error, count);
			} finally {
				body.destroy();
			}
			opened = this.opened(await this.freshLink());
		}
	}

	/** Opens the link, or a new one when it has expired or the storage refuses it. */
	async opened(link: ExternalLink): Promise<HttpStream> {
		const expiresMs = Date.parse(link.expiration ?? '');
		const isOld = expiresMs < this.workspace.clock.now() + linkMarginMs;
		const usable = isOld ? await this.freshLink() : link;
		try {
			return await this.open(usable);
		} catch (error) {
			if (!isLinkRefused(error)) throw error;
			return await this.open(await this.freshLink());
		}
	}

	/** The bytes that an earlier attempt has not given. */
	private async *undelivered(
		body: AsyncIterable<Uint8Array>,
	): AsyncGenerator<Uint8Array, void, undefined> {
		let skip = this.delivered;
		for await (const bytes of body) {
			this.checkTime();
			const fresh = skip === 0 ? bytes : bytes.subarray(skip);
			skip -= bytes.length - fresh.length;
			this.delivered += fresh.length;
			if (fresh.length > 0) yield fresh;
		}
	}

	/** Waits before another attempt; throws when there should be none. */
	private async mendable(error: unknown, count: number): Promise<void> {
		const { signal, clock } = this.workspace;
		if (signal?.aborted) throw abortedError(signal);
		if (error instanceof DatabricksError) throw error;
		if (count >= longestTries) {
			throw new DatabricksError({
				kind: 'network',
				message: `The connection to the cloud storage broke ${count} times while chunk ${this.link.chunk_index} of the result was read.`,
				hint: 'Check the network between n8n and the cloud storage of the workspace, and run it again.',
				ids: { statementId: this.statementId },
			});
		}
		await pause(clock, 250 * 2 ** count, signal);
	}

	private async open(link: ExternalLink): Promise<HttpStream> {
		return await this.workspace.presigned({
			url: link.external_link,
			headers: link.http_headers,
			deadlineMs: this.deadlineMs,
			ids: { statementId: this.statementId },
		});
	}

	private async freshLink(): Promise<ExternalLink> {
		const { chunk_index } = this.link;
		const data = await getChunk(this.workspace, this.statementId, chunk_index, this.deadlineMs);
		const link = data.external_links?.find((other) => other.chunk_index === chunk_index);
		if (link === undefined) {
			throw incompleteResult(this.statementId, `chunk ${chunk_index} has no link`);
		}
		return link;
	}

	private checkTime(): void {
		const { clock } = this.workspace;
		if (this.deadlineMs === undefined || clock.now() <= this.deadlineMs) return;
		throw new DatabricksError({
			kind: 'timeout',
			message: `The time was over while chunk ${this.link.chunk_index} of the result was read.`,
			ids: { statementId: this.statementId },
		});
	}
}
