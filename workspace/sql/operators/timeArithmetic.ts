import { coerce } from '../casts/coercion';
import { textSql } from '../casts/text';
import { isMonths } from '../casts/interval';
import { unsupported } from '../sqlError';
import { timeType, typeText, type SqlType } from '../sqlType';
import { isTime } from '../types/commonType';
import { timeOfMicros } from '../types/timeOfDay';
import { derive, onceEach, type Typed } from '../types/typed';

const DAY_MICROS = '86400000000';

/**
 * A time of day ± a day-time interval, and the time between two of them; undefined where Spark has no
 * such operation. @throws SqlError DATETIME_OVERFLOW at run time, where the result is on another day
 */
export function timeOfDayArithmetic(
	operator: string,
	left: Typed,
	right: Typed,
): Typed | undefined {
	const label = `${left.label} ${operator} ${right.label}`;
	for (const { type } of [left, right]) {
		if (isTime(type) || ['date', 'void', 'calendar_interval'].includes(type.kind)) {
			throw unsupported(`${typeText(left.type)} ${operator} ${typeText(right.type)}`);
		}
	}
	if (operator === '+' && left.type.kind === 'interval') return moved('+', right, left, label);
	if (operator !== '+' && operator !== '-') return undefined;
	if (right.type.kind === 'interval') return moved(operator, left, right, label);
	return operator === '-' ? between(left, right, label) : undefined;
}

function moved(operator: string, time: Typed, interval: Typed, label: string): Typed | undefined {
	const { type } = interval;
	if (time.type.kind !== 'time' || type.kind !== 'interval' || isMonths(type)) return undefined;
	// Seconds may bring digits after the point that a TIME(0) has no place for.
	const result = timeType(type.end === 'second' ? 6 : time.type.precision);
	const amount = operator === '-' ? `(-${interval.sql})` : interval.sql;
	const sql = onceEach(time.sql, amount, (t, i) => {
		const micros = `epoch_us(${t}) + ${i}`;
		const fail = `CAST(dbx_time_overflow(${textSql(i, type)}, CAST(${t} AS VARCHAR)) AS TIME)`;
		return `CASE WHEN ${micros} < 0 OR ${micros} >= ${DAY_MICROS} THEN ${fail} ELSE ${timeOfMicros(micros)} END`;
	});
	return derive(sql, result, label, [time, interval], { fallible: true });
}

const HOUR_TO_SECOND: SqlType = { kind: 'interval', start: 'hour', end: 'second' };

function between(left: Typed, right: Typed, label: string): Typed | undefined {
	const sides = [left, right].map((side) =>
		side.type.kind === 'string' ? coerce(side, timeType(6)) : side,
	);
	if (!sides.every((side) => side.type.kind === 'time')) return undefined;
	const [ours, theirs] = sides.map((side) => `epoch_us(${side.sql})`);
	return derive(`(${ours} - ${theirs})`, HOUR_TO_SECOND, label, sides);
}
