import type { Context } from '../delta/context';
import { QueryScope } from '../delta/queryScope';
import type { StreamReader } from '../delta/streamReader';
import { queryColumns, rowsAt } from '../delta/rowVersions';
import type { SqlSession } from '../delta/session';
import type { LocalWorkspace } from '../localWorkspace';
import type { Column, Constant, Relation, Routine, Scope, TableAt } from '../sql/scope';
import { duckdbType } from '../sql/sqlType';
import { sqlName } from '../sql/stringLiteral';
import { translateExpression, translateQuery } from '../sql/translate';
import { keyOf, type GraphNode } from './datasetGraph';
import { mustMayRead } from './sourceRights';

/**
 * Resolves the flows of a pipeline before anything is written, as the service does: every query and
 * every condition is translated against the columns that the datasets before it will have. Answers
 * with the error of each flow that does not resolve; what reads such a flow is left out.
 */
export async function unresolvedFlows(
	workspace: LocalWorkspace,
	nodes: GraphNode[],
	session: SqlSession,
): Promise<Map<GraphNode, unknown>> {
	const errors = await forbiddenFlows(workspace, nodes, session.user);
	const columns = new Map<string, Column[]>();
	await workspace.lakehouse.look(session, async (context) => {
		for (const node of nodes) {
			if (errors.has(node) || node.upstream.some((key) => !columns.has(key))) continue;
			try {
				columns.set(keyOf(node.definition.name), await columnsOf(context, node, columns));
			} catch (error) {
				errors.set(node, error);
			}
		}
	});
	return errors;
}

/** The flows that read a table of somebody else which the pipeline's user may not read. */
async function forbiddenFlows(
	workspace: LocalWorkspace,
	nodes: GraphNode[],
	user: string,
): Promise<Map<GraphNode, unknown>> {
	const errors = new Map<GraphNode, unknown>();
	const own = new Set(nodes.map(({ definition }) => keyOf(definition.name)));
	for (const node of nodes) {
		const others = node.definition.references.filter(({ name }) => !own.has(keyOf(name)));
		for (const { name } of others) {
			try {
				await mustMayRead(workspace, user, name);
			} catch (error) {
				errors.set(node, error);
			}
		}
	}
	return errors;
}

async function columnsOf(
	context: Context,
	{ definition }: GraphNode,
	known: ReadonlyMap<string, Column[]>,
): Promise<Column[]> {
	const scope = new PlannedScope(context, known);
	const { columns } = await translateQuery(definition.query, scope);
	const [, , alias] = definition.name;
	for (const { condition } of definition.expectations) {
		await translateExpression(condition, scope, [{ alias, columns }]);
	}
	return columns.map(({ name, type, nullable }) => ({ name, type, nullable }));
}

/** The lakehouse with the datasets of the pipeline in it, although they may not exist yet. */
class PlannedScope implements Scope {
	private readonly lakehouse: Scope;

	constructor(
		private readonly context: Context,
		private readonly known: ReadonlyMap<string, Column[]>,
	) {
		this.lakehouse = new QueryScope(context, wholeStreams);
	}

	get parameters(): Scope['parameters'] {
		return this.lakehouse.parameters;
	}

	get session(): Scope['session'] {
		return this.lakehouse.session;
	}

	get now(): Date {
		return this.lakehouse.now;
	}

	async table(name: string[], at: TableAt): Promise<Relation> {
		const fullName = this.context.resolve(name);
		const columns = this.known.get(keyOf(fullName));
		if (columns === undefined) return await this.lakehouse.table(fullName, at);
		const empty = columns.map(
			(column) => `CAST(NULL AS ${duckdbType(column.type)}) AS ${sqlName(column.name)}`,
		);
		return { sql: `(SELECT ${empty.join(', ')} WHERE FALSE)`, columns };
	}

	async routine(name: readonly string[]): Promise<Routine | undefined> {
		return await this.lakehouse.routine?.(name);
	}

	async tableFunction(
		name: string,
		args: Constant[],
		named: Record<string, Constant>,
		stream: boolean,
	): Promise<Relation | undefined> {
		return await this.lakehouse.tableFunction(name, args, named, stream);
	}
}

/** Streams read from their beginning: what has been read before does not matter to the columns. */
const wholeStreams: StreamReader = {
	table: async (table) => ({ sql: rowsAt(table), columns: queryColumns(table.state) }),
	newFiles: async (_source, files) => files,
};
