import type { Row } from './rowPieces';

/** Rows as CSV (RFC 4180), without a header. */
export interface CsvPiece {
	bytes: Uint8Array;
	rowCount: number;
}

/**
 * A line of RFC 4180. Values are as Databricks writes them; NULL is an empty field, an empty text is
 * quoted.
 */
export function csvLine(cells: readonly (string | null)[]): string {
	let line = '';
	for (let index = 0; index < cells.length; index++) {
		const cell = cells[index];
		if (index > 0) line += ',';
		if (cell !== null && cell !== undefined) line += csvCell(cell);
	}
	return `${line}\r\n`;
}

const needsQuotes = /[",\r\n]/;

function csvCell(text: string): string {
	if (text === '') return '""';
	return needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The same of rows that are there. */
export function csvOf(rows: readonly Row[]): CsvPiece {
	return { bytes: Buffer.from(rows.map(csvLine).join('')), rowCount: rows.length };
}

/**
 * Turns `[["a",null],["b","c"]]` into CSV while it comes, byte by byte: a value without an escape is
 * never made a text, so a result of any size costs as little memory as it can. Throws SyntaxError when
 * the bytes are no such list, also when they end early.
 */
export async function* csvPieces(
	stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<CsvPiece, void, undefined> {
	const writer = new CsvWriter();
	for await (const bytes of stream) {
		const piece = writer.add(bytes);
		if (piece.bytes.length > 0) yield piece;
	}
	writer.end();
}

const [quote, comma, open, close, backslash] = [0x22, 0x2c, 0x5b, 0x5d, 0x5c];
const [carriageReturn, lineFeed] = [0x0d, 0x0a];

/** What comes next: the list, its first row, a cell, what is behind one, what is behind a row, nothing. */
type Next = 'list' | 'firstRow' | 'row' | 'firstCell' | 'cell' | 'cellEnd' | 'rowEnd' | 'nothing';

class CsvWriter {
	private next: Next = 'list';
	/** The beginning of a cell whose end has not come. */
	private rest: Uint8Array = new Uint8Array(0);
	private out = Buffer.alloc(0);
	private length = 0;
	private rowCount = 0;

	/** The lines, or parts of them, that the bytes complete. */
	add(bytes: Uint8Array): CsvPiece {
		const input = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
		// CSV is never longer than the JSON of the same values, but for the end of a row begun before.
		this.out = Buffer.allocUnsafe(input.length + 1);
		this.length = 0;
		this.rowCount = 0;
		let at = 0;
		while (at < input.length) {
			const after = this.read(input, at);
			if (after === undefined) break;
			at = after;
		}
		this.rest = input.subarray(at);
		return { bytes: this.out.subarray(0, this.length), rowCount: this.rowCount };
	}

	/** Throws SyntaxError when the list is not complete. */
	end(): void {
		if (this.next !== 'nothing' || this.rest.length > 0) throw notRows();
	}

	/** Reads one token and gives the position after it; undefined when its end has not come. */
	private read(input: Uint8Array, at: number): number | undefined {
		const byte = input[at] ?? 0;
		if (byte === 0x20 || byte === 0x09 || byte === lineFeed || byte === carriageReturn)
			return at + 1;
		switch (this.next) {
			case 'firstCell':
			case 'cell':
				if (byte === quote) return this.text(input, at);
				if (byte === close && this.next === 'firstCell') return this.endRow(at);
				return this.null(input, at);
			case 'cellEnd':
				if (byte === close) return this.endRow(at);
				if (byte !== comma) throw notRows();
				this.out[this.length++] = comma;
				this.next = 'cell';
				return at + 1;
			case 'rowEnd':
				if (byte !== comma && byte !== close) throw notRows();
				this.next = byte === comma ? 'row' : 'nothing';
				return at + 1;
			case 'firstRow':
			case 'row':
				if (byte === close && this.next === 'firstRow') this.next = 'nothing';
				else if (byte === open) this.next = 'firstCell';
				else throw notRows();
				return at + 1;
			case 'list':
				if (byte !== open) throw notRows();
				this.next = 'firstRow';
				return at + 1;
			default:
				throw notRows();
		}
	}

	private endRow(at: number): number {
		this.out[this.length++] = carriageReturn;
		this.out[this.length++] = lineFeed;
		this.rowCount++;
		this.next = 'rowEnd';
		return at + 1;
	}

	private null(input: Uint8Array, at: number): number | undefined {
		const word = Buffer.from(input.subarray(at, at + 4)).toString('latin1');
		if (word === 'null') this.next = 'cellEnd';
		else if (!'null'.startsWith(word)) throw notRows();
		return word === 'null' ? at + 4 : undefined;
	}

	/** Copies a text as far as it needs no change, which is nearly always to its end. */
	private text(input: Uint8Array, at: number): number | undefined {
		const { out } = this;
		const start = this.length;
		let length = start;
		let hasComma = false;
		for (let index = at + 1; index < input.length; index++) {
			const byte = input[index] ?? 0;
			if (byte === quote) {
				this.length = length;
				this.finish(start, hasComma);
				return index + 1;
			}
			if (byte === backslash) return this.escaped(input, at, index);
			if (byte < 0x20) throw notRows();
			if (byte === comma) hasComma = true;
			out[length++] = byte;
		}
		return undefined;
	}

	/** Puts quotes around what was written when it needs them. */
	private finish(start: number, hasComma: boolean): void {
		this.next = 'cellEnd';
		if (!hasComma && this.length > start) return;
		this.out.copyWithin(start + 1, start, this.length);
		this.out[start] = quote;
		this.out[this.length + 1] = quote;
		this.length += 2;
	}

	/** A text with an escape, read by the parser. */
	private escaped(input: Uint8Array, at: number, firstEscape: number): number | undefined {
		let index = firstEscape;
		while (index < input.length && input[index] !== quote) {
			index += input[index] === backslash ? 2 : 1;
		}
		if (index >= input.length) return undefined;
		const text: unknown = JSON.parse(Buffer.from(input.subarray(at, index + 1)).toString('utf8'));
		if (typeof text !== 'string') throw notRows();
		const csv = Buffer.from(csvCell(text));
		// Only bytes that are no UTF-8 become longer, by the sign that stands for each of them.
		if (this.length + csv.length > index + 2) throw notRows();
		this.length += csv.copy(this.out, this.length);
		this.next = 'cellEnd';
		return index + 1;
	}
}

function notRows(): SyntaxError {
	return new SyntaxError('The rows are no lists of texts.');
}
