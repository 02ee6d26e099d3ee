import { expressionOf, queryOf } from '../parser/parse';
import type { Call, Expr, FromItem, Query, TableFunctionItem, TimeTravel } from '../parser/syntax';
import type { Constant, Relation, Routine, Scope, TableAt } from '../scope';
import { SqlError, unsupported } from '../sqlError';
import { isUtc, sessionZone } from '../timeZones/sessionZone';
import { classify } from '../tokens';
import { isBuiltIn } from './builtIns';
import { GENERATORS } from './generatorNames';
import { resolveIdentifiers, tableName } from './identifiers';
import { constantOf } from './parameters';
import { cyclicRoutine, unresolvedTableFunction, wrongKind } from './routineErrors';

const FILE_FORMATS = /^(?:delta|parquet|csv|json|text|orc|avro|binaryfile)$/i;
/** Table functions that the scope knows. */
const KNOWN_TABLES = new Set(['read_files', 'table_changes']);
const BUILT_IN = new Set([...GENERATORS, 'range']);

/** A user's function at one of its calls, with the trees of its text and of its defaults. */
export interface FoundRoutine {
	routine: Routine;
	/** the tree of a function of rows is a query, that of any other an expression */
	body: { kind: 'rows'; query: Query } | { kind: 'value'; expr: Expr };
	defaults: readonly (Expr | undefined)[];
}

/** What the names of a statement stand for. */
export interface Found {
	relations: Map<FromItem, Relation>;
	routines: Map<Call | TableFunctionItem, FoundRoutine>;
	/** names of functions that nobody made and that are not built in */
	missing: string[][];
}

export const nothingFound = (): Found => ({
	relations: new Map(),
	routines: new Map(),
	missing: [],
});

/** Looks up the tables and functions of a syntax tree, before the analysis, which is synchronous. */
export async function lookUp(tree: Query | Expr, text: string, scope: Scope): Promise<Found> {
	const found = nothingFound();
	await new LookUp(text, scope, found, []).visit(tree, new Set());
	return found;
}

/**
 * The trees of a user's function, with what they name looked up where it was made.
 * @param path the functions whose texts lead to this one
 * @throws SqlError CYCLIC_FUNCTION_REFERENCE
 */
export async function lookUpRoutine(
	routine: Routine,
	found: Found,
	path: readonly (readonly string[])[] = [],
): Promise<FoundRoutine> {
	const { name, scope } = routine;
	const inner = [...path, name];
	const before = path.findIndex((each) => each.join() === name.join());
	if (before !== -1) throw cyclicRoutine(inner.slice(before)).settled();
	const body = bodyOf(routine);
	const tree = body.kind === 'rows' ? body.query : body.expr;
	const visit = async (node: Query | Expr, text: string): Promise<void> => {
		resolveIdentifiers(node, scope);
		await new LookUp(text, scope, found, inner).visit(node, new Set());
	};
	await visit(tree, routine.body);
	const defaults: (Expr | undefined)[] = [];
	for (const { defaultExpression: text } of routine.parameters) {
		const expr = text === undefined ? undefined : expressionOf(text);
		if (expr !== undefined && text !== undefined) await visit(expr, text);
		defaults.push(expr);
	}
	return { routine, body, defaults };
}

function bodyOf({ returns, body: text, name }: Routine): FoundRoutine['body'] {
	const { isQuery, verb } = classify(text);
	if (returns.kind === 'rows') {
		if (isQuery) return { kind: 'rows', query: queryOf(text) };
		const wrong = `User defined function is invalid: SQL table function ${name.at(-1)} body must be a query.`;
		const condition = 'USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY';
		throw new SqlError(condition, '42601', wrong).settled();
	}
	if (!isQuery || verb === '(') return { kind: 'value', expr: expressionOf(text) };
	const expr: Expr = { kind: 'subquery', query: queryOf(text), start: 0, end: text.length };
	return { kind: 'value', expr };
}

class LookUp {
	constructor(
		private readonly text: string,
		private readonly scope: Scope,
		private readonly found: Found,
		private readonly path: readonly (readonly string[])[],
	) {}

	async visit(node: unknown, ctes: ReadonlySet<string>): Promise<void> {
		if (Array.isArray(node)) {
			for (const each of node) await this.visit(each, ctes);
			return;
		}
		if (typeof node !== 'object' || node === null) return;
		if (isQuery(node)) {
			const known = new Set(ctes);
			for (const cte of node.ctes) {
				await this.visit(cte.query, known);
				known.add(cte.name.toLowerCase());
			}
			const { ctes: _, ...rest } = node;
			await this.visit(Object.values(rest), known);
			return;
		}
		if (isTable(node)) {
			await this.located(node, this.table(node, ctes));
			return;
		}
		if (isTableFunction(node)) await this.located(node, this.tableFunction(node));
		if (isCall(node)) await this.located(node, this.call(node.call));
		await this.visit(Object.values(node), ctes);
	}

	/** What goes wrong with a relation goes wrong where it stands. */
	private async located(item: { start: number }, work: Promise<void>): Promise<void> {
		try {
			await work;
		} catch (error) {
			throw error instanceof SqlError ? error.at({ text: this.text, offset: item.start }) : error;
		}
	}

	private async table(
		item: FromItem & { kind: 'table' },
		ctes: ReadonlySet<string>,
	): Promise<void> {
		const name = tableName(item.name, this.scope);
		const [first = ''] = name;
		if (FILE_FORMATS.test(first) && name[1]?.includes('/') === true) {
			throw unsupported(`a query on files by their path (${first}); use read_files`);
		}
		if (name.length === 1 && Array.isArray(item.name) && ctes.has(first.toLowerCase())) return;
		const at = { ...timeTravel(item.at, this.scope), ...(item.stream ? { stream: true } : {}) };
		this.found.relations.set(item, await this.scope.table(name, at));
	}

	private async tableFunction(item: FromItem & { kind: 'tableFunction' }): Promise<void> {
		const name = item.name.map((part) => part.toLowerCase()).join('.');
		if (BUILT_IN.has(name)) return;
		const routine = await this.routine(item.name);
		if (routine !== undefined) {
			const { name: whole, returns } = routine.routine;
			if (returns.kind === 'value') throw wrongKind(whole, false);
			if (item.stream) throw unsupported(`STREAM over the function ${name}`);
			this.found.routines.set(item, routine);
			return;
		}
		const isKnown = KNOWN_TABLES.has(name) || isBuiltIn(name);
		if (!isKnown) {
			if (this.path.length === 0) throw unresolvedTableFunction(name.split('.'));
			// In the text of a function it is told when the text is checked.
			return;
		}
		const args: Constant[] = [];
		const named: Record<string, Constant> = {};
		for (const arg of item.args) {
			const value = arg.kind === 'named' ? arg.value : arg;
			const constant = constantOf(value, this.scope);
			if (constant === undefined) throw unsupported(`an argument of ${name} that is no constant`);
			if (arg.kind === 'named') named[arg.name] = constant;
			else args.push(constant);
		}
		const relation = await this.scope.tableFunction(name, args, named, item.stream);
		if (relation !== undefined) this.found.relations.set(item, relation);
	}

	private async call(call: Call): Promise<void> {
		const routine = await this.routine(call.name);
		if (routine !== undefined) this.found.routines.set(call, routine);
	}

	/** The user's function of a name; what is wrong with its text has no place in this one. */
	private async routine(name: readonly string[]): Promise<FoundRoutine | undefined> {
		const [first = '', second, third] = name.map((part) => part.toLowerCase());
		const isSystem = first === 'system' && second === 'builtin' && third !== undefined;
		if (isSystem || (name.length === 1 && isBuiltIn(first))) return undefined;
		const routine = await this.scope.routine?.(name);
		if (routine === undefined) {
			if (!KNOWN_TABLES.has(name.join('.').toLowerCase())) this.found.missing.push([...name]);
			return undefined;
		}
		try {
			return await lookUpRoutine(routine, this.found, this.path);
		} catch (error) {
			throw error instanceof SqlError ? error.unplaced() : error;
		}
	}
}

function timeTravel(at: TimeTravel, scope: Scope): TableAt {
	if (at.version !== undefined) {
		const constant = constantOf(at.version, scope);
		if (constant === undefined || constant.value === null || !/^\d+$/.test(constant.value)) {
			throw unsupported('VERSION AS OF with anything but a whole number');
		}
		return { version: Number(constant.value) };
	}
	if (at.timestamp === undefined) return {};
	if (!isUtc()) throw unsupported(`TIMESTAMP AS OF in a session in ${sessionZone()}`);
	const constant = constantOf(at.timestamp, scope);
	if (constant === undefined || constant.value === null) {
		throw new SqlError(
			'INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT',
			'42K0E',
			'The time travel timestamp expression is invalid. Must be a constant timestamp, date or text.',
		);
	}
	return { timestamp: constant.value };
}

function isQuery(node: object): node is Query {
	return 'kind' in node && node.kind === 'query';
}

function isTable(node: object): node is FromItem & { kind: 'table' } {
	return 'kind' in node && node.kind === 'table';
}

function isTableFunction(node: object): node is FromItem & { kind: 'tableFunction' } {
	return 'kind' in node && node.kind === 'tableFunction';
}

function isCall(node: object): node is Expr & { kind: 'call' } {
	return 'kind' in node && node.kind === 'call';
}
