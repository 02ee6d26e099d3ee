import { coerce } from '../casts/coercion';
import type { Call, Expr, FromItem, Query, TableFunctionItem, TableItem } from '../parser/syntax';
import type { Relation, Routine, Scope } from '../scope';
import { SqlError, typeMismatch, unsupported } from '../sqlError';
import { BOOLEAN, typeText } from '../sqlType';
import { sqlName } from '../stringLiteral';
import { commonType, holdsCollated, isIncomparable } from '../types/commonType';
import { derive, once, type Typed } from '../types/typed';
import type { AnalysedQuery, Analysis, Context, Cte } from './context';
import { analyseExpression } from './expressions';
import { tableName } from './identifiers';
import type { Found, FoundRoutine } from './prepare';
import { analyseQuery } from './query';

/** The state of one translation: what surrounds it and the names it has given out. */
export class Analyzer implements Analysis {
	readonly text: string;
	readonly scope: Scope;
	readonly expanded: Map<string, Typed>;
	private aliases = 0;

	/**
	 * @param text the SQL that is translated, for the places of errors
	 * @param found what the statement names, looked up beforehand
	 * @param outer the analysis of a statement that this text is the function of
	 */
	constructor(
		text: string,
		scope: Scope,
		private readonly found: Found,
		private readonly outer?: Analyzer,
	) {
		this.text = text;
		this.scope = scope;
		this.expanded = outer?.expanded ?? new Map();
	}

	alias(): string {
		if (this.outer !== undefined) return this.outer.alias();
		this.aliases += 1;
		return `r${this.aliases}`;
	}

	inside({ body, scope }: Routine): Analyzer {
		return new Analyzer(body, scope, this.found, this);
	}

	routine(node: Call | TableFunctionItem): FoundRoutine | undefined {
		return this.found.routines.get(node);
	}

	/** The name parts a table was asked for by (IDENTIFIER resolved). */
	nameOf(item: TableItem): string[] {
		return tableName(item.name, this.scope);
	}

	expression(expr: Expr, context: Context): Typed {
		return analyseExpression(expr, context);
	}

	relation(item: FromItem): Relation | undefined {
		return this.found.relations.get(item);
	}

	query(query: Query, ctes: ReadonlyMap<string, Cte>, outer?: Context): AnalysedQuery {
		return analyseQuery(this, query, ctes, outer);
	}

	private inner(query: Query, context: Context): { result: AnalysedQuery; ungrouped?: string } {
		const escaped: string[] = [];
		const result = this.query(query, context.ctes, { ...context, escaped });
		const [ungrouped] = escaped;
		return { result, ...(ungrouped === undefined ? {} : { ungrouped }) };
	}

	scalarQuery(query: Query, context: Context): Typed {
		const { result, ungrouped } = this.inner(query, context);
		const [column, ...more] = result.columns;
		if (column === undefined || more.length > 0) {
			throw new SqlError(
				'INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN',
				'42823',
				`Scalar subquery must return only one column, but got ${result.columns.length}.`,
			);
		}
		const marks = ungrouped === undefined ? {} : { ungrouped };
		return derive(`(${result.sql})`, column.type, 'scalarsubquery()', [], {
			fallible: true,
			...marks,
		});
	}

	exists(query: Query, context: Context): Typed {
		const { result, ungrouped } = this.inner(query, context);
		const marks = ungrouped === undefined ? {} : { ungrouped };
		return derive(`EXISTS (${result.sql})`, BOOLEAN, 'exists()', [], marks);
	}

	inQuery(operand: Typed, query: Query, context: Context): Typed {
		const { result, ungrouped } = this.inner(query, context);
		const [column, ...more] = result.columns;
		const label = `(${operand.label} IN (listquery()))`;
		if (column === undefined || more.length > 0) {
			throw typeMismatch(
				'IN_SUBQUERY_LENGTH_MISMATCH',
				label,
				`The number of columns in the left hand side of an IN subquery does not match the number of columns in the output of subquery.\nLeft hand side columns(length: 1): ["${operand.label}"], right hand side columns(length: ${result.columns.length}): [${result.columns.map(({ name }) => `"${name}"`).join(', ')}].`,
			);
		}
		for (const { type } of [operand, column]) {
			if (holdsCollated(type)) throw unsupported(`IN (subquery) over ${typeText(type)}`);
		}
		const type = commonType(operand.type, column.type);
		if (type === undefined)
			throw typeMismatch(
				'IN_SUBQUERY_DATA_TYPE_MISMATCH',
				label,
				'The data type of one or more elements in the left hand side of an IN subquery is not compatible with the data type of the output of the subquery.',
			);
		if (type.kind === 'map' || isIncomparable(type)) throw unsupported(`IN over ${typeText(type)}`);
		const left = coerce(operand, type);
		const inner = this.alias();
		const item = coerce(
			{ sql: `${inner}.${sqlName(column.physical)}`, type: column.type, label: '' },
			type,
		);
		const sql = `(${left.sql} IN (SELECT ${item.sql} FROM (${result.sql}) AS ${inner}))`;
		const marks = ungrouped === undefined ? {} : { ungrouped };
		if (context.deciding === true) return derive(sql, BOOLEAN, label, [left], marks);
		// As a value Spark gives FALSE for both IN and NOT IN here, by its plan and not by the standard.
		const fail = `dbx_unsupported('IN (subquery) that compares with NULL, other than as a condition')`;
		const known = once(sql, (v) => `CASE WHEN ${v} IS NULL THEN ${fail} ELSE ${v} END`);
		return derive(known, BOOLEAN, label, [left], { fallible: true, ...marks });
	}
}
