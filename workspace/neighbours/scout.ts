import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import type { ScoutExport } from '../sample/exports';

const listQuerySchema = z.object({
	/** Position to go on from: `next_cursor` of the page before. */
	cursor: z.coerce.number().int().nonnegative().default(0),
	/** Only exports published after this moment, ISO 8601. */
	since: z.string().datetime({ offset: true }).optional(),
	agency: z.string().optional(),
	limit: z.coerce.number().int().min(1).max(1000).default(200),
});

interface PublishedExport extends ScoutExport {
	publishedAtMs: number;
}

/**
 * The Scout export service: `GET /exports` lists what was published, oldest first, in pages;
 * `GET /exports/:id` gives one export as JSON lines. Both want the API key as a bearer token.
 */
export class Scout {
	readonly apiKey = randomBytes(16).toString('hex');
	readonly app = new Hono();
	/** Ids of the exports that were fetched, one entry a fetch. */
	readonly fetched: string[] = [];
	private readonly published: PublishedExport[] = [];

	constructor() {
		const { app } = this;
		app.use(async (context, next) => {
			if (context.req.header('authorization') === `Bearer ${this.apiKey}`) return await next();
			return context.json({ error: 'The API key is missing or wrong.' }, 401);
		});
		app.get('/exports', (context) => {
			const query = listQuerySchema.safeParse(context.req.query());
			if (!query.success) {
				const [issue] = query.error.issues;
				const error = `${issue?.path.join('.') ?? 'query'}: ${issue?.message ?? 'invalid'}`;
				return context.json({ error }, 400);
			}
			const { cursor, since, agency, limit } = query.data;
			const sinceMs = since === undefined ? -Infinity : Date.parse(since);
			const wanted = this.published
				.map((each, position) => ({ each, position }))
				.slice(cursor)
				.filter(
					({ each }) =>
						each.publishedAtMs > sinceMs && (agency === undefined || each.agency === agency),
				);
			const page = wanted.slice(0, limit);
			const next = wanted.length > limit ? (page.at(-1)?.position ?? 0) + 1 : undefined;
			return context.json({
				exports: page.map(({ each }) => summary(each)),
				...(next === undefined ? {} : { next_cursor: String(next) }),
			});
		});
		app.get('/exports/:id', (context) => {
			const found = this.published.find((each) => each.exportId === context.req.param('id'));
			if (!found) return context.json({ error: 'There is no such export.' }, 404);
			this.fetched.push(found.exportId);
			return context.body(bodyOf(found), 200, { 'content-type': 'application/x-ndjson' });
		});
		app.notFound((context) =>
			context.json(
				{ error: `This Scout does not have ${context.req.method} ${context.req.path}.` },
				501,
			),
		);
	}

	/** Makes exports available. Throws Error for an id that is there already: exports never change. */
	publish(exports: readonly ScoutExport[], publishedAtMs: number): void {
		for (const each of exports) {
			if (this.published.some(({ exportId }) => exportId === each.exportId)) {
				throw new Error(`Scout has published ${each.exportId} already.`);
			}
			this.published.push({ ...each, publishedAtMs });
		}
	}

	get exportCount(): number {
		return this.published.length;
	}
}

function summary(each: PublishedExport): Record<string, string | number> {
	return {
		export_id: each.exportId,
		agency: each.agency,
		published_at: new Date(each.publishedAtMs).toISOString(),
		line_count: each.lines.length,
	};
}

function bodyOf({ lines }: ScoutExport): string {
	return lines.map((line) => `${line}\n`).join('');
}
