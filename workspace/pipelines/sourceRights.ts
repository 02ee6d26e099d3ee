import type { LocalWorkspace } from '../localWorkspace';
import { SqlError } from '../sql/sqlError';
import type { TableName } from './datasetDefinition';

const reading = ['SELECT', 'ALL_PRIVILEGES', 'ALL PRIVILEGES'];

/**
 * Throws SqlError INSUFFICIENT_PERMISSIONS when the user may not read the table: neither its owner nor
 * that of its schema or catalog, nor granted SELECT on one of the three. Of all statements only the
 * flows of pipelines are held to grants here, because a pipeline runs as somebody else than who starts it.
 * A table that is not there is not a question of rights.
 */
export async function mustMayRead(
	{ lakehouse, user }: LocalWorkspace,
	userName: string,
	[catalog, schema, table]: TableName,
): Promise<void> {
	if (userName === user.userName) return;
	const securables = [
		{
			kind: 'table',
			name: `${catalog}.${schema}.${table}`,
			object: await lakehouse.tables.get(catalog, schema, table),
		},
		{
			kind: 'schema',
			name: `${catalog}.${schema}`,
			object: await lakehouse.schemas.get(catalog, schema),
		},
		{ kind: 'catalog', name: catalog, object: await lakehouse.catalogs.get(catalog) },
	] as const;
	if (securables[0].object === undefined) return;
	for (const { kind, name, object } of securables) {
		if (object?.owner === userName) return;
		const grants = await lakehouse.grants.get(kind, name);
		const held = grants.find(({ principal }) => principal === userName)?.privileges ?? [];
		const all = grants.find(({ principal }) => principal === 'account users')?.privileges ?? [];
		if ([...held, ...all].some((privilege) => reading.includes(privilege))) return;
	}
	throw new SqlError(
		'INSUFFICIENT_PERMISSIONS',
		'42501',
		`Insufficient privileges: User does not have SELECT on Table '${catalog}.${schema}.${table}'.`,
	);
}
