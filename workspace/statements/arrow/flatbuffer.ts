/**
 * A writer of flatbuffers, as small as Arrow's metadata needs: tables, vectors, structs and texts, each
 * written before what it refers to. Source: "FlatBuffers internals", the binary format.
 */
export type Value =
	| { kind: 'bool' | 'byte' | 'short' | 'int'; value: number }
	| { kind: 'long'; value: bigint }
	| { kind: 'text'; value: string }
	/** Fields by their numbers; undefined is a field that has its default. */
	| { kind: 'table'; fields: readonly (Value | undefined)[] }
	| { kind: 'tables'; items: readonly Value[] }
	/** Structs of two longs. */
	| { kind: 'pairs'; items: readonly (readonly [bigint, bigint])[] };

const sizes = { bool: 1, byte: 1, short: 2, int: 4, long: 8 } as const;

export const bool = (value: boolean): Value => ({ kind: 'bool', value: value ? 1 : 0 });
export const byte = (value: number): Value => ({ kind: 'byte', value });
export const short = (value: number): Value => ({ kind: 'short', value });
export const int = (value: number): Value => ({ kind: 'int', value });
export const long = (value: number): Value => ({ kind: 'long', value: BigInt(value) });
export const text = (value: string): Value => ({ kind: 'text', value });
export const table = (...fields: (Value | undefined)[]): Value => ({ kind: 'table', fields });
export const tables = (items: readonly Value[]): Value => ({ kind: 'tables', items });

/** The bytes of a flatbuffer with this root, a multiple of 8. */
export function flatbuffer(root: Value): Buffer {
	const writer = new Writer();
	writer.reference(root);
	writer.flush();
	writer.align(8, 0);
	return writer.bytes();
}

class Writer {
	private buffer = Buffer.alloc(1_024);
	private length = 0;
	private readonly waiting: { at: number; value: Value }[] = [];

	bytes(): Buffer {
		return this.buffer.subarray(0, this.length);
	}

	/** Keeps room for the offset to a value that is written later. */
	reference(value: Value): void {
		this.waiting.push({ at: this.reserve(4), value });
	}

	/** Writes what was referred to, and what that refers to. */
	flush(): void {
		for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
			const position = this.write(next.value);
			this.buffer.writeUInt32LE(position - next.at, next.at);
		}
	}

	/** Goes on until `ahead` bytes further on is a multiple of `size`. */
	align(size: number, ahead: number): void {
		this.reserve((size - ((this.length + ahead) % size)) % size);
	}

	/** Room for so many bytes; the buffer may be another one afterwards. */
	private reserve(count: number): number {
		const at = this.length;
		this.length += count;
		while (this.length > this.buffer.length) {
			this.buffer = Buffer.concat([this.buffer, Buffer.alloc(this.buffer.length)]);
		}
		return at;
	}

	private write(value: Value): number {
		switch (value.kind) {
			case 'text':
				return this.writeText(value.value);
			case 'table':
				return this.writeTable(value.fields);
			case 'tables': {
				this.align(4, 0);
				const start = this.count(value.items.length);
				for (const item of value.items) this.reference(item);
				return start;
			}
			case 'pairs': {
				this.align(8, 4);
				const start = this.count(value.items.length);
				for (const item of value.items) {
					for (const member of item) this.writeLong(member);
				}
				return start;
			}
			default:
				throw new Error('A number stands in a table.');
		}
	}

	private writeText(value: string): number {
		const bytes = Buffer.from(value);
		this.align(4, 0);
		const start = this.count(bytes.length);
		const at = this.reserve(bytes.length + 1);
		bytes.copy(this.buffer, at);
		return start;
	}

	private count(items: number): number {
		const at = this.reserve(4);
		this.buffer.writeUInt32LE(items, at);
		return at;
	}

	private writeTable(fields: readonly (Value | undefined)[]): number {
		const vtableSize = 4 + 2 * fields.length;
		this.align(8, vtableSize);
		const vtable = this.reserve(vtableSize);
		const start = this.reserve(4);
		this.buffer.writeInt32LE(start - vtable, start);
		for (const [index, field] of fields.entries()) {
			if (field === undefined) continue;
			const size = 'value' in field && field.kind !== 'text' ? sizes[field.kind] : 4;
			this.align(size, 0);
			this.buffer.writeUInt16LE(this.length - start, vtable + 4 + 2 * index);
			this.writeField(field);
		}
		this.buffer.writeUInt16LE(vtableSize, vtable);
		this.buffer.writeUInt16LE(this.length - start, vtable + 2);
		return start;
	}

	private writeLong(value: bigint): void {
		const at = this.reserve(8);
		this.buffer.writeBigInt64LE(value, at);
	}

	private writeField(field: Value): void {
		switch (field.kind) {
			case 'bool':
			case 'byte':
			case 'short':
			case 'int': {
				const size = sizes[field.kind];
				const at = this.reserve(size);
				this.buffer.writeIntLE(field.value, at, size);
				break;
			}
			case 'long':
				this.writeLong(field.value);
				break;
			default:
				this.reference(field);
		}
	}
}
