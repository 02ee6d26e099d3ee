import { Hono } from 'hono';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock';

const newPostSchema = z.object({
	channel_id: z.string().min(1),
	message: z.string(),
	root_id: z.string().default(''),
	props: z.record(z.string(), z.unknown()).default({}),
});

/** A message as Mattermost keeps it; times are epoch milliseconds. */
export interface MattermostPost {
	id: string;
	create_at: number;
	update_at: number;
	user_id: string;
	channel_id: string;
	root_id: string;
	message: string;
	props: Record<string, unknown>;
}

/** The longest message that Mattermost takes, in characters. */
const longestMessage = 16_383;

/** The part of Mattermost's API v4 that n8n's Mattermost node posts to; keeps what it got. */
export class Mattermost {
	readonly posts: MattermostPost[] = [];
	readonly accessToken = randomBytes(13).toString('hex');
	readonly app = new Hono();
	private readonly userId = mattermostId();

	constructor(private readonly clock: Clock) {
		const { app } = this;
		app.use(async (context, next) => {
			if (context.req.header('authorization') === `Bearer ${this.accessToken}`) return await next();
			const message = 'Invalid or expired session, please login again.';
			return context.json(refusal('api.context.session_expired.app_error', message, 401), 401);
		});
		app.get('/api/v4/users', (context) => context.json([this.user()]));
		app.get('/api/v4/users/me', (context) => context.json(this.user()));
		app.post('/api/v4/posts', async (context) => {
			const read = newPostSchema.safeParse(await context.req.json().catch(() => undefined));
			if (!read.success) {
				const message = 'Invalid or missing post in request body.';
				return context.json(refusal('api.context.invalid_body_param.app_error', message, 400), 400);
			}
			if (read.data.message.length > longestMessage) {
				const message = `Post Message property is longer than the maximum permitted length of ${longestMessage} characters.`;
				return context.json(refusal('model.post.is_valid.msg.app_error', message, 400), 400);
			}
			return context.json(this.keep(read.data), 201);
		});
		app.get('/api/v4/channels/:channel/posts', (context) => {
			const posts = this.posts.filter((post) => post.channel_id === context.req.param('channel'));
			const newestFirst = [...posts].reverse();
			return context.json({
				order: newestFirst.map((post) => post.id),
				posts: Object.fromEntries(posts.map((post) => [post.id, post])),
			});
		});
		app.notFound((context) => {
			const message = `This Mattermost does not have ${context.req.method} ${context.req.path}.`;
			return context.json(refusal('api.context.404.app_error', message, 501), 501);
		});
	}

	private keep(post: z.output<typeof newPostSchema>): MattermostPost {
		const nowMs = this.clock.now();
		const times = { create_at: nowMs, update_at: nowMs };
		const kept = { id: mattermostId(), ...times, user_id: this.userId, ...post };
		this.posts.push(kept);
		return kept;
	}

	private user(): Record<string, string> {
		return { id: this.userId, username: 'n8n', roles: 'system_user' };
	}
}

function refusal(id: string, message: string, status: number): Record<string, unknown> {
	return { id, message, detailed_error: '', request_id: mattermostId(), status_code: status };
}

/** 26 characters of Mattermost's base 32. */
function mattermostId(): string {
	const alphabet = 'ybndrfg8ejkmcpqxot1uwisza345h769';
	return [...randomBytes(26)].map((byte) => alphabet[byte % 32]).join('');
}
