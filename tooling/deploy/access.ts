import { z } from 'zod/v4';
import { path } from '../../nodes/databricks/paths';
import type { Workspace } from '../../nodes/databricks/workspace';
import { mapsAt, textAt, type ConfigMap } from './configValue';
import type { DeployContext, Deployed, ResourceKind } from './resourceKind';

const assignmentsSchema = z.object({
	privilege_assignments: z
		.array(z.object({ principal: z.string(), privileges: z.array(z.string()).default([]) }))
		.default([]),
});

/** Gives a securable exactly the grants that its settings name. Answers whether that was a change. */
export async function applyGrants(
	kind: ResourceKind,
	fullName: string,
	settings: ConfigMap,
	workspace: Workspace,
): Promise<boolean> {
	if (kind.securable === undefined || settings.grants === undefined) return false;
	const address = `/api/2.1/unity-catalog/permissions${path`/${kind.securable}/${fullName}`}`;
	const actual = await workspace.json({ method: 'GET', path: address }, assignmentsSchema);
	const before = new Map(
		actual.privilege_assignments.map(({ principal, privileges }) => [principal, privileges]),
	);
	const after = new Map(
		mapsAt(settings, 'grants').map((grant) => [textAt(grant, 'principal'), privilegesOf(grant)]),
	);
	const changes = [...new Set([...before.keys(), ...after.keys()])].flatMap((principal) => {
		const has = before.get(principal) ?? [];
		const wants = after.get(principal) ?? [];
		const add = wants.filter((privilege) => !has.includes(privilege));
		const remove = has.filter((privilege) => !wants.includes(privilege));
		return add.length + remove.length === 0 ? [] : [{ principal, add, remove }];
	});
	if (changes.length === 0) return false;
	await workspace.request({ method: 'PATCH', path: address, json: { changes } });
	return true;
}

function privilegesOf(grant: ConfigMap): string[] {
	const { privileges } = grant;
	return (Array.isArray(privileges) ? privileges : []).map(String);
}

const accessListSchema = z.object({
	access_control_list: z
		.array(
			z.object({
				user_name: z.string().optional(),
				group_name: z.string().optional(),
				service_principal_name: z.string().optional(),
				all_permissions: z
					.array(z.object({ permission_level: z.string(), inherited: z.boolean().default(false) }))
					.default([]),
			}),
		)
		.default([]),
});

/** Sets who may use a job, pipeline or endpoint; the one who deploys keeps it. */
export async function applyPermissions(
	kind: ResourceKind,
	deployed: Deployed,
	settings: ConfigMap,
	{ workspace, userName }: DeployContext,
): Promise<boolean> {
	if (kind.permissions === undefined || settings.permissions === undefined) return false;
	const { objectType, ownerLevel, objectId } = kind.permissions;
	const address = `/api/2.0/permissions/${objectType}${path`/${objectId(deployed)}`}`;
	const isApplication = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(userName);
	const owner = isApplication ? { service_principal_name: userName } : { user_name: userName };
	const wanted = [
		...mapsAt(settings, 'permissions').map(({ level, ...who }) => ({
			...who,
			permission_level: level,
		})),
		{ ...owner, permission_level: ownerLevel },
	];
	const actual = await workspace.json({ method: 'GET', path: address }, accessListSchema);
	const direct = actual.access_control_list.flatMap(({ all_permissions, ...who }) =>
		all_permissions
			.filter(({ inherited }) => !inherited)
			.map(({ permission_level }) => ({ ...who, permission_level })),
	);
	if (entries(direct) === entries(wanted)) return false;
	await workspace.request({ method: 'PUT', path: address, json: { access_control_list: wanted } });
	return true;
}

interface Entry {
	[field: string]: unknown;
	permission_level?: unknown;
}

/** An access list as one text that does not hang on the order of its entries. */
function entries(list: Entry[]): string {
	const texts = list.map(
		(entry) =>
			`${String(entry.permission_level)} ${String(entry.user_name ?? entry.group_name ?? entry.service_principal_name)}`,
	);
	return texts.sort().join('\n');
}
