import type { SqlType } from '../../sql/sqlType';
import { arrowType, type ArrowType } from './arrowTypes';
import { bool, byte, flatbuffer, long, short, table, tables, text, type Value } from './flatbuffer';

interface Column {
	name: string;
	type: SqlType;
}

/** MetadataVersion.V5, since Arrow 1.0. */
const metadataVersion = short(4);

/**
 * Rows of a result, cells as texts, as an Arrow IPC stream with one record batch. Source: Apache Arrow,
 * "Columnar format". @throws SqlError 0A000 for a type that has no certain form
 */
export function arrowStream(
	columns: readonly Column[],
	rows: readonly (readonly (string | null)[])[],
): Buffer {
	const types = columns.map(({ type }) => arrowType(type));
	const fields = columns.map(({ name }, index) => fieldOf(name, types[index]));
	const schema = table(undefined, tables(fields));
	const batch = new RecordBatch();
	for (const [index, type] of types.entries()) {
		batch.add(
			type,
			rows.map((row) => row[index] ?? null),
		);
	}
	return Buffer.concat([
		message(1, schema, 0),
		message(3, batch.header(rows.length), batch.length),
		...batch.buffers,
		Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
	]);
}

/** Every column may be NULL, as far as the wire says. */
function fieldOf(name: string, type: ArrowType | undefined): Value {
	return table(
		text(name),
		bool(true),
		byte(type?.number ?? 1),
		type?.table ?? table(),
		undefined,
		tables([]),
	);
}

function message(kind: number, header: Value, bodyLength: number): Buffer {
	const metadata = flatbuffer(table(metadataVersion, byte(kind), header, long(bodyLength)));
	const head = Buffer.alloc(8);
	head.writeUInt32LE(0xffffffff, 0);
	head.writeUInt32LE(metadata.length, 4);
	return Buffer.concat([head, metadata]);
}

class RecordBatch {
	readonly buffers: Buffer[] = [];
	length = 0;
	private readonly nodes: [bigint, bigint][] = [];
	private readonly places: [bigint, bigint][] = [];

	add(type: ArrowType, cells: readonly (string | null)[]): void {
		const nulls = cells.filter((cell) => cell === null).length;
		this.nodes.push([BigInt(cells.length), BigInt(nulls)]);
		if (type.bytes === undefined && type.fixed === undefined && type.isBits === undefined) return;
		this.push(nulls === 0 ? Buffer.alloc(0) : bits(cells, (cell) => cell !== null));
		if (type.isBits) this.push(bits(cells, (cell) => cell === 'true'));
		if (type.fixed !== undefined) this.push(fixedValues(type.fixed, cells));
		if (type.bytes !== undefined) {
			const values = cells.map((cell) =>
				cell === null ? Buffer.alloc(0) : (type.bytes?.(cell) ?? Buffer.alloc(0)),
			);
			this.push(offsets(values));
			this.push(Buffer.concat(values));
		}
	}

	header(rowCount: number): Value {
		const { nodes, places } = this;
		return table(long(rowCount), { kind: 'pairs', items: nodes }, { kind: 'pairs', items: places });
	}

	/** Buffers begin at multiples of 8. */
	private push(buffer: Buffer): void {
		this.places.push([BigInt(this.length), BigInt(buffer.length)]);
		const padded = Buffer.concat([buffer, Buffer.alloc((8 - (buffer.length % 8)) % 8)]);
		this.buffers.push(padded);
		this.length += padded.length;
	}
}

function bits<Cell>(cells: readonly Cell[], isSet: (cell: Cell) => boolean): Buffer {
	const buffer = Buffer.alloc(Math.ceil(cells.length / 8));
	for (const [index, cell] of cells.entries()) {
		const at = index >> 3;
		if (isSet(cell)) buffer.writeUInt8(buffer.readUInt8(at) | (1 << (index & 7)), at);
	}
	return buffer;
}

function fixedValues(
	{ size, write }: NonNullable<ArrowType['fixed']>,
	cells: readonly (string | null)[],
): Buffer {
	const buffer = Buffer.alloc(size * cells.length);
	for (const [index, cell] of cells.entries()) if (cell !== null) write(buffer, index * size, cell);
	return buffer;
}

function offsets(values: readonly Buffer[]): Buffer {
	const buffer = Buffer.alloc(4 * (values.length + 1));
	let end = 0;
	for (const [index, value] of values.entries()) {
		end += value.length;
		buffer.writeInt32LE(end, 4 * (index + 1));
	}
	return buffer;
}
