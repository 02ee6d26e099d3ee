/**
 * A value of a flatbuffer: a number of at most 32 bits, a text, a table by the numbers of its fields, or
 * a list of tables. A field that is undefined has its default.
 */
export type Metadata = number | string | Table | readonly Table[];

export class Table {
	readonly fields: readonly (Metadata | undefined)[];

	constructor(...fields: (Metadata | undefined)[]) {
		this.fields = fields;
	}
}

/**
 * The bytes of a flatbuffer, a multiple of 8. Every field has four bytes, whatever its type needs: so
 * all is aligned by itself. Source: "FlatBuffers internals", the binary format.
 */
export function metadataBytes(root: Table): Buffer {
	const writer = new Writer();
	writer.refer(root);
	return writer.bytes();
}

class Writer {
	private readonly words: number[] = [];
	private readonly waiting: { at: number; value: Exclude<Metadata, number> }[] = [];

	/** Keeps room for the offset to a value that is written later. */
	refer(value: Exclude<Metadata, number>): void {
		this.waiting.push({ at: this.words.push(0) - 1, value });
	}

	bytes(): Buffer {
		for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
			const { at, value } = next;
			this.words[at] = (this.write(value) - at) * 4;
		}
		if (this.words.length % 2 === 1) this.words.push(0);
		const buffer = Buffer.alloc(this.words.length * 4);
		for (const [index, word] of this.words.entries()) buffer.writeInt32LE(word | 0, index * 4);
		return buffer;
	}

	/** Writes a value and gives the word that it begins at. */
	private write(value: Exclude<Metadata, number>): number {
		if (value instanceof Table) return this.writeTable(value.fields);
		const start = this.words.length;
		if (typeof value !== 'string') {
			this.words.push(value.length);
			for (const table of value) this.refer(table);
			return start;
		}
		const text = Buffer.from(value);
		this.words.push(text.length);
		// With the zero that ends it.
		const padded = Buffer.alloc(Math.ceil((text.length + 1) / 4) * 4);
		text.copy(padded);
		for (let at = 0; at < padded.length; at += 4) this.words.push(padded.readInt32LE(at));
		return start;
	}

	/** The sizes and places of the fields, of 16 bits each, stand before the table. */
	private writeTable(fields: readonly (Metadata | undefined)[]): number {
		const present = fields.filter((field) => field !== undefined);
		const places = [4 + fields.length * 2, 4 + present.length * 4];
		let place = 4;
		for (const field of fields) {
			places.push(field === undefined ? 0 : place);
			if (field !== undefined) place += 4;
		}
		if (places.length % 2 === 1) places.push(0);
		const vtable = this.words.length;
		for (let index = 0; index < places.length; index += 2) {
			this.words.push((places[index] ?? 0) | ((places[index + 1] ?? 0) << 16));
		}
		const start = this.words.length;
		this.words.push((start - vtable) * 4);
		for (const field of present) {
			if (typeof field === 'number') this.words.push(field);
			else this.refer(field);
		}
		return start;
	}
}
