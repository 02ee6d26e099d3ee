import { asBoolean, coerce } from '../casts/coercion';
import { compare, conjunction } from '../operators/comparison';
import type { FromItem, JoinKind } from '../parser/syntax';
import { physicalName } from '../scope';
import { SqlError, unresolvedColumn, unsupported } from '../sqlError';
import { commonType } from '../types/commonType';
import type { Typed } from '../types/typed';
import { conjuncts } from './conjuncts';
import {
	analyse,
	EMPTY_FRAME,
	type Context,
	type Frame,
	type FrameColumn,
	type Source,
} from './context';
import { frameOf } from './frames';
import { analyseGenerator } from './generators';
import { analysePivot } from './pivot';
import { rowsOfRoutine } from './routines';

/** Analyses a FROM clause; `base` is the context of the query without a frame. */
export function analyseFrom(items: readonly FromItem[], base: Context): Frame {
	const [first, ...rest] = items;
	if (first === undefined) return EMPTY_FRAME;
	return rest.reduce(
		(left, item) => {
			const right = analyseItem(item, base, left);
			return {
				sql: `${left.sql}, ${right.sql}`,
				sources: [...left.sources, ...right.sources],
				visible: [...left.visible, ...right.visible],
			};
		},
		analyseItem(first, base, EMPTY_FRAME),
	);
}

function analyseItem(item: FromItem, base: Context, left: Frame): Frame {
	switch (item.kind) {
		case 'table':
			return table(item, base);
		case 'tableFunction':
			return tableFunction(item, base, left);
		case 'derived': {
			const outer = item.lateral ? { ...base, frame: left } : base.outer;
			const result = base.analyzer.query(item.query, base.ctes, outer);
			const sql = `${item.lateral ? 'LATERAL ' : ''}(${result.sql})`;
			const frame = frameOf(sql, result.columns, [], item.alias, base);
			if (item.piped !== true) return frame;
			return { ...frame, sources: frame.sources.map((source) => ({ ...source, piped: true })) };
		}
		case 'group': {
			const inner = analyseItem(item.item, base, EMPTY_FRAME);
			const frame = item.item.kind === 'join' ? { ...inner, sql: `(${inner.sql})` } : inner;
			if (item.alias.name === undefined) return frame;
			throw unsupported('an alias for a join in parentheses');
		}
		case 'join':
			return join(item, base);
		case 'lateralView': {
			const input = analyseItem(item.input, base, left);
			const generated = analyseGenerator(
				item.call,
				{ ...base, frame: input },
				item.outer,
				item.alias,
			);
			return {
				sql: `${input.sql} ${generated.join}`,
				sources: [...input.sources, generated.source],
				visible: [...input.visible, ...generated.source.columns],
			};
		}
		case 'pivot':
			return analysePivot(item, analyseItem(item.input, base, left), base);
	}
}

function table(item: FromItem & { kind: 'table' }, base: Context): Frame {
	const name = Array.isArray(item.name) ? item.name : undefined;
	const cte = name?.length === 1 ? base.ctes.get(name[0]?.toLowerCase() ?? '') : undefined;
	if (cte !== undefined && name !== undefined) {
		return frameOf(cte.sqlName, cte.columns, name, item.alias, base);
	}
	const relation = base.analyzer.relation(item);
	if (relation === undefined) throw unsupported('this table reference');
	const columns = relation.columns.map((column) => ({ ...column, physical: physicalName(column) }));
	const full = fullName(base.analyzer.nameOf(item), base);
	return frameOf(relation.sql, columns, full, item.alias, base);
}

/** A table's name with the catalog and schema of the session, by which its columns may be called too. */
function fullName(name: readonly string[], { analyzer }: Context): string[] {
	const { catalog = 'main', schema = 'default' } = analyzer.scope.session;
	return [catalog, schema].slice(0, Math.max(0, 3 - name.length)).concat(name);
}

function tableFunction(
	item: FromItem & { kind: 'tableFunction' },
	base: Context,
	left: Frame,
): Frame {
	const relation = base.analyzer.relation(item);
	const routine = base.analyzer.routine(item);
	const name = item.name[item.name.length - 1] ?? '';
	if (routine !== undefined) {
		const place = { text: base.analyzer.text, offset: item.start };
		const { sql, columns } = SqlError.locate(place, () =>
			rowsOfRoutine(routine, item.args, argumentContext(item, base, left)),
		);
		return frameOf(`${item.lateral ? 'LATERAL ' : ''}(${sql})`, columns, [name], item.alias, base);
	}
	if (relation !== undefined) {
		const columns = relation.columns.map((column) => ({
			...column,
			physical: physicalName(column),
		}));
		return frameOf(relation.sql, columns, [name], item.alias, base);
	}
	const call = { name: item.name, args: item.args, distinct: false, star: false };
	const expr = { kind: 'call' as const, call, start: item.start, end: item.end };
	const context = argumentContext(item, base, left);
	const generated = analyseGenerator(expr, context, false, item.alias);
	return {
		sql: `${item.lateral ? 'LATERAL ' : ''}${generated.from}`,
		sources: [generated.source],
		visible: generated.source.columns,
	};
}

/** What the arguments of a table function see: nothing beside it, unless it is LATERAL. */
function argumentContext(
	item: FromItem & { kind: 'tableFunction' },
	base: Context,
	left: Frame,
): Context {
	const { outer: _, ...alone } = base;
	const outer = item.lateral ? { ...base, frame: left } : base.outer;
	return { ...alone, frame: EMPTY_FRAME, ...(outer === undefined ? {} : { outer }) };
}

const JOIN_WORDS: Record<JoinKind, string> = {
	inner: 'JOIN',
	left: 'LEFT JOIN',
	right: 'RIGHT JOIN',
	full: 'FULL JOIN',
	cross: 'CROSS JOIN',
	semi: 'SEMI JOIN',
	anti: 'ANTI JOIN',
};

function join(item: FromItem & { kind: 'join' }, base: Context): Frame {
	const left = analyseItem(item.left, base, EMPTY_FRAME);
	const right = analyseItem(item.right, base, left);
	const both: Frame = {
		sql: '',
		sources: [...left.sources, ...right.sources],
		visible: [...left.visible, ...right.visible],
	};
	const leftOnly = item.type === 'semi' || item.type === 'anti';
	const using = item.natural ? commonNames(left, right) : item.using;
	if (using !== undefined) return joinUsing(item.type, left, right, using, leftOnly);
	const condition =
		item.on === undefined
			? ''
			: ` ON ${joinCondition(conjuncts(item.on).map((part) => booleanOf(analyse(part, { ...base, frame: both, deciding: true }))))}`;
	const word = item.on === undefined ? crossWord(item.type) : JOIN_WORDS[item.type];
	const on = item.on !== undefined && item.type === 'cross' ? JOIN_WORDS.inner : word;
	const sql = `${left.sql} ${on} ${right.sql}${condition}`;
	return leftOnly ? { ...left, sql } : { ...both, sql };
}

function booleanOf(condition: Typed): Typed {
	return asBoolean(condition, 'JOIN', 0);
}

/** Equalities stay apart, so that DuckDB can hash them; what can fail comes after them. */
function joinCondition(parts: readonly Typed[]): string {
	return conjunction(parts);
}

function crossWord(type: JoinKind): string {
	if (type === 'inner' || type === 'cross') return 'CROSS JOIN';
	throw unsupported(`a ${type} join without a condition`);
}

function commonNames(left: Frame, right: Frame): string[] {
	const names = new Set(right.visible.map((column) => column.name.toLowerCase()));
	return left.visible
		.filter((column) => names.has(column.name.toLowerCase()))
		.map((column) => column.name);
}

function joinUsing(
	type: JoinKind,
	left: Frame,
	right: Frame,
	names: readonly string[],
	leftOnly: boolean,
): Frame {
	const conditions: Typed[] = [];
	const keys: FrameColumn[] = [];
	for (const name of names) {
		const a = keyColumn(left, name);
		const b = keyColumn(right, name);
		conditions.push(compare('=', { ...a, label: name }, { ...b, label: name }));
		keys.push(mergedKey(type, a, b));
	}
	const isKey = (column: FrameColumn): boolean =>
		names.some((name) => name.toLowerCase() === column.name.toLowerCase());
	const rest = (frame: Frame): FrameColumn[] => frame.visible.filter((column) => !isKey(column));
	const word = type === 'cross' ? JOIN_WORDS.inner : JOIN_WORDS[type];
	const sql = `${left.sql} ${word} ${right.sql} ON ${conjunction(conditions) || 'TRUE'}`;
	const sources: Source[] = leftOnly ? left.sources : [...left.sources, ...right.sources];
	const visible = [...keys, ...rest(left), ...(leftOnly ? [] : rest(right))];
	return { sql, sources, visible };
}

function keyColumn(frame: Frame, name: string): FrameColumn {
	const found = frame.visible.filter((column) => column.name.toLowerCase() === name.toLowerCase());
	const [column] = found;
	if (column === undefined) {
		throw unresolvedColumn(
			[name],
			frame.visible.map((each) => [each.name]),
		);
	}
	return column;
}

function mergedKey(type: JoinKind, left: FrameColumn, right: FrameColumn): FrameColumn {
	if (type === 'right') return right;
	if (type !== 'full') return left;
	const common = commonType(left.type, right.type);
	if (common === undefined) throw unsupported('USING over different types');
	const sides = [left, right].map((side) => coerce({ ...side, label: side.name }, common).sql);
	return { name: left.name, sql: `coalesce(${sides.join(', ')})`, type: common };
}
