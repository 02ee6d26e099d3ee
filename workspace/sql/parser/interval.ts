import { SqlError, unsupported } from '../sqlError';
import type { IntervalUnit } from '../sqlType';
import { parsePrimary, type SqlCursor } from './grammar';
import type { Expr } from './syntax';

/** A unit word: the field it fills and by how much one of it counts there. */
const UNITS: Record<string, [unit: IntervalUnit, scale: number]> = {
	YEAR: ['year', 1],
	MONTH: ['month', 1],
	WEEK: ['day', 7],
	DAY: ['day', 1],
	HOUR: ['hour', 1],
	MINUTE: ['minute', 1],
	SECOND: ['second', 1],
	MILLISECOND: ['second', 1e-3],
	MICROSECOND: ['second', 1e-6],
};

function unitAt(cursor: SqlCursor, ahead: number): [IntervalUnit, number] | undefined {
	const token = cursor.peek(ahead);
	if (token.kind !== 'word') return undefined;
	const word = token.text.toUpperCase();
	return UNITS[word] ?? UNITS[word.replace(/S$/, '')];
}

/**
 * `INTERVAL 3 DAY`, `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL :n MONTHS`, `INTERVAL 1 DAY 2 HOURS`,
 * `INTERVAL '3 days'`. Undefined when the word is only a column's name.
 */
export function parseIntervalLiteral(cursor: SqlCursor): Expr | undefined {
	const position = cursor.position;
	const start = cursor.next().start;
	const value = cursor.peek();
	const begins =
		value.kind === 'number' ||
		value.kind === 'string' ||
		cursor.isSymbol('(') ||
		cursor.isSymbol(':') ||
		cursor.isSymbol('-') ||
		cursor.isSymbol('+') ||
		(value.kind === 'word' && unitAt(cursor, 1) !== undefined);
	if (!begins) {
		cursor.rewind(position);
		return undefined;
	}
	if (value.kind === 'string' && unitAt(cursor, 1) === undefined) {
		cursor.next();
		return textInterval(value.value, start, value.end);
	}
	const parts: Expr[] = [];
	do {
		const part = intervalPart(cursor, start);
		if (part === undefined) break;
		parts.push(part);
	} while (cursor.peek().kind === 'number' || cursor.peek().kind === 'string');
	const [first, ...rest] = parts;
	if (first === undefined) {
		cursor.rewind(position);
		return undefined;
	}
	return rest.reduce((left, right) => joinParts(left, right), first);
}

function intervalPart(cursor: SqlCursor, start: number): Expr | undefined {
	const negative = cursor.acceptSymbol('-');
	if (!negative) cursor.acceptSymbol('+');
	let value = parsePrimary(cursor);
	const found = unitAt(cursor, 0);
	if (found === undefined) return undefined;
	cursor.next();
	const [unit, scale] = found;
	let end = unit;
	if (cursor.isWord('TO') && unitAt(cursor, 1) !== undefined) {
		cursor.next();
		end = unitAt(cursor, 0)?.[0] ?? unit;
		cursor.next();
	}
	if (negative && value.kind === 'literal' && !value.value.startsWith('-')) {
		value = { ...value, value: `-${value.value}` };
	} else if (negative) {
		value = { kind: 'unary', operator: '-', operand: value, start, end: cursor.lastEnd };
	}
	return { kind: 'interval', value, start, end: cursor.lastEnd, ...fields(unit, end, scale) };
}

const fields = (start: IntervalUnit, end: IntervalUnit, scale: number): IntervalFields => ({
	from: start,
	to: end,
	scale,
});
interface IntervalFields {
	from: IntervalUnit;
	to: IntervalUnit;
	scale: number;
}

function joinParts(left: Expr, right: Expr): Expr {
	return { kind: 'binary', operator: 'interval+', left, right, start: left.start, end: right.end };
}

/** `INTERVAL '1 day 2 hours'`: number and unit pairs inside one string. */
function textInterval(text: string, start: number, end: number): Expr {
	const bad = new SqlError(
		'INVALID_TYPED_LITERAL',
		'42604',
		`The value of the typed literal "INTERVAL" is invalid: '${text}'.`,
	);
	const words = text.trim().split(/\s+/);
	if (words[0]?.toLowerCase() === 'interval') throw unsupported('INTERVAL inside an interval text');
	const parts: Expr[] = [];
	for (let index = 0; index < words.length; index += 2) {
		const number = words[index] ?? '';
		const word = (words[index + 1] ?? '').toUpperCase();
		const unit = UNITS[word] ?? UNITS[word.replace(/S$/, '')];
		if (!/^[+-]?\d+(\.\d+)?$/.test(number) || unit === undefined) throw bad;
		const value: Expr = { kind: 'literal', type: 'string', value: number, start, end };
		parts.push({ kind: 'interval', value, start, end, ...fields(unit[0], unit[0], unit[1]) });
	}
	const [first, ...rest] = parts;
	if (first === undefined) throw bad;
	return rest.reduce((left, right) => joinParts(left, right), first);
}
