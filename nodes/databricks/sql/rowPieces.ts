/** A row as Databricks writes it: text or null per cell; columnTypes.ts gives the cells types. */
export type Row = readonly (string | null)[];

/** Characters that are gathered before they are parsed: enough that parsing costs what one parse would. */
const pieceLength = 65_536;

/** How many places a cut is tried at; only a text that looks like the end of a row needs a second. */
const cutsTried = 16;

/**
 * Reads `[["a",null],["b","c"]]` from a stream and gives its rows as they come, so that a part of a
 * result of any size is never held as a whole. Throws SyntaxError when the text is no such list, also
 * when it ends early.
 */
export async function* rowPieces(
	stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Row[], void, undefined> {
	const decoder = new TextDecoder();
	/** What is not parsed yet; begins with the bracket of the list or the comma after a row. */
	let rest = '';
	const parts: string[] = [];
	let length = 0;
	for await (const bytes of stream) {
		const text = decoder.decode(bytes, { stream: true });
		parts.push(text);
		length += text.length;
		if (length < pieceLength) continue;
		const cut = cutAtRow([rest, ...parts].join(''));
		rest = cut.rest;
		parts.length = 0;
		length = 0;
		if (cut.rows.length > 0) yield cut.rows;
	}
	const last = rowsIn([rest, ...parts, decoder.decode()].join('').trim(), '');
	if (last.length > 0) yield last;
}

/**
 * The rows of a whole text, a piece at a time. Throws SyntaxError when the text is no list of rows.
 */
export function* rowsInText(text: string): Generator<Row[], void, undefined> {
	let position = 0;
	let length = pieceLength;
	while (position + length < text.length) {
		const { rows, rest } = cutAtRow(text.slice(position, position + length));
		position += length - rest.length;
		// A row longer than a piece needs a longer one.
		length = rows.length === 0 ? 2 * length : pieceLength;
		if (rows.length > 0) yield rows;
	}
	const last = rowsIn(text.slice(position).trim(), '');
	if (last.length > 0) yield last;
}

/**
 * The complete rows at the beginning. Where a row ends is found from the back and proved by the
 * parser: a cut inside of a text leaves that text open, which is no JSON.
 */
function cutAtRow(text: string): { rows: Row[]; rest: string } {
	let end = text.length;
	for (let tried = 0; tried < cutsTried; tried++) {
		end = text.lastIndexOf('],[', end - 1);
		if (end <= 0) break;
		const rows = parsedRows(text.slice(0, end + 1));
		if (rows !== undefined) return { rows, rest: text.slice(end + 1) };
	}
	return { rows: [], rest: text };
}

function parsedRows(text: string): Row[] | undefined {
	try {
		return rowsIn(text, ']');
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

/** The rows in a text whose first character is the bracket or comma before them. */
function rowsIn(text: string, closing: string): Row[] {
	if (!/^[[,]/.test(text)) throw new SyntaxError('The rows are no list.');
	const rows: unknown = JSON.parse(`[${text.slice(1)}${closing}`);
	if (areRows(rows)) return rows;
	throw new SyntaxError('The rows are no lists of texts.');
}

/** Whether a parsed value is a list of rows; a schema would take as long as everything else. */
export function areRows(value: unknown): value is Row[] {
	if (!Array.isArray(value)) return false;
	for (const row of value) {
		if (!Array.isArray(row)) return false;
		for (const cell of row) if (typeof cell !== 'string' && cell !== null) return false;
	}
	return true;
}
