/**
 * The encapsulated messages of an Arrow IPC stream: a continuation mark, the length of the metadata,
 * the metadata (a flatbuffer), and a body. A length of 0 ends the stream.
 * Source: Apache Arrow, "Serialization and Interprocess Communication", and its Message.fbs.
 */
const continuation = 0xffffffff;

/** What ends an Arrow IPC stream. */
export const endOfStream = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/** Kinds of messages, by the numbers of the union MessageHeader. */
const schemaKind = 1;
const recordBatchKind = 3;

/** No metadata is as long: it has names and sizes of columns only. */
const longestMetadata = 64 * 1024 * 1024;

/** The bytes that are no Arrow IPC stream, or end before it does. */
export class ArrowError extends Error {}

/** A part of a stream: bytes to pass on as they are, and the rows that they begin. */
export interface ArrowPart {
	bytes: Uint8Array;
	rowCount: number;
}

/**
 * The messages of one Arrow IPC stream as they come, without the one that ends it. `schema` is the
 * one that the stream has to have, in which case it is left out, so that streams can be joined; it
 * gets the first one it meets. Bodies are passed on in the pieces in which they arrive. Throws
 * ArrowError.
 */
export async function* arrowParts(
	source: AsyncIterable<Uint8Array>,
	schema: { bytes?: Buffer },
): AsyncGenerator<ArrowPart, void, undefined> {
	const reader = new ByteReader(source);
	for (let isFirst = true; ; isFirst = false) {
		const head = await reader.take(4);
		// Nothing may stand behind the end, and a stream may end without its mark.
		if (head === undefined && !isFirst) return;
		const isMarked = head?.readUInt32LE(0) === continuation;
		const size = isMarked ? await reader.take(4) : head;
		if (head === undefined || size === undefined) throw new ArrowError('it ends within a message');
		const length = size.readUInt32LE(0);
		if (length === 0) return;
		if (length > longestMetadata) throw new ArrowError('it is no Arrow stream');
		const metadata = await reader.take(length);
		if (metadata === undefined) throw new ArrowError('it ends within a message');
		const { kind, bodyLength, rowCount } = readMessage(metadata);
		if (isFirst !== (kind === schemaKind)) throw new ArrowError('its schema is not at its start');
		const bytes = Buffer.concat([...(isMarked ? [head] : []), size, metadata]);
		if (kind !== schemaKind) yield { bytes, rowCount };
		else if (schema.bytes === undefined) {
			schema.bytes = bytes;
			yield { bytes, rowCount: 0 };
		} else if (!schema.bytes.equals(bytes)) {
			throw new ArrowError('its columns are not those of the chunk before');
		}
		yield* reader.pass(bodyLength);
	}
}

/** Reads a message: what it is, how long its body is, and how many rows a record batch has. */
function readMessage(metadata: Buffer): { kind: number; bodyLength: number; rowCount: number } {
	try {
		const message = tableAt(metadata, 0);
		const kindAt = fieldAt(metadata, message, 1);
		const kind = kindAt === undefined ? 0 : metadata.readUInt8(kindAt);
		const headerAt = fieldAt(metadata, message, 2);
		const lengthAt = fieldAt(metadata, message, 3);
		const bodyLength = lengthAt === undefined ? 0 : longAt(metadata, lengthAt);
		if (kind !== recordBatchKind || headerAt === undefined) {
			return { kind, bodyLength, rowCount: 0 };
		}
		const rowsAt = fieldAt(metadata, tableAt(metadata, headerAt), 0);
		return { kind, bodyLength, rowCount: rowsAt === undefined ? 0 : longAt(metadata, rowsAt) };
	} catch (error) {
		if (error instanceof RangeError) throw new ArrowError('it has a message that is none');
		throw error;
	}
}

/** The table that the offset at a position leads to. */
function tableAt(buffer: Buffer, position: number): number {
	return position + buffer.readUInt32LE(position);
}

/** The position of a table's field by its number; undefined when it has its default. */
function fieldAt(buffer: Buffer, table: number, field: number): number | undefined {
	const vtable = table - buffer.readInt32LE(table);
	const entry = 4 + field * 2;
	if (entry >= buffer.readUInt16LE(vtable)) return undefined;
	const offset = buffer.readUInt16LE(vtable + entry);
	return offset === 0 ? undefined : table + offset;
}

function longAt(buffer: Buffer, position: number): number {
	const value = Number(buffer.readBigInt64LE(position));
	if (Number.isSafeInteger(value) && value >= 0) return value;
	throw new ArrowError('it has a message that is none');
}

/** Bytes of a source, by count; what was read too far waits for the next call. */
class ByteReader {
	private readonly source: AsyncIterator<Uint8Array>;
	private rest: Uint8Array = new Uint8Array(0);

	constructor(source: AsyncIterable<Uint8Array>) {
		this.source = source[Symbol.asyncIterator]();
	}

	/** So many bytes; undefined when nothing comes any more. Throws ArrowError when too few do. */
	async take(length: number): Promise<Buffer | undefined> {
		const parts: Uint8Array[] = [];
		let missing = length;
		while (missing > 0) {
			if (this.rest.length === 0 && !(await this.more())) {
				if (missing === length) return undefined;
				throw new ArrowError('it ends within a message');
			}
			const part = this.rest.subarray(0, missing);
			this.rest = this.rest.subarray(part.length);
			missing -= part.length;
			parts.push(part);
		}
		return Buffer.concat(parts);
	}

	/** So many bytes, in the pieces in which they arrive. */
	async *pass(length: number): AsyncGenerator<ArrowPart, void, undefined> {
		let missing = length;
		while (missing > 0) {
			if (this.rest.length === 0 && !(await this.more())) {
				throw new ArrowError('it ends within a message');
			}
			const bytes = this.rest.subarray(0, missing);
			this.rest = this.rest.subarray(bytes.length);
			missing -= bytes.length;
			yield { bytes, rowCount: 0 };
		}
	}

	private async more(): Promise<boolean> {
		const next = await this.source.next();
		if (next.done) return false;
		this.rest = next.value;
		return true;
	}
}
