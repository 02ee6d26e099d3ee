import { z } from 'zod/v4';
import type { Workspace } from './workspace';

const identitySchema = z.looseObject({
	id: z.string().optional(),
	userName: z.string(),
	displayName: z.string().optional(),
	active: z.boolean().optional(),
});

export type Identity = z.output<typeof identitySchema>;

/** Who the credential is: the cheapest request that needs nothing but a valid token. */
export async function me(workspace: Workspace): Promise<Identity> {
	return await workspace.json(
		{ method: 'GET', path: '/api/2.0/preview/scim/v2/Me', timeoutMs: 30_000 },
		identitySchema,
	);
}
