import type { Call, Expr } from '../parser/syntax';

type CallExpr = Expr & { kind: 'call' };

/** The calls in an expression that pass a test, in their order; those of its subqueries are not looked at. */
export function callsIn(expr: Expr, test: (call: Call) => boolean): CallExpr[] {
	const found: CallExpr[] = [];
	visit(expr);
	return found;

	function visit(node: unknown): void {
		if (Array.isArray(node)) return node.forEach(visit);
		if (typeof node !== 'object' || node === null || isQuery(node)) return;
		if (isCall(node) && test(node.call)) found.push(node);
		Object.values(node).forEach(visit);
	}
}

const isQuery = (node: object): boolean => 'kind' in node && node.kind === 'query';
const isCall = (node: object): node is CallExpr => 'kind' in node && node.kind === 'call';
