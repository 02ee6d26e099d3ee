import type { Expr } from '../parser/syntax';

/** The parts of a condition that are joined by AND. */
export function conjuncts(expr: Expr): Expr[] {
	if (expr.kind !== 'binary' || expr.operator !== 'and') return [expr];
	return [...conjuncts(expr.left), ...conjuncts(expr.right)];
}
