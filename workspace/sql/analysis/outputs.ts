import type { Expr } from '../parser/syntax';
import { unsupported } from '../sqlError';
import type { SqlType } from '../sqlType';
import type { Typed } from '../types/typed';

/** A column of the result, with the expression it stands for. */
export interface OutputColumn {
	name: string;
	type: SqlType;
	typed: Typed;
}

/** The names of the select list as expressions; a name that means several things is left out. */
export function outputNames(outputs: readonly OutputColumn[]): Map<string, Typed> {
	const names = new Map<string, Typed>();
	const twice = new Set<string>();
	for (const output of outputs) {
		const key = output.name.toLowerCase();
		const before = names.get(key);
		if (before !== undefined && before.sql !== output.typed.sql) twice.add(key);
		names.set(key, { ...output.typed, label: output.name });
	}
	for (const key of twice) names.delete(key);
	return names;
}

/** Refuses a name that stands for several columns of the select list; to Spark it is ambiguous. */
export function checkOrderName(expr: Expr, outputs: readonly OutputColumn[]): void {
	if (expr.kind !== 'column' || expr.name.length > 1) return;
	const name = (expr.name[0] ?? '').toLowerCase();
	const found = outputs.filter((output) => output.name.toLowerCase() === name);
	const aliased = found.some((output) => output.typed.label.toLowerCase() !== name);
	if (found.length > 1 && aliased)
		throw unsupported(`ORDER BY the alias of several columns, ${name}`);
}
