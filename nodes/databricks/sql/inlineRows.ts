import { DatabricksError } from '../errors';
import { parseJson } from '../ids';
import { areRows, type Row, rowsInText } from './rowPieces';

/** Shorter answers are read at once. */
const longAnswer = 262_144;

/**
 * The rows of a long answer, still as text: they are parsed piece by piece when they are read, so that
 * the cells that typing replaces are garbage before the collector has copied them twice.
 */
export class InlineRows {
	constructor(private readonly text: string) {}

	/** Throws DatabricksError (unexpectedAnswer) when the text is no list of rows. */
	*[Symbol.iterator](): Generator<Row[], void, undefined> {
		try {
			yield* rowsInText(this.text);
		} catch (error) {
			if (!(error instanceof SyntaxError)) throw error;
			throw new DatabricksError({
				kind: 'unexpectedAnswer',
				message: 'Databricks answered with rows in a form that is not known here.',
			});
		}
	}
}

/** Rows that came with an answer, in one piece or in several. */
export function isInlineRows(value: unknown): value is Row[] | InlineRows {
	return value instanceof InlineRows || areRows(value);
}

/** Pieces of the rows, in their order. */
export function piecesOf(rows: readonly Row[] | InlineRows): Iterable<readonly Row[]> {
	return rows instanceof InlineRows ? rows : [rows];
}

/**
 * Reads an answer of the Statement Execution API like `parseJson`; in a long one, `data_array` is
 * InlineRows. Throws SyntaxError.
 */
export function parseStatementAnswer(text: string): unknown {
	return (text.length < longAnswer ? undefined : withRowsAsText(text)) ?? parseJson(text);
}

/**
 * The answer with its rows cut out. Quotes inside of a text are escaped, so the first one with this name
 * is a key; the list is taken to end at the last two brackets. That it does is proved by its last row
 * and by what is left, which are both JSON only then; undefined when they are not.
 */
function withRowsAsText(text: string): unknown {
	const key = /(?<!\\)"data_array"\s*:\s*(?=\[\s*\[)/.exec(text);
	if (key === null) return undefined;
	const start = key.index + key[0].length;
	const end = text.lastIndexOf(']]') + 2;
	const lastRow = text.lastIndexOf('],[', end - 3) + 2;
	if (lastRow < start) return undefined;
	try {
		if (!areRows([JSON.parse(text.slice(lastRow, end - 1))])) return undefined;
		const around: unknown = parseJson(`${text.slice(0, start)}null${text.slice(end)}`);
		return withRows(around, new InlineRows(text.slice(start, end)));
	} catch {
		return undefined;
	}
}

/** Puts the rows where they were: into the answer itself, or into its `result`. */
function withRows(answer: unknown, rows: InlineRows): unknown {
	if (typeof answer !== 'object' || answer === null) return answer;
	if ('data_array' in answer) return { ...answer, data_array: rows };
	return 'result' in answer ? { ...answer, result: withRows(answer.result, rows) } : answer;
}
