import type { Hono } from 'hono';
import { json, type Env } from '../env';
import type { Principal } from '../localWorkspace';

/** SCIM: who the token belongs to. */
export function registerIdentityRoutes(app: Hono<Env>): void {
	app.get('/api/2.0/preview/scim/v2/Me', (context) => json(scimUser(context.get('principal'))));
}

function scimUser({ kind, id, userName, displayName }: Principal) {
	return {
		schemas: [
			'urn:ietf:params:scim:schemas:core:2.0:User',
			'urn:ietf:params:scim:schemas:extension:workspace:2.0:User',
		],
		id,
		userName,
		displayName,
		active: true,
		...(kind === 'user' ? { emails: [{ type: 'work', value: userName, primary: true }] } : {}),
		groups: [{ display: 'users', type: 'direct', value: `3${id}`, $ref: `Groups/3${id}` }],
		entitlements: [{ value: 'workspace-access' }, { value: 'databricks-sql-access' }],
	};
}
