import { unify } from '../casts/unify';
import { unsupported } from '../sqlError';
import { arrayType, DATE, duckdbType } from '../sqlType';
import { isIntegral } from '../types/commonType';
import { derive, onceEach, type Typed } from '../types/typed';
import type { CallSite, ScalarFunction } from './signature';

const sequence: ScalarFunction = {
	args: [2, 3],
	build(args, site) {
		const [from, to, by] = args;
		if (from === undefined || to === undefined) throw unsupported('sequence');
		if (from.type.kind === 'date' && to.type.kind === 'date')
			return dateSequence(from, to, by, site);
		if (by !== undefined || !isIntegral(from.type) || !isIntegral(to.type)) {
			throw unsupported('sequence with a step or of other than whole numbers and dates');
		}
		const [a, b] = unify([from, to], site.label);
		if (a === undefined || b === undefined) throw unsupported('sequence');
		const type = arrayType(a.type);
		const sql = onceEach(
			a.sql,
			b.sql,
			(x, y) =>
				`CAST(CASE WHEN ${x} <= ${y} THEN generate_series(CAST(${x} AS BIGINT), CAST(${y} AS BIGINT)) ELSE generate_series(CAST(${x} AS BIGINT), CAST(${y} AS BIGINT), -1) END AS ${duckdbType(type)})`,
		);
		return derive(sql, type, site.label, [a, b]);
	},
};

/** Dates by days or months; the n-th is the start plus n steps, so that month ends stay month ends. */
function dateSequence(from: Typed, to: Typed, by: Typed | undefined, site: CallSite): Typed {
	const step = by?.literal?.value ?? '86400000000';
	if (by !== undefined && (by.type.kind !== 'interval' || by.literal === undefined)) {
		throw unsupported('sequence of dates with a step that is no interval literal');
	}
	const months =
		by?.type.kind === 'interval' && (by.type.start === 'month' || by.type.start === 'year');
	const count = months ? Number(step) : Number(step) / 86_400_000_000;
	if (!Number.isInteger(count) || count <= 0) throw unsupported('sequence of dates with this step');
	const sql = onceEach(from.sql, to.sql, (a, b) => {
		const most = months
			? `((year(${b}) - year(${a})) * 12 + month(${b}) - month(${a})) // ${count}`
			: `(${b} - ${a}) // ${count}`;
		const moment = months
			? `CAST(${a} + to_months(CAST(n * ${count} AS INTEGER)) AS DATE)`
			: `${a} + CAST(n * ${count} AS INTEGER)`;
		return `CASE WHEN ${a} > ${b} THEN dbx_unsupported('sequence that goes down') WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN list_filter(list_transform(generate_series(0, CAST(${most} AS BIGINT)), lambda n: ${moment}), lambda d: d <= ${b}) END`;
	});
	return derive(sql, arrayType(DATE), site.label, [from, to], { fallible: true });
}

export const SEQUENCES: [string, ScalarFunction][] = [['sequence', sequence]];
