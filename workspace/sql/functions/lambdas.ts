import { asBoolean } from '../casts/coercion';
import type { Expr } from '../parser/syntax';
import { unsupported } from '../sqlError';
import { arrayType, BOOLEAN, type SqlType } from '../sqlType';
import { derive, lambdaVariable, once, type Typed } from '../types/typed';
import { arrayArgument } from './arrays';
import type { CallSite, ScalarFunction } from './signature';

/** A lambda over the elements of an array: its SQL, the variable and the result's type. */
function lambdaOver(
	list: Typed & { element: SqlType },
	expr: Expr | undefined,
	site: CallSite,
): { variable: string; body: Typed } {
	if (expr?.kind !== 'lambda' || expr.parameters.length !== 1) {
		throw unsupported(`${site.name} with other than a function of one element`);
	}
	const variable = `e${lambdaVariable(list.sql).slice(1)}_${site.lambdaDepth}`;
	const name = expr.parameters[0] ?? '';
	const parameter: Typed = { sql: variable, type: list.element, label: name };
	const body = site.analyse(expr.body, new Map([[name.toLowerCase(), parameter]]));
	if (body.aggregate || body.window) throw unsupported(`an aggregate inside ${site.name}`);
	return { variable, body };
}

const overElements = (name: 'transform' | 'filter' | 'exists' | 'forall'): ScalarFunction => ({
	args: [2, 2],
	raw: true,
	build(_args, site) {
		const [first, second] = site.exprs;
		if (first === undefined) throw unsupported(name);
		const list = arrayArgument([site.analyse(first)], 0, site);
		const { variable, body } = lambdaOver(list, second, site);
		const label = `${name}(${list.label}, lambdafunction(${body.label}))`;
		if (name === 'transform') {
			const sql = `list_transform(${list.sql}, lambda ${variable}: ${body.sql})`;
			return derive(sql, arrayType(body.type), label, [list, body]);
		}
		const test = asBoolean(body, label, 1);
		if (name === 'filter') {
			const sql = `list_filter(${list.sql}, lambda ${variable}: ${test.sql})`;
			return derive(sql, list.type, label, [list, test]);
		}
		const base = name === 'exists' ? 'list_bool_or' : 'list_bool_and';
		const tests = `list_transform(${list.sql}, lambda ${variable}: ${test.sql})`;
		const sql = once(tests, (v) => decided(v, name, base));
		return derive(sql, BOOLEAN, label, [list, test]);
	},
});

/** Three-valued: an undecided element leaves the answer open unless another decides it. */
function decided(tests: string, name: string, base: string): string {
	const decisive = name === 'exists' ? 'TRUE' : 'FALSE';
	const other = name === 'exists' ? 'FALSE' : 'TRUE';
	return `CASE WHEN ${tests} IS NULL THEN NULL WHEN ${base}(${tests}) = ${decisive} THEN ${decisive} WHEN len(list_filter(${tests}, lambda t: t IS NULL)) > 0 THEN NULL ELSE ${other} END`;
}

export const LAMBDAS: [string, ScalarFunction][] = [
	['transform', overElements('transform')],
	['filter', overElements('filter')],
	['exists', overElements('exists')],
	['forall', overElements('forall')],
];
