import { coerce, wrongArgument } from '../casts/coercion';
import { unsupported } from '../sqlError';
import { DOUBLE } from '../sqlType';
import { isNumeric } from '../types/commonType';
import type { Typed } from '../types/typed';
import { first } from './define';
import type { AggregateFunction, CallSite, Wrap } from './signature';

/** Interpolated percentiles over all values, as DOUBLE. */
function interpolated(value: Typed, share: string, site: CallSite, wrap: Wrap): string {
	if (!isNumeric(value.type)) throw wrongArgument(site.label, 0, '"NUMERIC"', value);
	const all = wrap(`list(${coerce(value, DOUBLE).sql})`);
	const sorted = `list_sort(list_filter(${all}, lambda e: e IS NOT NULL))`;
	const variable = 'sorted_values';
	return `list_transform([${sorted}], lambda ${variable}: dbx_percentile(${variable}, ${share}))[1]`;
}

function shareOf(site: CallSite, index: number): string {
	const expr = site.exprs[index];
	const constant = expr && site.constant(expr);
	const value = Number(constant?.value ?? NaN);
	if (!(value >= 0 && value <= 1)) {
		throw unsupported(`${site.name} with a percentage that is no constant from 0 to 1`);
	}
	return `${value}::DOUBLE`;
}

const percentile: AggregateFunction = {
	args: [2, 2],
	build(args, site, wrap) {
		return { sql: interpolated(first(args), shareOf(site, 1), site, wrap), type: DOUBLE };
	},
};

const median: AggregateFunction = {
	args: [1, 1],
	build(args, site, wrap) {
		return { sql: interpolated(first(args), '0.5::DOUBLE', site, wrap), type: DOUBLE };
	},
};

const percentileCont: AggregateFunction = {
	args: [1, 1],
	build(args, site, wrap) {
		const [, value] = args;
		const [order] = site.call.withinGroup ?? [];
		if (value === undefined || order === undefined) {
			throw unsupported('percentile_cont without WITHIN GROUP');
		}
		const share = shareOf(site, 0);
		const used = order.descending ? `(1 - ${share})` : share;
		return { sql: interpolated(value, used, site, wrap), type: DOUBLE };
	},
};

export const PERCENTILES: [string, AggregateFunction][] = [
	['percentile', percentile],
	['median', median],
	['percentile_cont', percentileCont],
];
