import type { Clock } from '../clock';
import { SqlError } from '../sql/sqlError';
import { inTimeZone } from '../sql/timeZones/sessionZone';
import { translateResult } from '../sql/translate';
import type { SessionChange, SqlResult, SqlSession, StatementParameter } from './session';
import { Context, type Place } from './context';
import { Cursor, typedParameters } from './cursor';
import { Database, type Transaction } from './database';
import { refreshDataset, type RefreshOptions } from './datasets/refresh';
import { readStatement } from './dispatch';
import { executeImmediate } from './script/executeImmediate';
import type { Runner } from './script/runner';
import { runScript } from './script/runScript';
import { splitStatements } from '../sql/tokens';
import { DocumentStore } from './documents';
import { createLayout } from './layout';
import type { DatasetProgress, DatasetSpec } from './objects';
import { queryResult } from './queryResult';
import { QueryScope } from './queryScope';
import {
	CatalogsApi,
	FunctionsApi,
	GrantsApi,
	SchemasApi,
	TablesApi,
	VolumesApi,
} from './unityCatalog';

export interface LakehouseOptions {
	/** ':memory:' or a file, which survives the process, however it ends. */
	databasePath: string;
	/** The real folder behind /Volumes. */
	volumesRoot: string;
	clock: Clock;
}

/**
 * Everything that a workspace stores: catalogs, schemas, volumes and tables with their versions,
 * and the documents of its other services; and the SQL over them.
 */
export class Lakehouse {
	/** For the Unity Catalog routes. `get` answers undefined; the rest throws SqlError. */
	readonly catalogs = new CatalogsApi(this);
	readonly schemas = new SchemasApi(this);
	readonly volumes = new VolumesApi(this);
	readonly tables = new TablesApi(this);
	readonly functions = new FunctionsApi(this);
	readonly grants = new GrantsApi(this);
	/** JSON documents of the other services: one durable store for all. */
	readonly documents: DocumentStore;
	private readonly place: Place;

	private constructor(
		private readonly database: Database,
		options: LakehouseOptions,
	) {
		this.place = { ...options, scopeOf: (context) => new QueryScope(context) };
		this.documents = new DocumentStore(database);
	}

	/** Opens the database, and makes it when it is not there. */
	static async open(options: LakehouseOptions): Promise<Lakehouse> {
		const database = await Database.open(options.databasePath);
		await database.write((transaction) => createLayout(transaction));
		return new Lakehouse(database, options);
	}

	/** Runs one statement. Throws SqlError; aborting the signal interrupts it. */
	async run(
		statement: string,
		session: SqlSession,
		parameters: StatementParameter[] = [],
		signal?: AbortSignal,
	): Promise<SqlResult> {
		return (await this.execute(statement, session, parameters, signal)).result;
	}

	/** Runs statements separated by `;` in one session: USE holds for the ones after it. */
	async runScript(
		text: string,
		session: SqlSession,
		parameters: StatementParameter[] = [],
		signal?: AbortSignal,
	): Promise<SqlResult[]> {
		const results: SqlResult[] = [];
		let current = session;
		for (const statement of splitStatements(text)) {
			const change = await this.execute(statement, current, parameters, signal);
			results.push(change.result);
			current = change.session;
		}
		return results;
	}

	/** Refreshes one dataset of a pipeline: rows, commit and checkpoint in one transaction. */
	async refreshDataset(
		spec: DatasetSpec,
		options: RefreshOptions & { user: string; signal?: AbortSignal },
	): Promise<DatasetProgress> {
		const session = { ...spec.session, user: options.user };
		return await this.change(
			session,
			(context) => refreshDataset(context, spec, options),
			spec.parameters,
			options.signal,
		);
	}

	/** Whether its database is at work: time that a test moves stands still meanwhile. */
	get isWorking(): boolean {
		return this.database.isWorking;
	}

	async close(): Promise<void> {
		await this.database.close();
	}

	/** Reads on one snapshot of everything. */
	async look<T>(
		session: SqlSession,
		work: (context: Context) => Promise<T>,
		parameters: StatementParameter[] = [],
		signal?: AbortSignal,
	): Promise<T> {
		return await this.database.read(
			(transaction) => inSession(work, this.context(transaction, session, parameters)),
			signal,
		);
	}

	/** Writes in one transaction, then does what follows outside the database. */
	async change<T>(
		session: SqlSession,
		work: (context: Context) => Promise<T>,
		parameters: StatementParameter[] = [],
		signal?: AbortSignal,
	): Promise<T> {
		let after: Context['afterCommit'] = [];
		const result = await this.database.write(async (transaction, discard) => {
			const context = this.context(transaction, session, parameters, discard);
			after = context.afterCommit;
			return await inSession(work, context);
		}, signal);
		for (const step of after) await step();
		return result;
	}

	/** Runs one statement; its errors tell the place in the whole of it. */
	private async execute(
		source: string,
		session: SqlSession,
		parameters: StatementParameter[],
		signal: AbortSignal | undefined,
	): Promise<SessionChange> {
		try {
			return await this.executeOne(source, session, parameters, signal);
		} catch (error) {
			throw error instanceof SqlError ? error.within(source) : error;
		}
	}

	private async executeOne(
		source: string,
		session: SqlSession,
		parameters: StatementParameter[],
		signal: AbortSignal | undefined,
	): Promise<SessionChange> {
		const statement = readStatement(source, session);
		const { text } = statement;
		const cursor = new Cursor(text, typedParameters(parameters));
		if (statement.kind === 'query') {
			const query = async (context: Context) =>
				await queryResult(context, await translateResult(text, context.scope));
			return { result: await this.look(session, query, parameters, signal), session };
		}
		if (statement.kind === 'session') {
			const { run } = statement;
			return await this.look(session, (context) => run(context, cursor), parameters, signal);
		}
		if (statement.kind === 'script' || statement.kind === 'immediate') {
			const runner: Runner = {
				look: (current, work) => this.look(current, work, parameters, signal),
				execute: (inner, current, own = parameters) => this.execute(inner, current, own, signal),
			};
			const run = statement.kind === 'script' ? runScript : executeImmediate;
			return await run(text, session, runner);
		}
		const { run } = statement;
		const work = (context: Context) => run(context, cursor);
		const result =
			statement.kind === 'read'
				? await this.look(session, work, parameters, signal)
				: await this.change(session, work, parameters, signal);
		return { result, session };
	}

	private context(
		transaction: Transaction,
		session: SqlSession,
		parameters: StatementParameter[],
		discard?: () => void,
	): Context {
		return new Context(transaction, session, typedParameters(parameters), this.place, discard);
	}
}

/** Does the work by the clocks of its session. */
async function inSession<T>(work: (context: Context) => Promise<T>, context: Context): Promise<T> {
	return await inTimeZone(context.session.timeZone, () => work(context));
}
