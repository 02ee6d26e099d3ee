import type { Clock } from '../clock';
import type { Constant, Scope } from '../sql/scope';
import { quoteName, tableNotFound, unsupported } from '../sql/sqlError';
import type { Transaction } from './database';
import { catalogNotFound, expectTable, schemaNotFound } from './objectErrors';
import { ObjectStore } from './objectStore';
import type { SqlSession, TemporaryView } from './session';
import type { RoutineText } from './storedRoutine';
import type { StoredTable } from './storedTable';

/** Where names without a catalog or schema are looked up when a session says nothing. */
export const defaultCatalog = 'main';
export const defaultSchema = 'default';

/** What is the same for all statements of a lakehouse. */
export interface Place {
	clock: Clock;
	volumesRoot: string;
	/** What a query inside a statement sees. */
	scopeOf(context: Context): Scope;
}

/** What a statement works with: its transaction, its session, its parameters. */
export class Context {
	readonly objects: ObjectStore;
	readonly session: Required<SqlSession>;
	readonly nowMs: number;
	/** What has to happen outside the database, once it has committed. */
	readonly afterCommit: (() => Promise<unknown>)[] = [];

	constructor(
		readonly transaction: Transaction,
		session: SqlSession,
		readonly parameters: ReadonlyMap<string, Constant>,
		readonly place: Place,
		/** Ends the transaction without a trace: the statement had nothing to do. */
		readonly discard: () => void = () => {},
	) {
		this.objects = new ObjectStore(transaction);
		this.session = {
			catalog: session.catalog?.toLowerCase() ?? defaultCatalog,
			schema: session.schema?.toLowerCase() ?? defaultSchema,
			user: session.user,
			timeZone: session.timeZone ?? 'UTC',
			defaultTimeZone: session.defaultTimeZone ?? session.timeZone ?? 'UTC',
			variables: session.variables ?? [],
			temporaryViews: session.temporaryViews ?? new Map(),
			temporaryFunctions: session.temporaryFunctions ?? new Map(),
		};
		this.nowMs = place.clock.now();
	}

	/** What a query inside the statement sees. */
	get scope(): Scope {
		return this.place.scopeOf(this);
	}

	/** The same transaction seen from another session, without parameters: for views. */
	withSession(session: Partial<SqlSession>): Context {
		const { transaction, place, discard } = this;
		const { user, timeZone } = this.session;
		return new Context(transaction, { user, timeZone, ...session }, new Map(), place, discard);
	}

	/** The same statement with other parameters. */
	withParameters(parameters: ReadonlyMap<string, Constant>): Context {
		const { transaction, session, place, discard } = this;
		return new Context(transaction, session, parameters, place, discard);
	}

	/** [catalog, schema, name] of a table or volume, in lower case. */
	resolve(parts: readonly string[]): [string, string, string] {
		const lower = parts.map((part) => part.toLowerCase());
		const [first = '', second, third] = lower;
		if (lower.length > 3) throw tableNotFound(parts);
		if (third !== undefined && second !== undefined) return [first, second, third];
		if (second !== undefined) return [this.session.catalog, first, second];
		return [this.session.catalog, this.session.schema, first];
	}

	/** [catalog, schema] of a schema name. */
	resolveSchema(parts: readonly string[]): [string, string] {
		const [first = '', second] = parts.map((part) => part.toLowerCase());
		if (parts.length > 2) throw schemaNotFound(parts);
		return second === undefined ? [this.session.catalog, first] : [first, second];
	}

	/** A name without a catalog and a schema may be that of a temporary view. */
	temporaryView(parts: readonly string[]): TemporaryView | undefined {
		const [name = '', ...more] = parts;
		return more.length > 0 ? undefined : this.session.temporaryViews.get(name.toLowerCase());
	}

	/** The same of a temporary function. */
	temporaryFunction(parts: readonly string[]): RoutineText | undefined {
		const [name = '', ...more] = parts;
		return more.length > 0 ? undefined : this.session.temporaryFunctions.get(name.toLowerCase());
	}

	async findTable(parts: readonly string[]): Promise<StoredTable | undefined> {
		if (this.temporaryView(parts) !== undefined) {
			throw unsupported(`this statement about the temporary view ${quoteName(parts)}`);
		}
		return await this.objects.table(...this.resolve(parts));
	}

	/** @throws SqlError TABLE_OR_VIEW_NOT_FOUND */
	async tableOrView(parts: readonly string[]): Promise<StoredTable> {
		const table = await this.findTable(parts);
		if (table === undefined) throw tableNotFound(parts);
		return table;
	}

	/** @throws SqlError TABLE_OR_VIEW_NOT_FOUND, EXPECT_TABLE_NOT_VIEW */
	async table(parts: readonly string[], command: string): Promise<StoredTable> {
		const table = await this.tableOrView(parts);
		if (table.kind === 'VIEW')
			throw expectTable(command, [table.catalog, table.schema, table.name], parts);
		return table;
	}

	/** @throws SqlError CATALOG_NOT_FOUND, SCHEMA_NOT_FOUND */
	async mustHaveSchema(catalog: string, schema: string): Promise<void> {
		if ((await this.objects.get('catalog', '', catalog)) === undefined) {
			throw catalogNotFound(catalog);
		}
		if ((await this.objects.get('schema', catalog, schema)) === undefined) {
			throw schemaNotFound([catalog, schema]);
		}
	}
}
