import { z } from 'zod';
import { invalidParameter } from '../apiError';
import type { LocalWorkspace } from '../localWorkspace';
import { perWorkspace } from '../perWorkspace';
import { Collection } from '../store/collection';

const entrySchema = z
	.object({
		user_name: z.string().optional(),
		group_name: z.string().optional(),
		service_principal_name: z.string().optional(),
		permission_level: z.string(),
	})
	.refine(
		({ user_name: user, group_name: group, service_principal_name: principal }) =>
			(user ?? group ?? principal) !== undefined,
		'user_name, group_name or service_principal_name is required',
	);
type Entry = z.output<typeof entrySchema>;

export const accessControlListSchema = z.object({
	access_control_list: z.array(entrySchema).default([]),
});

/** What an object of a kind is called, and whether it has exactly one owner. */
const kinds: Readonly<Record<string, { objectType: string; owned: boolean }>> = {
	jobs: { objectType: 'job', owned: true },
	pipelines: { objectType: 'pipelines', owned: true },
	'sql/warehouses': { objectType: 'warehouses', owned: true },
	'serving-endpoints': { objectType: 'serving-endpoint', owned: false },
	directories: { objectType: 'directory', owned: false },
	files: { objectType: 'file', owned: false },
	notebooks: { objectType: 'notebook', owned: false },
	dashboards: { objectType: 'dashboard', owned: false },
};

const listSchema = z.object({ creatorName: z.string(), entries: z.array(entrySchema) });

/** Access control lists of workspace objects: kept and given back, not enforced. */
class ObjectPermissions {
	private readonly lists: Collection<z.output<typeof listSchema>>;

	constructor(workspace: LocalWorkspace) {
		this.lists = new Collection(workspace.lakehouse.documents, 'accessControlList', listSchema);
	}

	load(): Promise<void> {
		return this.lists.load();
	}

	/** Whether the workspace knows objects of this kind. */
	knows(kind: string): boolean {
		return kinds[kind] !== undefined;
	}

	/** `creatorName` owns the object until a list says otherwise. */
	get(kind: string, id: string, creatorName: string) {
		return answer(kind, id, this.entriesOf(kind, id, creatorName));
	}

	/** Replaces the list. Throws ApiError 400 unless there is exactly one owner where one is due. */
	async set(kind: string, id: string, entries: Entry[], creatorName: string) {
		const { objectType, owned } = kinds[kind] ?? { objectType: kind, owned: false };
		const owners = entries.filter(({ permission_level: level }) => level === 'IS_OWNER');
		if (owned && owners.length !== 1) {
			throw invalidParameter(`The ${objectType} must have exactly one owner.`);
		}
		await this.lists.put(`/${kind}/${id}`, { creatorName, entries });
		return answer(kind, id, entries);
	}

	/** Adds to the list; an entry replaces the one of the same principal. */
	update(kind: string, id: string, changes: Entry[], creatorName: string) {
		const changed = new Set(changes.map(principalOf));
		const kept = this.entriesOf(kind, id, creatorName).filter(
			(entry) => !changed.has(principalOf(entry)),
		);
		return this.set(kind, id, [...kept, ...changes], creatorName);
	}

	private entriesOf(kind: string, id: string, creatorName: string): Entry[] {
		const { entries } = this.lists.get(`/${kind}/${id}`) ?? { entries: [] };
		if (entries.length > 0) return entries;
		const level = kinds[kind]?.owned === true ? 'IS_OWNER' : 'CAN_MANAGE';
		return [{ user_name: creatorName, permission_level: level }];
	}
}

export const objectPermissionsOf = perWorkspace((workspace) => new ObjectPermissions(workspace));

function principalOf(entry: Entry): string {
	return entry.user_name ?? entry.group_name ?? entry.service_principal_name ?? '';
}

function answer(kind: string, id: string, entries: Entry[]) {
	const given = entries.map(({ permission_level: level, ...principal }) => ({
		all_permissions: [{ inherited: false, permission_level: level }],
		display_name: principal.user_name ?? principal.service_principal_name,
		...principal,
	}));
	const inherited = {
		all_permissions: [
			{
				inherited: true,
				inherited_from_object: [`/${kind}/`],
				permission_level: 'CAN_MANAGE',
			},
		],
		group_name: 'admins',
	};
	return {
		object_id: `/${kind}/${id}`,
		object_type: kinds[kind]?.objectType ?? kind,
		access_control_list: [...given, inherited],
	};
}
