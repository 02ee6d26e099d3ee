import { coerce, wrongArgument } from '../casts/coercion';
import type { Expr } from '../parser/syntax';
import { SqlError, unsupported } from '../sqlError';
import { BIGINT, decimalType, INT, STRING, timeType } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { localIso } from '../timeZones/sessionZone';
import { timeOfMicros } from '../types/timeOfDay';
import { derive, once, onceEach, type Typed } from '../types/typed';
import { argument, asInt, literalText } from './define';
import type { CallSite, ScalarFunction } from './signature';

const TIME = timeType(6);

/** Microseconds of the units that a time of day has. */
const UNITS: Record<string, string> = {
	HOUR: '3600000000',
	MINUTE: '60000000',
	SECOND: '1000000',
	MILLISECOND: '1000',
	MICROSECOND: '1',
};

function sizeOf(unit: string, site: CallSite): string {
	const size = UNITS[unit.toUpperCase()];
	if (size !== undefined) return size;
	throw new SqlError(
		'INVALID_PARAMETER_VALUE.TIME_UNIT',
		'22023',
		`The value of parameter(s) \`unit\` in \`${site.name}\` is invalid: expects one of the units 'HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND', but got ''${unit}''.`,
	);
}

function timeArgument(value: Typed, index: number, site: CallSite): Typed {
	if (value.type.kind === 'time') return value;
	if (value.type.kind === 'void') return coerce(value, TIME);
	throw wrongArgument(site.label, index, '"TIME"', value);
}

const makeTime: ScalarFunction = {
	args: [3, 3],
	build(args, site) {
		const hour = asInt(argument(args, 0, site), site);
		const minute = asInt(argument(args, 1, site), site);
		const second = coerce(argument(args, 2, site), decimalType(16, 6));
		const sql = once(
			`{'h': ${hour.sql}, 'n': ${minute.sql}, 's': ${second.sql}}`,
			(parts) => `CAST(dbx_make_time(${parts}) AS TIME)`,
		);
		return derive(sql, TIME, site.label, [hour, minute, second], { fallible: true });
	},
};

/** to_time and try_to_time of a text without a format. */
const toTime = (tolerant: boolean): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const given = argument(args, 0, site);
		const label = tolerant ? `try_to_time(to_time(${given.label}))` : site.label;
		if (given.type.kind !== 'string' && given.type.kind !== 'void') {
			throw wrongArgument(site.label, 0, '"STRING"', given);
		}
		const text = coerce(given, STRING);
		const bad = (v: string): string => (tolerant ? 'NULL' : `CAST(dbx_bad_time(${v}) AS TIME)`);
		const sql = once(
			text.sql,
			(v) => `CASE WHEN ${v} IS NOT NULL THEN coalesce(dbx_text_to_time(${v}), ${bad(v)}) END`,
		);
		return derive(sql, TIME, label, [text], tolerant ? {} : { fallible: true });
	},
});

const timeTrunc: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const unit = literalText(argument(args, 0, site), 'time_trunc to a unit');
		const size = sizeOf(unit, site);
		const time = timeArgument(argument(args, 1, site), 1, site);
		const sql = timeOfMicros(`epoch_us(${time.sql}) // ${size} * ${size}`);
		return derive(sql, time.type, site.label, [time]);
	},
};

/** The unit as a word, as Databricks documents it, or as a text, as Spark 4.1 takes it. */
function unitOf(expr: Expr | undefined, site: CallSite): string {
	if (expr?.kind === 'column' && expr.name.length === 1) return expr.name[0] ?? '';
	if (expr?.kind === 'literal' && expr.type === 'string') return expr.value;
	throw unsupported(`${site.name} with a unit that is no constant`);
}

const timeDiff: ScalarFunction = {
	args: [3, 3],
	raw: true,
	build(_args, site) {
		const [unit, ...rest] = site.exprs;
		const written = unitOf(unit, site);
		const size = sizeOf(written, site);
		const [from, to] = rest.map((expr, index) => timeArgument(site.analyse(expr), index + 1, site));
		if (from === undefined || to === undefined) throw unsupported(site.name);
		const label = `time_diff(${written}, ${from.label}, ${to.label})`;
		const sql = onceEach(
			from.sql,
			to.sql,
			(a, b) => `((epoch_us(${b}) - epoch_us(${a})) // ${size})`,
		);
		return derive(sql, BIGINT, label, [from, to]);
	},
};

const currentTime: ScalarFunction = {
	args: [0, 1],
	build(args, site) {
		const digits = args.length === 0 ? '6' : args[0]?.literal?.value;
		if (typeof digits !== 'string' || (args[0] !== undefined && args[0].type !== INT)) {
			throw unsupported('current_time with digits that are no whole number');
		}
		const precision = Number(digits);
		if (precision < 0 || precision > 6) {
			throw new SqlError(
				'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE',
				'42K09',
				`Cannot resolve "current_time(${digits})" due to data type mismatch: The \`precision\` must be between [0, 6] (current value = ${digits}).`,
			);
		}
		const clock = localIso(site.scope.now).slice(11);
		const value = clock.slice(0, precision === 0 ? 8 : 9 + precision);
		return {
			sql: `TIME ${sqlString(value)}`,
			type: timeType(precision),
			label: `current_time(${digits})`,
		};
	},
};

export const TIMES_OF_DAY: [string, ScalarFunction][] = [
	['make_time', makeTime],
	['to_time', toTime(false)],
	['try_to_time', toTime(true)],
	['time_trunc', timeTrunc],
	['time_diff', timeDiff],
	['current_time', currentTime],
];

/** Functions whose result for a TIME, or for what holds some, was compared with Spark 4.1. */
const TAKES_TIME = new Set([
	...TIMES_OF_DAY.map(([name]) => name),
	...'hour minute second extract date_part datepart time string typeof cast'.split(' '),
	...'coalesce ifnull nvl nvl2 if iff nullif isnull isnotnull greatest least'.split(' '),
	...'count min max first last any_value first_value last_value min_by max_by'.split(' '),
	...'collect_list collect_set array_agg lag lead'.split(' '),
	...'array map struct named_struct element_at size transform explode array_join'.split(' '),
	...'sort_array array_contains array_max array_min array_distinct array_position'.split(' '),
	...'concat concat_ws length upper lower substring substr left trim replace split'.split(' '),
]);

export const takesTime = (name: string): boolean => TAKES_TIME.has(name);
