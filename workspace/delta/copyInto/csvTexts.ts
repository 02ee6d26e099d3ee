import { unsupported } from '../../sql/sqlError';

/** How CSV is written. */
export interface CsvDialect {
	delimiter: string;
	/** What stands before a quote inside of quotes: Spark's default is a backslash. */
	escape: string;
	/** The text that is NULL; an empty field is it always. */
	nullValue: string;
	/** Whether a value in quotes may go on in the next line. */
	multiLine: boolean;
}

/** A record as the texts of its fields. */
export type TextRecord = (string | null)[];

/**
 * Reads CSV as Spark does, as far as it is sure what Spark does; any other text is refused by the
 * line that it is in. Lines without anything are left out.
 */
export function csvRecords(text: string, dialect: CsvDialect, file: string): TextRecord[] {
	const records: TextRecord[] = [];
	const reader = new CsvReader(text.replace(/^\ufeff/, ''), dialect, file);
	for (let record = reader.next(); record !== undefined; record = reader.next()) {
		records.push(record);
	}
	return records;
}

const lineEnd = /\r\n|\n|\r/y;

class CsvReader {
	private at = 0;
	private line = 1;

	constructor(
		private readonly text: string,
		private readonly dialect: CsvDialect,
		private readonly file: string,
	) {}

	/** The next record; undefined at the end. */
	next(): TextRecord | undefined {
		while (this.skipLineEnd()) this.line++;
		if (this.at >= this.text.length) return undefined;
		const record: TextRecord = [];
		for (;;) {
			record.push(this.text[this.at] === '"' ? this.quoted() : this.plain());
			if (this.text[this.at] !== this.dialect.delimiter) break;
			this.at++;
		}
		if (this.at < this.text.length && !this.skipLineEnd()) {
			throw this.refusal('text behind a closing quote');
		}
		this.line++;
		const [only] = record;
		if (record.length === 1 && only !== null && only?.trim() === '') {
			throw this.refusal('a line of blanks');
		}
		return record;
	}

	private plain(): string | null {
		const start = this.at;
		const { delimiter, nullValue } = this.dialect;
		while (this.at < this.text.length) {
			const character = this.text[this.at];
			if (character === delimiter || character === '\n' || character === '\r') break;
			this.at++;
		}
		const value = this.text.slice(start, this.at);
		if (/^\s+"/.test(value)) throw this.refusal('blanks before an opening quote');
		return value === '' || value === nullValue ? null : value;
	}

	private quoted(): string | null {
		const { escape, multiLine, nullValue } = this.dialect;
		let value = '';
		for (this.at++; ; this.at++) {
			const character = this.text[this.at];
			if (character === undefined) throw this.refusal('a quote that is not closed');
			if ((character === '\n' || character === '\r') && !multiLine) {
				throw this.refusal("a line break in quotes without 'multiLine' = 'true'");
			}
			if (character === escape && this.text[this.at + 1] === '"') {
				value += '"';
				this.at++;
			} else if (character === '"') break;
			else if (character === escape) throw this.refusal('an escape that is not before a quote');
			else value += character;
			if (character === '\n') this.line++;
		}
		this.at++;
		return value === nullValue ? null : value;
	}

	private skipLineEnd(): boolean {
		lineEnd.lastIndex = this.at;
		const end = lineEnd.exec(this.text)?.[0];
		if (end === undefined) return false;
		this.at += end.length;
		return true;
	}

	private refusal(what: string) {
		return unsupported(`${what} in line ${this.line} of the CSV file ${this.file}`);
	}
}
