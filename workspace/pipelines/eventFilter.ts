import { invalidParameter } from '../apiError';
import { eventLevels, type PipelineEvent } from './events';

type Test = (event: PipelineEvent) => boolean;

const word = /\s*(?:(<=|>=|[<>=(),])|'((?:[^']|'')*)'|"([^"]*)"|([A-Za-z_][\w.]*))/y;

interface Word {
	kind: 'symbol' | 'text' | 'name';
	value: string;
}

/**
 * Reads the `filter` of an event listing: `level = 'X'`, `level in ('X', 'Y')`, `id = 'X'`,
 * `timestamp > 'T'` (and < <= >= =), joined by AND. `update_id = 'X'` is not documented, but the
 * Databricks CLI relies on it. Throws ApiError 400 for anything else.
 */
export function parseEventFilter(filter: string): Test {
	const words = readWords(filter);
	if (words.length === 0) return () => true;
	const tests: Test[] = [];
	let at = 0;
	const refuse = (): never => {
		throw invalidParameter(
			`The filter "${filter}" cannot be read. Use level, id, timestamp or update_id, joined by AND, for example: level in ('WARN', 'ERROR') AND timestamp > '2026-10-31T00:00:00.000Z'.`,
		);
	};
	const next = (kind: Word['kind']): string => {
		const found = words[at++];
		return found?.kind === kind ? found.value : refuse();
	};
	for (;;) {
		const field = next('name').toLowerCase();
		const operator = words[at]?.kind === 'name' ? next('name').toLowerCase() : next('symbol');
		const values = operator === 'in' ? readList(next, () => words[at]) : [next('text')];
		tests.push(testOf(field, operator, values) ?? refuse());
		if (at === words.length) break;
		if (next('name').toLowerCase() !== 'and') refuse();
	}
	return (event) => tests.every((test) => test(event));
}

function readWords(filter: string): Word[] {
	const words: Word[] = [];
	word.lastIndex = 0;
	const end = filter.trimEnd().length;
	while (word.lastIndex < end) {
		const match = word.exec(filter);
		if (!match) throw invalidParameter(`The filter "${filter}" cannot be read.`);
		const [, symbol, single, double, name] = match;
		if (symbol !== undefined) words.push({ kind: 'symbol', value: symbol });
		else if (name !== undefined) words.push({ kind: 'name', value: name });
		else words.push({ kind: 'text', value: single?.replaceAll("''", "'") ?? double ?? '' });
	}
	return words;
}

function readList(next: (kind: Word['kind']) => string, peek: () => Word | undefined): string[] {
	if (next('symbol') !== '(')
		throw invalidParameter('After "in" a list in parentheses must follow.');
	const values = [next('text')];
	while (peek()?.value === ',') {
		next('symbol');
		values.push(next('text'));
	}
	if (next('symbol') !== ')') throw invalidParameter('The list after "in" does not end.');
	return values;
}

function testOf(field: string, operator: string, values: string[]): Test | undefined {
	const [first = ''] = values;
	const isOneOf = operator === '=' || operator === 'in';
	if (field === 'level' && isOneOf) {
		const unknown = values.find((value) => !eventLevels.some((level) => level === value));
		if (unknown !== undefined) throw invalidParameter(`"${unknown}" is no level of events.`);
		return (event) => values.includes(event.level);
	}
	if (field === 'id' && operator === '=') return (event) => event.id === first;
	if ((field === 'update_id' || field === 'origin.update_id') && operator === '=') {
		return (event) => event.origin.update_id === first;
	}
	if (field === 'timestamp' && operator !== 'in') return timestampTest(operator, first);
	return undefined;
}

function timestampTest(operator: string, text: string): Test | undefined {
	const limit = Date.parse(text);
	if (Number.isNaN(limit)) throw invalidParameter(`"${text}" is no timestamp.`);
	const compare: Record<string, (at: number) => boolean> = {
		'<': (at) => at < limit,
		'<=': (at) => at <= limit,
		'=': (at) => at === limit,
		'>=': (at) => at >= limit,
		'>': (at) => at > limit,
	};
	const holds = compare[operator];
	return holds && ((event) => holds(Date.parse(event.timestamp)));
}
