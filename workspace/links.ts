import type { Hono } from 'hono';
import type { Env } from './env';
import { newAccessToken } from './ids';
import type { LocalWorkspace } from './localWorkspace';
import { perWorkspace } from './perWorkspace';

const linkLifeMs = 900_000;

interface Link {
	expiresAtMs: number;
	contentType: string;
	read(): Uint8Array | string;
}

/** Presigned addresses, as object stores give them: whoever has one may read until it expires. */
class Links {
	private readonly links = new Map<string, Link>();

	constructor(private readonly workspace: LocalWorkspace) {}

	/** Makes a link good for 15 minutes; `read` is called at each fetch. */
	create(origin: string, contentType: string, read: Link['read']) {
		const { clock, workspaceId } = this.workspace;
		for (const [secret, link] of this.links) {
			if (link.expiresAtMs <= clock.now()) this.links.delete(secret);
		}
		const secret = newAccessToken();
		const expiresAtMs = clock.now() + linkLifeMs;
		this.links.set(secret, { expiresAtMs, contentType, read });
		return { url: `${origin}/local/links/${workspaceId}/${secret}`, expiresAtMs };
	}

	find(secret: string): Link | undefined {
		const link = this.links.get(secret);
		return link !== undefined && link.expiresAtMs > this.workspace.clock.now() ? link : undefined;
	}
}

export const linksOf = perWorkspace((workspace) => new Links(workspace));

/** Presigned downloads. They refuse an Authorization header with 400, as S3 does. */
export function registerLinkRoutes(app: Hono<Env>, workspaces: ReadonlySet<LocalWorkspace>): void {
	app.get('/local/links/:workspaceId/:secret', (context) => {
		if (context.req.header('authorization') !== undefined) {
			return storeError(
				400,
				'InvalidArgument',
				'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
			);
		}
		for (const workspace of workspaces) {
			if (workspace.workspaceId !== context.req.param('workspaceId')) continue;
			const link = linksOf(workspace).find(context.req.param('secret'));
			if (link === undefined) break;
			const body = link.read();
			return new Response(typeof body === 'string' ? body : Buffer.from(body), {
				headers: { 'content-type': link.contentType },
			});
		}
		return storeError(403, 'AccessDenied', 'Request has expired');
	});
}

function storeError(status: number, code: string, message: string): Response {
	const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
	return new Response(xml, { status, headers: { 'content-type': 'application/xml' } });
}
