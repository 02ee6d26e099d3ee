import { coerce } from '../casts/coercion';
import { unsupported } from '../sqlError';
import { DOUBLE, INT, typeText } from '../sqlType';
import type { WindowFunction } from './signature';

const rank = (name: string): WindowFunction => ({
	args: [0, 0],
	build: () => ({ sql: `${name}()`, type: INT, wrap: (sql) => `CAST(${sql} AS INTEGER)` }),
});

const share = (name: string): WindowFunction => ({
	args: [0, 0],
	build: () => ({ sql: `${name}()`, type: DOUBLE }),
});

const ntile: WindowFunction = {
	args: [1, 1],
	build: ([buckets]) => ({
		sql: `ntile(${buckets?.sql ?? '1'})`,
		type: INT,
		wrap: (sql) => `CAST(${sql} AS INTEGER)`,
	}),
};

/** lag and lead: the value so many rows away, or the default. */
const neighbour = (name: 'lag' | 'lead'): WindowFunction => ({
	args: [1, 3],
	build([value, offset, otherwise], site) {
		if (value === undefined) throw unsupported(`${name}()`);
		if (offset !== undefined && offset.literal === undefined) {
			throw unsupported(`${name} with an offset that is no literal`);
		}
		const ignore = site.call.nulls === 'ignore' ? ' IGNORE NULLS' : '';
		if (otherwise === undefined) {
			const count = offset === undefined ? '' : `, ${offset.sql}`;
			return { sql: `${name}(${value.sql}${count}${ignore})`, type: value.type };
		}
		// The default takes the type of the value, also where that loses digits.
		const given = coerce(otherwise, value.type);
		if (given.fallible && otherwise.literal === undefined) {
			throw unsupported(`${name} with a default that may not fit ${typeText(value.type)}`);
		}
		const count = offset?.sql ?? '1';
		return { sql: `${name}(${value.sql}, ${count}, ${given.sql}${ignore})`, type: value.type };
	},
});

const nth: WindowFunction = {
	args: [2, 2],
	build([value, position], site) {
		if (value === undefined || position?.literal === undefined) {
			throw unsupported('nth_value with a position that is no literal');
		}
		const ignore = site.call.nulls === 'ignore' ? ' IGNORE NULLS' : '';
		return { sql: `nth_value(${value.sql}, ${position.sql}${ignore})`, type: value.type };
	},
};

/** Functions that only a window has. */
export const WINDOW_FUNCTIONS: ReadonlyMap<string, WindowFunction> = new Map([
	['row_number', rank('row_number')],
	['rank', rank('rank')],
	['dense_rank', rank('dense_rank')],
	['percent_rank', share('percent_rank')],
	['cume_dist', share('cume_dist')],
	['ntile', ntile],
	['lag', neighbour('lag')],
	['lead', neighbour('lead')],
	['nth_value', nth],
]);
