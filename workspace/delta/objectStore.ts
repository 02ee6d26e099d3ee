import { z } from 'zod';
import { newUuid } from '../ids';
import type { Transaction } from './database';
import {
	catalogObject,
	type CatalogObject,
	type Grant,
	type GrantChange,
	type ObjectSettings,
} from './objects';
import { readRoutine, type StoredRoutine } from './storedRoutine';
import { readTable, type StoredTable } from './storedTable';

export type ObjectKind = 'catalog' | 'schema' | 'volume';

const grantsSchema = z.array(z.object({ principal: z.string(), privileges: z.array(z.string()) }));

/** Bodies of objects as the database keeps them. `parent` is '', 'catalog' or 'catalog.schema'. */
export class ObjectStore {
	constructor(private readonly transaction: Transaction) {}

	async get(kind: ObjectKind, parent: string, name: string): Promise<CatalogObject | undefined> {
		const body = await this.body(kind, parent, name);
		return body === undefined ? undefined : catalogObject.parse(JSON.parse(body));
	}

	async list(kind: ObjectKind, parent: string): Promise<CatalogObject[]> {
		return (await this.bodies(kind, parent)).map((body) => catalogObject.parse(JSON.parse(body)));
	}

	async put(kind: ObjectKind, parent: string, object: CatalogObject): Promise<void> {
		await this.putBody(kind, parent, object.name, JSON.stringify(object));
	}

	/** Removes the object with its grants: another of its name starts without them. */
	async remove(
		kind: ObjectKind | 'table' | 'function',
		parent: string,
		name: string,
	): Promise<void> {
		const fullName = parent === '' ? name : `${parent}.${name}`;
		for (const key of [
			[kind, parent, name],
			['grants', kind.toUpperCase(), fullName],
		]) {
			await this.transaction.run(
				'DELETE FROM lakehouse_state.objects WHERE kind = $1 AND parent = $2 AND name = $3',
				key,
			);
		}
	}

	async table(catalog: string, schema: string, name: string): Promise<StoredTable | undefined> {
		const body = await this.body('table', `${catalog}.${schema}`, name);
		return body === undefined ? undefined : readTable(body);
	}

	async tables(catalog: string, schema: string): Promise<StoredTable[]> {
		return (await this.bodies('table', `${catalog}.${schema}`)).map(readTable);
	}

	/** The shallow clones of a table, by their full names. */
	async shallowClonesOf({ id }: StoredTable): Promise<string[]> {
		const rows = await this.transaction.rows(
			`SELECT parent || '.' || name FROM lakehouse_state.objects
				WHERE kind = 'table' AND json_extract_string(body, '$.shallowOf') = $1 ORDER BY ALL`,
			[id],
		);
		return rows.map(([name]) => name ?? '');
	}

	async putTable(table: StoredTable): Promise<void> {
		const parent = `${table.catalog}.${table.schema}`;
		await this.putBody('table', parent, table.name, JSON.stringify(table));
	}

	async routine(catalog: string, schema: string, name: string): Promise<StoredRoutine | undefined> {
		const body = await this.body('function', `${catalog}.${schema}`, name);
		return body === undefined ? undefined : readRoutine(body);
	}

	async routines(catalog: string, schema: string): Promise<StoredRoutine[]> {
		return (await this.bodies('function', `${catalog}.${schema}`)).map(readRoutine);
	}

	async putRoutine(routine: StoredRoutine): Promise<void> {
		const parent = `${routine.catalog}.${routine.schema}`;
		await this.putBody('function', parent, routine.name, JSON.stringify(routine));
	}

	async grants(kind: string, fullName: string): Promise<Grant[]> {
		const body = await this.body('grants', kind, fullName);
		return body === undefined ? [] : grantsSchema.parse(JSON.parse(body));
	}

	/**
	 * Adds and removes privileges; a principal without any is forgotten. Taking ALL_PRIVILEGES away
	 * takes each of them that is not added at the same time: so the CLI sets grants in one request.
	 */
	async changeGrants(kind: string, fullName: string, changes: GrantChange[]): Promise<Grant[]> {
		const byPrincipal = new Map<string, Set<string>>();
		for (const { principal, privileges } of await this.grants(kind, fullName)) {
			byPrincipal.set(principal, new Set(privileges));
		}
		for (const { principal, add = [], remove = [] } of changes) {
			const all = remove.includes('ALL_PRIVILEGES');
			const privileges = (all ? undefined : byPrincipal.get(principal)) ?? new Set();
			for (const privilege of add) privileges.add(privilege);
			for (const privilege of remove) privileges.delete(privilege);
			byPrincipal.set(principal, privileges);
		}
		const grants = [...byPrincipal]
			.filter(([, privileges]) => privileges.size > 0)
			.map(([principal, privileges]) => ({ principal, privileges: [...privileges].sort() }))
			.sort((a, b) => (a.principal < b.principal ? -1 : 1));
		await this.putBody('grants', kind, fullName, JSON.stringify(grants));
		return grants;
	}

	private async body(kind: string, parent: string, name: string): Promise<string | undefined> {
		const [row] = await this.transaction.rows(
			'SELECT body FROM lakehouse_state.objects WHERE kind = $1 AND parent = $2 AND name = $3',
			[kind, parent, name],
		);
		return row?.[0] ?? undefined;
	}

	private async bodies(kind: string, parent: string): Promise<string[]> {
		const rows = await this.transaction.rows(
			'SELECT body FROM lakehouse_state.objects WHERE kind = $1 AND parent = $2 ORDER BY name',
			[kind, parent],
		);
		return rows.map(([body]) => body ?? '');
	}

	private async putBody(kind: string, parent: string, name: string, body: string): Promise<void> {
		const changed = await this.transaction.change(
			'UPDATE lakehouse_state.objects SET body = $4 WHERE kind = $1 AND parent = $2 AND name = $3',
			[kind, parent, name, body],
		);
		if (changed > 0) return;
		const insert = 'INSERT INTO lakehouse_state.objects VALUES ($1, $2, $3, $4)';
		await this.transaction.run(insert, [kind, parent, name, body]);
	}
}

/** A new object of Unity Catalog, owned by who makes it. */
export function newObject(
	name: string,
	settings: ObjectSettings,
	user: string,
	nowMs: number,
): CatalogObject {
	return {
		id: newUuid(),
		name: name.toLowerCase(),
		...(settings.comment === undefined ? {} : { comment: settings.comment }),
		owner: settings.owner ?? user,
		properties: settings.properties ?? {},
		createdAtMs: nowMs,
		createdBy: user,
		updatedAtMs: nowMs,
		updatedBy: user,
	};
}

/** The object with new settings; what they do not name stays. */
export function changedObject<T extends CatalogObject>(
	object: T,
	settings: ObjectSettings,
	user: string,
	nowMs: number,
): T {
	return {
		...object,
		comment: settings.comment ?? object.comment,
		owner: settings.owner ?? object.owner,
		properties: settings.properties ?? object.properties,
		updatedAtMs: nowMs,
		updatedBy: user,
	};
}
