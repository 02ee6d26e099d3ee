import { castSql } from '../casts/cast';
import { shownTextSql } from '../casts/text';
import { asBoolean, asText, coerce } from '../casts/coercion';
import { unify } from '../casts/unify';
import { affirm, arithmetic, negate } from '../operators/arithmetic';
import { and, between, compare, isIn, or } from '../operators/comparison';
import { withOneCollation } from '../casts/collation';
import { elementAt, pathOf } from '../operators/elementAt';
import { analyseInterval, joinIntervals } from '../operators/interval';
import { likePattern } from '../operators/like';
import { analyseLiteral } from '../operators/literals';
import type { Expr } from '../parser/syntax';
import { SqlError, typeMismatch, unsupported } from '../sqlError';
import { BOOLEAN, STRING, typeText } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { recollated } from '../types/collations';
import { holdsBinary, isNested } from '../types/commonType';
import { derive, type Typed } from '../types/typed';
import { callFunction } from './calls';
import { analyse, fieldOf, grouped, resolveName, type Context } from './context';
import { analyseParameter, identifierParts } from './parameters';

/** The meaning of one expression; `analyse` of the context comes here. */
export function analyseExpression(expr: Expr, context: Context): Typed {
	return SqlError.locate({ text: context.analyzer.text, offset: expr.place ?? expr.start }, () =>
		grouped(context, analyseNode(expr, context)),
	);
}

function analyseNode(expr: Expr, context: Context): Typed {
	const inside: Context = joinsConditions(expr) ? context : { ...context, deciding: false };
	const each = (inner: Expr): Typed => analyse(inner, inside);
	switch (expr.kind) {
		case 'literal':
			return analyseLiteral(expr.type, expr.value);
		case 'interval':
			return analyseInterval(each(expr.value), expr.from, expr.to, expr.scale);
		case 'resolved':
			return { sql: expr.sql, type: expr.type, label: expr.label, ungrouped: expr.label };
		case 'parameter':
			return analyseParameter(expr.name, context.analyzer.scope);
		case 'identifier':
			return resolveName(context, identifierParts(expr.text, context.analyzer.scope));
		case 'column':
			return resolveName(context, expr.name);
		case 'call':
			return callFunction(expr.call, inside);
		case 'unary':
			return unary(expr.operator, each(expr.operand));
		case 'binary':
			return binary(expr.operator, each(expr.left), each(expr.right));
		case 'between': {
			const test = between(each(expr.operand), each(expr.low), each(expr.high));
			return expr.negated ? not(test) : test;
		}
		case 'in': {
			const test = isIn(each(expr.operand), expr.items.map(each));
			return expr.negated ? not(test) : test;
		}
		case 'inQuery': {
			const test = context.analyzer.inQuery(each(expr.operand), expr.query, context);
			return expr.negated ? not(test) : test;
		}
		case 'exists':
			return context.analyzer.exists(expr.query, context);
		case 'subquery':
			return context.analyzer.scalarQuery(expr.query, context);
		case 'like':
			return like(expr, each);
		case 'is':
			return isTest(each(expr.operand), expr.test, expr.negated);
		case 'distinctFrom': {
			const same = compare('<=>', each(expr.left), each(expr.right));
			return expr.negated ? same : not(same);
		}
		case 'case':
			return caseWhen(expr, inside);
		case 'cast':
			return cast(each(expr.operand), expr);
		case 'field':
			return fieldOf(each(expr.operand), expr.name);
		case 'index':
			return elementAt(each(expr.operand), each(expr.index));
		case 'path':
			return pathOf(each(expr.operand), expr.steps);
		case 'tuple':
			throw unsupported('a row of values as a value');
		case 'lambda':
			throw unsupported('a lambda function here');
		case 'named':
			throw unsupported('a named argument here');
		case 'star':
			throw new SqlError('INVALID_USAGE_OF_STAR_OR_REGEX', '42000', "Invalid usage of '*' here.");
	}
}

/** Whether the operands of a condition are conditions themselves. */
function joinsConditions(expr: Expr): boolean {
	if (expr.kind === 'binary') return expr.operator === 'and' || expr.operator === 'or';
	return expr.kind === 'unary' && expr.operator === 'not';
}

function binary(operator: string, left: Typed, right: Typed): Typed {
	switch (operator) {
		case 'and':
			return and(...booleans(left, right, `(${left.label} AND ${right.label})`));
		case 'or':
			return or(...booleans(left, right, `(${left.label} OR ${right.label})`));
		case '||':
			return concatenate(left, right);
		case 'interval+':
			return joinIntervals(left, right);
		case '<<':
		case '>>':
		case '>>>':
			throw unsupported(`the operator ${operator}`);
		case '+':
		case '-':
		case '*':
		case '/':
		case '%':
		case 'div':
		case '&':
		case '|':
		case '^':
			return arithmetic(operator, left, right);
		default:
			return compare(operator, left, right);
	}
}

function booleans(left: Typed, right: Typed, label: string): [Typed, Typed] {
	const check = (side: Typed): Typed => {
		if (side.type.kind === 'boolean') return side;
		if (side.type.kind === 'void' || side.type.kind === 'string') return coerce(side, BOOLEAN);
		throw typeMismatch(
			'BINARY_OP_WRONG_TYPE',
			label,
			`the binary operator requires the input type "BOOLEAN", not "${typeText(side.type)}".`,
		);
	};
	return [check(left), check(right)];
}

function concatenate(left: Typed, right: Typed): Typed {
	const label = `concat(${left.label}, ${right.label})`;
	if (left.type.kind === 'array' || right.type.kind === 'array') {
		throw unsupported('|| on arrays; use concat');
	}
	const [one = left, other = right] = withOneCollation([left, right], label);
	const type = [one, other].find((side) => side.type.kind === 'collated')?.type ?? STRING;
	const a = asText(one, label, 0);
	const b = asText(other, label, 1);
	const joined = `concat(${one.label}, ${other.label})`;
	return derive(recollated(`(${a.sql} || ${b.sql})`, type), type, joined, [a, b]);
}

function unary(operator: string, operand: Typed): Typed {
	if (operator === 'not') return not(operand);
	if (operator === '-') return negate(operand);
	if (operator === '+') return affirm(operand);
	throw unsupported(`the operator ${operator}`);
}

export function not(operand: Typed): Typed {
	const label = `(NOT ${operand.label})`;
	const text = operand.type.kind === 'string';
	const value = text ? coerce(operand, BOOLEAN) : asBoolean(operand, label, 0);
	return derive(`(NOT ${value.sql})`, BOOLEAN, label, [value]);
}

function isTest(operand: Typed, test: 'null' | 'true' | 'false', negated: boolean): Typed {
	const word = test.toUpperCase();
	const same = `(${operand.label} <=> ${test})`;
	const truth = negated ? `(NOT ${same})` : same;
	const label = test === 'null' ? `(${operand.label} IS ${negated ? 'NOT ' : ''}NULL)` : truth;
	const value = test === 'null' ? operand : asBoolean(operand, label, 0);
	const sql = `(${value.sql} IS ${negated ? 'NOT ' : ''}${word})`;
	return derive(sql, BOOLEAN, label, [value]);
}

function caseWhen(expr: Expr & { kind: 'case' }, context: Context): Typed {
	const each = (inner: Expr): Typed => analyse(inner, context);
	const operand = expr.operand === undefined ? undefined : each(expr.operand);
	const conditions = expr.branches.map(({ when }) => {
		const condition = analyse(when, { ...context, deciding: operand === undefined });
		return operand === undefined
			? asBoolean(condition, 'CASE', 0)
			: compare('=', operand, condition);
	});
	const results = expr.branches.map(({ then }) => each(then));
	const otherwise = expr.otherwise === undefined ? [] : [each(expr.otherwise)];
	const label = [
		'CASE',
		...conditions.map((when, index) => `WHEN ${when.label} THEN ${results[index]?.label ?? ''}`),
		...otherwise.map((last) => `ELSE ${last.label}`),
		'END',
	].join(' ');
	const values = unify([...results, ...otherwise], label);
	const first = values[0];
	if (first === undefined) throw unsupported('CASE without a branch');
	const branches = conditions.map(
		(when, index) => `WHEN ${when.sql} THEN ${values[index]?.sql ?? 'NULL'}`,
	);
	const last = otherwise.length === 0 ? '' : ` ELSE ${values[values.length - 1]?.sql ?? 'NULL'}`;
	const sql = `CASE ${branches.join(' ')}${last} END`;
	return derive(sql, first.type, label, [...conditions, ...values]);
}

function cast(operand: Typed, expr: Expr & { kind: 'cast' }): Typed {
	const mode = expr.tolerant ? 'try' : 'explicit';
	const word = expr.tolerant ? 'TRY_CAST' : 'CAST';
	// Spark leaves a cast to a nested type out of the text.
	const label = isNested(expr.type)
		? operand.label
		: `${word}(${operand.label} AS ${typeText(expr.type)})`;
	const { sql, fallible } = castSql(
		operand.sql,
		operand.type,
		expr.type,
		mode,
		operand.literal,
		label,
	);
	const type =
		expr.type.kind === 'char' || expr.type.kind === 'varchar'
			? { kind: 'string' as const }
			: expr.type;
	return derive(sql, type, label, [operand], {
		...(fallible || operand.fallible ? { fallible: true } : {}),
		...(operand.attribute === true ? { columnName: operand.label } : {}),
		...(operand.alias === undefined ? {} : { columnName: operand.alias }),
		...(type.kind === 'string' && holdsBinary(operand.type)
			? { shown: { sql: shownTextSql(operand.sql, operand.type), instead: sql } }
			: {}),
	});
}

function like(expr: Expr & { kind: 'like' }, each: (inner: Expr) => Typed): Typed {
	const operand = each(expr.operand);
	const patterns = expr.patterns.map(each);
	// NOT stands before each pattern: NOT LIKE ANY is true where one of them does not match.
	const tests = patterns.map((pattern) => {
		const test = oneLike(expr, operand, pattern);
		return expr.negated ? not(test) : test;
	});
	const [first, ...rest] = tests;
	if (first === undefined) throw unsupported('LIKE without a pattern');
	const { quantifier } = expr;
	if (quantifier === undefined) return first;
	const whole = rest.reduce(
		(left, right) => (quantifier === 'all' ? and(left, right) : or(left, right)),
		first,
	);
	const value = expr.operator === 'ilike' ? `lower(${operand.label})` : operand.label;
	return { ...whole, label: `${expr.negated ? 'not' : ''}like${quantifier}(${value})` };
}

function oneLike(expr: Expr & { kind: 'like' }, operand: Typed, pattern: Typed): Typed {
	const word = expr.operator.toUpperCase();
	const label =
		expr.operator === 'ilike'
			? `ilike(${operand.label}, ${pattern.label})`
			: expr.operator === 'rlike'
				? `RLIKE(${operand.label}, ${pattern.label})`
				: `${operand.label} LIKE ${pattern.label}${expr.escape === undefined ? '' : ` ESCAPE '${expr.escape}'`}`;
	const isCollated = operand.type.kind === 'collated';
	if (isCollated && (expr.operator === 'rlike' || expr.escape !== undefined)) {
		throw unsupported(`${word} on ${typeText(operand.type)}`);
	}
	const value = asText(operand, label, 0);
	const text = asText(pattern, label, 1);
	if (expr.operator === 'rlike') return likePattern.regular(value, text, label);
	likePattern.check(text, expr.escape);
	const escape = expr.escape ?? '\\';
	// The collation of the text counts, and not that of the pattern (measured with Spark 4.1).
	const cased = (side: string): string => (isCollated ? `lower(dbx_lcase(${side}))` : side);
	const sql = `(${cased(value.sql)} ${word} ${cased(text.sql)} ESCAPE ${sqlString(escape)})`;
	return derive(sql, BOOLEAN, label, [value, text]);
}
