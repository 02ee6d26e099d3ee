import type { SqlType } from '../../sql/sqlType';
import { arrowType, type ArrowField, type Layout } from './arrowTypes';
import {
	bool,
	byte,
	flatbuffer,
	long,
	short,
	table,
	tables,
	text,
	type Value as Metadata,
} from './flatbuffer';
import { valueOf, type Value } from './nestedValues';

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
	// Every column may be NULL, as far as the wire says.
	const fields = columns.map(({ name, type }) => ({
		name,
		type: arrowType(type),
		isNullable: true,
	}));
	const schema = table(undefined, tables(fields.map(fieldTable)));
	const batch = new RecordBatch();
	for (const [index, { type }] of columns.entries()) {
		const field = fields[index];
		if (field === undefined) continue;
		const values = rows.map((row) => valueOf(row[index] ?? null, type));
		batch.add(field.type.layout, values);
	}
	return Buffer.concat([
		message(1, schema, 0),
		message(3, batch.header(rows.length), batch.length),
		...batch.buffers,
		Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
	]);
}

function fieldTable({ name, type, isNullable }: ArrowField): Metadata {
	const { layout } = type;
	const inside =
		layout.kind === 'list' ? [layout.items] : layout.kind === 'struct' ? layout.fields : [];
	return table(
		text(name),
		bool(isNullable),
		byte(type.number),
		type.table,
		undefined,
		tables(inside.map(fieldTable)),
	);
}

function message(kind: number, header: Metadata, bodyLength: number): Buffer {
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

	/** Values of one field: its node, its buffers, and then those of the fields inside of it. */
	add(layout: Layout, values: readonly Value[]): void {
		const nulls = values.filter((value) => value === null).length;
		this.nodes.push([BigInt(values.length), BigInt(nulls)]);
		if (layout.kind === 'none') return;
		this.push(nulls === 0 ? Buffer.alloc(0) : bits(values, (value) => value !== null));
		switch (layout.kind) {
			case 'bits':
				this.push(bits(values, (value) => value === 'true'));
				break;
			case 'fixed':
				this.push(fixedValues(layout, values));
				break;
			case 'bytes': {
				const bytes = values.map((value) => (isText(value) ? layout.bytes(value) : nothing));
				this.push(offsets(bytes));
				this.push(Buffer.concat(bytes));
				break;
			}
			case 'list': {
				const lists = values.map(membersOf);
				this.push(offsets(lists));
				this.add(layout.items.type.layout, lists.flat());
				break;
			}
			case 'struct':
				for (const [index, field] of layout.fields.entries()) {
					const members = values.map((value) => membersOf(value)[index] ?? null);
					this.add(field.type.layout, members);
				}
		}
	}

	header(rowCount: number): Metadata {
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
	{ size, write }: Extract<Layout, { kind: 'fixed' }>,
	values: readonly Value[],
): Buffer {
	const buffer = Buffer.alloc(size * values.length);
	for (const [index, value] of values.entries()) {
		if (isText(value)) write(buffer, index * size, value);
	}
	return buffer;
}

const nothing = Buffer.alloc(0);

const isText = (value: Value): value is string => typeof value === 'string';

function membersOf(value: Value): readonly Value[] {
	return value === null || isText(value) ? [] : value;
}

function offsets(values: readonly { length: number }[]): Buffer {
	const buffer = Buffer.alloc(4 * (values.length + 1));
	let end = 0;
	for (const [index, value] of values.entries()) {
		end += value.length;
		buffer.writeInt32LE(end, 4 * (index + 1));
	}
	return buffer;
}
