import type {
	Column,
	Constant,
	NamedConstant,
	Relation,
	Routine,
	Scope,
	TableAt,
} from '../sql/scope';
import { quoteName, SqlError, unsupported } from '../sql/sqlError';
import { translateQuery } from '../sql/translate';
import { tableChanges } from './changeFeed';
import type { Context } from './context';
import { informationSchema } from './informationSchema';
import { queryColumns, rowsAt } from './rowVersions';
import { readFiles } from './readFiles';
import { asRoutine, type RoutineText } from './storedRoutine';
import type { StoredTable } from './storedTable';
import type { StreamReader } from './streamReader';
import type { TemporaryView } from './session';
import { tableAsOf } from './timeTravel';
import { findVariable, variableText } from './variables';

/** What a query sees of the lakehouse: tables, views, time travel, table functions. */
export class QueryScope implements Scope {
	readonly parameters: ReadonlyMap<string, Constant>;
	readonly session: Scope['session'];
	readonly now: Date;

	constructor(
		private readonly context: Context,
		private readonly streams?: StreamReader,
		/** Views that are being expanded, to find one that contains itself. */
		private readonly within: readonly string[] = [],
	) {
		this.parameters = context.parameters;
		this.session = context.session;
		this.now = new Date(context.nowMs);
	}

	async table(name: string[], at: TableAt): Promise<Relation> {
		const schema = await informationSchema(this.context, name);
		if (schema !== undefined) return schema;
		const travels = at.version !== undefined || at.timestamp !== undefined;
		const temporary = this.context.temporaryView(name);
		if (temporary !== undefined) {
			if (travels || at.stream === true)
				throw unsupported('STREAM or time travel over a temporary view');
			return await this.temporaryView(name, temporary);
		}
		const table = await this.context.tableOrView(name);
		if (table.kind === 'VIEW') {
			if (travels) throw noTimeTravel(table);
			if (at.stream === true) throw unsupported('STREAM over a view');
			return await this.view(table);
		}
		if (at.stream === true) {
			if (this.streams === undefined) throw unsupported('STREAM outside a streaming table');
			return await this.streams.table(table);
		}
		if (travels) return await tableAsOf(this.context.transaction, table, at);
		return { sql: rowsAt(table), columns: queryColumns(table.state) };
	}

	async tableFunction(
		name: string,
		args: Constant[],
		named: Record<string, Constant>,
		stream: boolean,
	): Promise<Relation | undefined> {
		const wanted = name.toLowerCase();
		if (wanted === 'read_files') {
			if (stream && this.streams === undefined) {
				throw unsupported('STREAM outside a streaming table');
			}
			const streams = stream ? this.streams : undefined;
			return await readFiles(this.context, args, named, streams);
		}
		if (wanted === 'table_changes' && !stream) return await tableChanges(this.context, args);
		return undefined;
	}

	/** The value of a variable, and its text inside of an expression. */
	variable(name: readonly string[]): NamedConstant | undefined {
		const found = findVariable(this.context.session, name);
		return found && { value: found.value, text: variableText(found) };
	}

	/** The temporary function of a name, or the function of a schema. */
	async routine(name: readonly string[]): Promise<Routine | undefined> {
		const temporary = this.context.temporaryFunction(name);
		const [own = ''] = name;
		if (temporary !== undefined) return this.routineOf(temporary, [own.toLowerCase()]);
		if (name.length > 3) return undefined;
		const stored = await this.context.objects.routine(...this.context.resolve(name));
		const place = name.slice(0, -1).join('.').toLowerCase();
		if (stored === undefined && /^(?:system\.session|session|builtin)$/.test(place)) {
			throw unsupported(`the function ${name.join('.')} by this name; name it alone`);
		}
		return stored && this.routineOf(stored, [stored.catalog, stored.schema, stored.name]);
	}

	private routineOf(text: RoutineText, name: readonly string[]): Routine {
		const { place } = text;
		const session = name.length === 1 ? { ...this.context.session, ...place } : place;
		const scope = new QueryScope(this.context.withSession(session), undefined, this.within);
		return asRoutine(text, name, scope);
	}

	private async temporaryView(name: string[], view: TemporaryView): Promise<Relation> {
		const id = name.join().toLowerCase();
		this.mustNotBeWithin(id, name);
		const { definition, columns: names, ...place } = view;
		const context = this.context.withSession({ ...this.context.session, ...place });
		const scope = new QueryScope(context, undefined, [...this.within, id]);
		const { sql, columns } = await translateQuery(definition, scope);
		return {
			sql,
			columns: columns.map((column, index) => ({
				...column,
				name: names?.[index] ?? column.name,
				physical: column.physical ?? column.name,
			})),
		};
	}

	private mustNotBeWithin(id: string, name: readonly string[]): void {
		if (!this.within.includes(id)) return;
		const text = `Recursive view ${quoteName(name)} detected.`;
		throw new SqlError('RECURSIVE_VIEW', '42K0H', text);
	}

	private async view(view: StoredTable): Promise<Relation> {
		const id = `${view.catalog}.${view.schema}.${view.name}`;
		this.mustNotBeWithin(id, [view.catalog, view.schema, view.name]);
		const context = this.context.withSession(view.definitionSession ?? {});
		const scope = new QueryScope(context, undefined, [...this.within, id]);
		const relation = await translateQuery(view.definition ?? '', scope);
		return { sql: relation.sql, columns: viewColumns(view, relation.columns) };
	}
}

/** A view keeps the names it was made with; its query is looked up anew each time. */
function viewColumns(view: StoredTable, columns: Column[]): Column[] {
	if (columns.length !== view.state.columns.length) {
		const name = quoteName([view.catalog, view.schema, view.name]);
		const text = `The view ${name} has ${view.state.columns.length} columns, but its query now gives ${columns.length}. Create the view again.`;
		throw new SqlError('INCOMPATIBLE_VIEW_SCHEMA_CHANGE', '51024', text);
	}
	return columns.map((column, index) => {
		const kept = view.state.columns[index];
		const physical = column.physical ?? column.name;
		return { ...column, name: kept?.name ?? column.name, physical };
	});
}

function noTimeTravel(table: StoredTable): SqlError {
	const name = quoteName([table.catalog, table.schema, table.name]);
	const text = `The feature is not supported: Time travel on the relation: ${name}.`;
	return new SqlError('UNSUPPORTED_FEATURE.TIME_TRAVEL', '0A000', text);
}
