import type { Expr, Query } from '../parser/syntax';
import { SqlError, unsupported } from '../sqlError';
import { typeText } from '../sqlType';
import type { Analysis } from './context';
import { constantOf } from './parameters';

/** ` LIMIT n OFFSET m`; both must be constant whole numbers from 0 on. */
export function limitSql(query: Query, analysis: Analysis): string {
	const limit = query.limit === undefined ? '' : ` LIMIT ${count(query.limit, 'limit', analysis)}`;
	const offset =
		query.offset === undefined ? '' : ` OFFSET ${count(query.offset, 'offset', analysis)}`;
	return `${limit}${offset}`;
}

function count(expr: Expr, name: 'limit' | 'offset', { scope, text }: Analysis): string {
	const constant = constantOf(expr, scope);
	const shown =
		constant?.value ?? (constant === undefined ? text.slice(expr.start, expr.end) : 'NULL');
	const place = constant === undefined ? { text, offset: 0 } : { text, offset: expr.start };
	const fail = (reason: string, must: string): SqlError =>
		new SqlError(
			`INVALID_LIMIT_LIKE_EXPRESSION.${reason}`,
			'42K0E',
			`The limit like expression "${shown}" is invalid. The ${name} expression must ${must}.`,
			...(expr.kind === 'parameter' ? [] : [place]),
		);
	if (constant === undefined && !hasColumns(expr))
		throw unsupported(`${name.toUpperCase()} of an expression`);
	if (constant === undefined) throw fail('IS_UNFOLDABLE', 'evaluate to a constant value');
	if (!['tinyint', 'smallint', 'int'].includes(constant.type.kind)) {
		throw fail('DATA_TYPE', `be integer type, but got "${typeText(constant.type)}"`);
	}
	if (constant.value === null) throw fail('IS_NULL', 'not be NULL');
	if (!/^[+-]?\d+$/.test(constant.value.trim())) throw fail('DATA_TYPE', 'be a whole number');
	if (Number(constant.value) < 0) {
		throw fail('IS_NEGATIVE', `be equal to or greater than 0, but got ${constant.value}`);
	}
	return String(Number(constant.value));
}

/** Whether an expression needs rows; what needs none Spark computes. */
function hasColumns(node: unknown): boolean {
	if (Array.isArray(node)) return node.some(hasColumns);
	if (typeof node !== 'object' || node === null) return false;
	if ('kind' in node && (node.kind === 'column' || node.kind === 'query')) return true;
	return Object.values(node).some(hasColumns);
}
