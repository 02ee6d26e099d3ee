import { z } from 'zod';
import { invalidParameter, notImplemented } from '../apiError';
import type { LocalWorkspace } from '../localWorkspace';
import { perWorkspace } from '../perWorkspace';
import { Collection } from '../store/collection';
import { permittedKinds } from './permittedObjects';

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

const listSchema = z.object({ entries: z.array(entrySchema) });

/** Access control lists of workspace objects: kept and given back, not enforced. */
class ObjectPermissions {
	private readonly lists: Collection<z.output<typeof listSchema>>;

	constructor(private readonly workspace: LocalWorkspace) {
		this.lists = new Collection(workspace.lakehouse.documents, 'accessControlList', listSchema);
	}

	load(): Promise<void> {
		return this.lists.load();
	}

	/** Who made the object holds it until a list says otherwise. Throws ApiError 404, 501. */
	get(kind: string, id: string) {
		return answer(kind, id, this.entriesOf(kind, id));
	}

	/**
	 * Replaces the list. Throws ApiError 404 for an object that is not there, 501 for a kind, and 400
	 * unless there is exactly one owner where one is due.
	 */
	async set(kind: string, id: string, entries: Entry[]) {
		const { objectType, creatorLevel } = this.existing(kind, id);
		const owners = entries.filter(({ permission_level: level }) => level === 'IS_OWNER');
		if (creatorLevel === 'IS_OWNER' && owners.length !== 1) {
			throw invalidParameter(`The ${objectType} must have exactly one owner.`);
		}
		await this.lists.put(`/${kind}/${id}`, { entries });
		return answer(kind, id, entries);
	}

	/** Adds to the list; an entry replaces the one of the same principal. Throws as `set` does. */
	update(kind: string, id: string, changes: Entry[]) {
		const changed = new Set(changes.map(principalOf));
		const kept = this.entriesOf(kind, id).filter((entry) => !changed.has(principalOf(entry)));
		return this.set(kind, id, [...kept, ...changes]);
	}

	private entriesOf(kind: string, id: string): Entry[] {
		const { creator, creatorLevel } = this.existing(kind, id);
		const { entries } = this.lists.get(`/${kind}/${id}`) ?? { entries: [] };
		if (entries.length > 0) return entries;
		const field = creator.kind === 'user' ? 'user_name' : 'service_principal_name';
		return [{ [field]: creator.userName, permission_level: creatorLevel }];
	}

	private existing(kind: string, id: string) {
		const permitted = permittedKinds.get(kind);
		if (permitted === undefined) throw notImplemented(`permissions of ${kind}`);
		const creator = this.workspace.principalNamed(permitted.creatorOf(this.workspace, id));
		return { ...permitted, creator };
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
		object_type: permittedKinds.get(kind)?.objectType ?? kind,
		access_control_list: [...given, inherited],
	};
}
