import { unsupported } from '../sqlError';
import { duckdbType, typeText, type IntervalUnit, type SqlType } from '../sqlType';
import { once } from '../types/typed';
import { NoCast, type Cast } from './castRules';

type IntervalType = SqlType & { kind: 'interval' };

/** How much one of a unit counts: months for years and months, microseconds for the others. */
export const UNIT_SIZE: Record<IntervalUnit, string> = {
	year: '12',
	month: '1',
	day: '86400000000',
	hour: '3600000000',
	minute: '60000000',
	second: '1000000',
};
const UNITS: IntervalUnit[] = ['year', 'month', 'day', 'hour', 'minute', 'second'];
/** The most that a unit below the first may count. */
const LIMITS: Partial<Record<IntervalUnit, number>> = {
	month: 11,
	hour: 23,
	minute: 59,
	second: 59,
};

export const isMonths = (type: SqlType): boolean =>
	type.kind === 'interval' && (type.start === 'year' || type.start === 'month');

function unitsOf({ start, end }: IntervalType): IntervalUnit[] {
	return UNITS.slice(UNITS.indexOf(start), UNITS.indexOf(end) + 1);
}

/**
 * A text as an interval: `1-2`, `3 04:05:06.5`, `7` by the units of the type, with a sign before it, or
 * all of it as a literal (`INTERVAL '7' DAY`). Other texts are refused at run time.
 */
export function textToInterval(sql: string, to: IntervalType): Cast {
	const units = unitsOf(to);
	const fields = units.map((unit, index) => {
		const before = index === 0 ? '' : unit === 'month' ? '-' : unit === 'hour' ? ' ' : ':';
		return `${before}(${unit === 'second' ? '[0-9]+(?:\\.[0-9]{1,9})?' : '[0-9]+'})`;
	});
	const names = ['sign', ...units];
	const literal = `(?i)^INTERVAL\\s+([+-]?)''([^'']*)''\\s+${typeText(to).slice('INTERVAL '.length).replaceAll(' ', '\\s+')}$`;
	const text = (v: string): string => `regexp_replace(trim(${v}), '${literal}', '\\1\\2')`;
	const parts = (v: string): string =>
		`regexp_extract(${text(v)}, '^([+-]?)${fields.join('')}$', [${names.map((name) => `'${name}'`).join(', ')}])`;
	const counts = units.map((unit) => {
		if (unit !== 'second') return `CAST(p.${unit} AS BIGINT) * ${UNIT_SIZE[unit]}`;
		const micros = `rpad(split_part(p.second, '.', 2)[1:6], 6, '0')`;
		return `CAST(split_part(p.second, '.', 1) AS BIGINT) * 1000000 + CAST(${micros} AS BIGINT)`;
	});
	const inside = units
		.slice(1)
		.map((unit) => ` AND CAST(p.${unit} AS DOUBLE) < ${(LIMITS[unit] ?? 0) + 1}`)
		.join('');
	const bad = `dbx_unsupported('this text as ${typeText(to)}')`;
	const value = `CAST((CASE WHEN p.sign = '-' THEN -1 ELSE 1 END) * (${counts.join(' + ')}) AS ${duckdbType(to)})`;
	const read = `CASE WHEN p.${to.start} <> ''${inside} THEN ${value} ELSE ${bad} END`;
	return {
		sql: once(
			sql,
			(v) =>
				`CASE WHEN ${v} IS NOT NULL THEN list_transform([${parts(v)}], lambda p: ${read})[1] END`,
		),
		fallible: true,
	};
}

/** A whole number as an interval of one unit. */
export function wholeToInterval(sql: string, from: SqlType, to: IntervalType): Cast {
	if (to.start !== to.end) throw unsupported(`CAST of ${typeText(from)} to ${typeText(to)}`);
	const count = `CAST(${sql} AS BIGINT) * ${UNIT_SIZE[to.end]}`;
	return { sql: `CAST(${count} AS ${duckdbType(to)})`, fallible: true };
}

/** An interval cut to the units of another type; months and days do not become each other. */
export function intervalToInterval(sql: string, from: IntervalType, to: IntervalType): Cast {
	if (isMonths(from) !== isMonths(to)) throw new NoCast();
	const unit = UNIT_SIZE[to.end];
	if (to.end === 'second' || unit === '1') return { sql, fallible: false };
	return { sql: `CAST(${sql} // ${unit} * ${unit} AS ${duckdbType(to)})`, fallible: false };
}

/** How many of its one unit an interval has, as BIGINT. */
export function intervalToWhole(sql: string, from: IntervalType, to: SqlType): string {
	if (from.start !== from.end) throw unsupported(`CAST of ${typeText(from)} to ${typeText(to)}`);
	return `CAST(${sql} // ${UNIT_SIZE[from.end]} AS BIGINT)`;
}
