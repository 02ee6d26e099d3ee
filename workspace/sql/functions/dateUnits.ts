import { addMicros, clockOf, onClocks } from '../operators/dateArithmetic';
import type { Expr } from '../parser/syntax';
import { unsupported } from '../sqlError';
import { BIGINT, INT, TIMESTAMP } from '../sqlType';
import { derive, onceEach, type Typed } from '../types/typed';
import { DATES } from './dates';
import { asInt } from './define';
import { asDate, asTime } from './moments';
import type { CallSite, ScalarFunction } from './signature';

const MICROS: Record<string, string> = {
	WEEK: '604800000000',
	DAY: '86400000000',
	HOUR: '3600000000',
	MINUTE: '60000000',
	SECOND: '1000000',
	MILLISECOND: '1000',
	MICROSECOND: '1',
};
const MONTHS: Record<string, number> = { MONTH: 1, QUARTER: 3, YEAR: 12 };

function unitOf(expr: Expr | undefined, site: CallSite): string {
	if (expr?.kind !== 'column' || expr.name.length !== 1)
		throw unsupported(`${site.name} without a unit`);
	const word = (expr.name[0] ?? '').toUpperCase();
	if (MICROS[word] === undefined && MONTHS[word] === undefined && word !== 'DAYOFYEAR') {
		site.analyse(expr);
		throw unsupported(`${site.name} with the unit ${word}`);
	}
	return word === 'DAYOFYEAR' ? 'DAY' : word;
}

/** The unit as it is written, which is how Spark shows it. */
function writtenUnit({ exprs: [unit] }: CallSite): string {
	return unit?.kind === 'column' ? (unit.name[0] ?? '') : '';
}

function parts(site: CallSite, from: number): Typed[] {
	return site.exprs.slice(from).map((expr) => site.analyse(expr));
}

/** `datediff(end, start)` in days, `datediff(unit, start, end)` in whole units. */
const difference: ScalarFunction = {
	args: [2, 3],
	raw: true,
	build(_args, site) {
		if (site.exprs.length === 2) {
			const [end, start] = parts(site, 0);
			if (end === undefined || start === undefined) throw unsupported(site.name);
			const [a, b] = [asDate(end, site), asDate(start, site, 1)];
			const label = `${site.name}(${end.label}, ${start.label})`;
			return derive(`CAST(${a.sql} - ${b.sql} AS INTEGER)`, INT, label, [a, b]);
		}
		const unit = unitOf(site.exprs[0], site);
		const [from, to] = parts(site, 1);
		if (from === undefined || to === undefined) throw unsupported(site.name);
		const [a, b] = [asTime(from, site, 1), asTime(to, site, 2)];
		const label = `timestampdiff(${writtenUnit(site)}, ${from.label}, ${to.label})`;
		const micros = MICROS[unit];
		const sql =
			micros !== undefined
				? `((epoch_us(${clockOf(b)}) - epoch_us(${clockOf(a)})) // ${micros})`
				: `CAST(${wholeMonths(clockOf(a), clockOf(b))} // ${MONTHS[unit] ?? 1} AS BIGINT)`;
		return derive(sql, BIGINT, label, [a, b]);
	},
};

/** Months that have fully passed: one fewer when day and time of day are not reached again. */
function wholeMonths(from: string, to: string): string {
	return onceEach(from, to, (a, b) => {
		const months = `((year(${b}) * 12 + month(${b})) - (year(${a}) * 12 + month(${a})))`;
		const inMonth = (t: string): string =>
			`(epoch_us(${t}) - epoch_us(CAST(date_trunc('month', ${t}) AS TIMESTAMP)))`;
		return `(${months} - CASE WHEN ${months} > 0 AND ${inMonth(b)} < ${inMonth(a)} THEN 1 WHEN ${months} < 0 AND ${inMonth(b)} > ${inMonth(a)} THEN -1 ELSE 0 END)`;
	});
}

/** `dateadd(unit, n, moment)` gives a TIMESTAMP; with two arguments it is date_add. */
const addition: ScalarFunction = {
	args: [2, 3],
	raw: true,
	build(_args, site) {
		if (site.exprs.length === 2) {
			const plain = DATES.find(([name]) => name === 'date_add')?.[1];
			if (plain === undefined) throw unsupported(site.name);
			const args = parts(site, 0);
			const label = `date_add(${args.map((arg) => arg.label).join(', ')})`;
			return plain.build(args, { ...site, label });
		}
		const unit = unitOf(site.exprs[0], site);
		const [count, moment] = parts(site, 1);
		if (count === undefined || moment === undefined) throw unsupported(site.name);
		const n = asInt(count, site);
		const time = asTime(moment, site, 2);
		const micros = MICROS[unit];
		const months = `to_months(CAST(${n.sql} * ${MONTHS[unit] ?? 1} AS INTEGER))`;
		const sql =
			micros !== undefined
				? addMicros(time, `(CAST(${n.sql} AS BIGINT) * ${micros})`)
				: onClocks(time, (t) => `(${t} + ${months})`);
		const label = `timestampadd(${writtenUnit(site)}, ${count.label}, ${moment.label})`;
		const type = time.type.kind === 'timestamp_ntz' ? time.type : TIMESTAMP;
		return derive(sql, type, label, [n, time]);
	},
};

export const DATE_UNITS: [string, ScalarFunction][] = [
	['datediff', difference],
	['date_diff', difference],
	['timestampdiff', difference],
	['dateadd', addition],
	['date_add', addition],
	['timestampadd', addition],
];
