/** A reader of the Arrow IPC streams that tests make and have; written apart from what it checks. */
export interface ArrowTable {
	columns: { name: string; type: string }[];
	rows: Cell[][];
}

/**
 * Scalars as texts: whole numbers for dates, moments, months and durations, digits without a point for
 * decimals. Lists of elements, of the fields of a struct, and of the keys and values of a map.
 */
export type Cell = string | null | Cell[];

interface Column {
	name: string;
	type: string;
	children: Column[];
}

/** Throws when the bytes are no whole Arrow IPC stream with its end. */
export function readArrow(bytes: Buffer): ArrowTable {
	let columns: Column[] = [];
	const rows: Cell[][] = [];
	let at = 0;
	for (;;) {
		if (bytes.readUInt32LE(at) !== 0xffffffff) throw new Error('A message begins otherwise.');
		const length = bytes.readUInt32LE(at + 4);
		at += 8;
		if (length === 0) break;
		const message = new Table(bytes, at + bytes.readUInt32LE(at));
		const header = message.table(2);
		const body = at + length;
		if (message.byte(1) === 1) columns = header.tables(1).map(columnOf);
		else rows.push(...batchRows(bytes, body, header, columns));
		at = body + message.long(3);
	}
	if (at !== bytes.length) throw new Error('There is something behind the end.');
	return { columns: columns.map(({ name, type }) => ({ name, type })), rows };
}

/** A flatbuffer's table. */
class Table {
	constructor(
		private readonly bytes: Buffer,
		private readonly at: number,
	) {}

	private place(field: number): number | undefined {
		const vtable = this.at - this.bytes.readInt32LE(this.at);
		if (4 + field * 2 >= this.bytes.readUInt16LE(vtable)) return undefined;
		const offset = this.bytes.readUInt16LE(vtable + 4 + field * 2);
		return offset === 0 ? undefined : this.at + offset;
	}

	private target(field: number): number {
		const place = this.place(field);
		if (place === undefined) throw new Error(`Field ${field} is missing.`);
		return place + this.bytes.readUInt32LE(place);
	}

	byte(field: number): number {
		const place = this.place(field);
		return place === undefined ? 0 : this.bytes.readUInt8(place);
	}

	short(field: number, byDefault: number): number {
		const place = this.place(field);
		return place === undefined ? byDefault : this.bytes.readInt16LE(place);
	}

	int(field: number): number {
		const place = this.place(field);
		return place === undefined ? 0 : this.bytes.readInt32LE(place);
	}

	long(field: number): number {
		const place = this.place(field);
		return place === undefined ? 0 : Number(this.bytes.readBigInt64LE(place));
	}

	text(field: number): string | undefined {
		if (this.place(field) === undefined) return undefined;
		const start = this.target(field);
		return this.bytes.toString('utf8', start + 4, start + 4 + this.bytes.readUInt32LE(start));
	}

	table(field: number): Table {
		return new Table(this.bytes, this.target(field));
	}

	tables(field: number): Table[] {
		const start = this.target(field);
		return Array.from({ length: this.bytes.readUInt32LE(start) }, (_, index) => {
			const place = start + 4 + index * 4;
			return new Table(this.bytes, place + this.bytes.readUInt32LE(place));
		});
	}

	pairs(field: number): [number, number][] {
		const start = this.target(field);
		return Array.from({ length: this.bytes.readUInt32LE(start) }, (_, index) => [
			Number(this.bytes.readBigInt64LE(start + 4 + index * 16)),
			Number(this.bytes.readBigInt64LE(start + 12 + index * 16)),
		]);
	}
}

function columnOf(field: Table): Column {
	const type = field.table(3);
	const children = field.tables(5).map(columnOf);
	const inside = children.map((child) => `${child.name}: ${child.type}`).join(', ');
	const units = ['s', 'ms', 'us', 'ns'];
	const names: Record<number, () => string> = {
		1: () => 'null',
		2: () => `int${type.int(0)}`,
		3: () => ['half', 'float', 'double'][type.short(0, 0)] ?? '',
		4: () => 'binary',
		5: () => 'utf8',
		6: () => 'bool',
		7: () => `decimal(${type.int(0)},${type.int(1)})`,
		8: () => ['days', 'date64'][type.short(0, 1)] ?? '',
		9: () => `time[${units[type.short(0, 1)]},${type.int(1)}]`,
		10: () => `${units[type.short(0, 0)]}[${type.text(1) ?? ''}]`,
		11: () => ['months', 'day_time', 'month_day_nano'][type.short(0, 0)] ?? '',
		12: () => `list<${inside}>`,
		13: () => `struct<${inside}>`,
		17: () => {
			const [entries] = field.tables(5);
			// A map has no NULL as an entry or as a key.
			if (entries?.byte(1) !== 0 || entries.tables(5)[0]?.byte(1) !== 0) return 'no map';
			return `map<${inside}>`;
		},
		18: () => `duration[${units[type.short(0, 1)]}]`,
	};
	return { name: field.text(0) ?? '', type: names[field.byte(2)]?.() ?? '', children };
}

function batchRows(
	bytes: Buffer,
	body: number,
	header: Table,
	columns: readonly Column[],
): Cell[][] {
	const buffers = header.pairs(2);
	const nodes = header.pairs(1);
	const next = () => {
		const [offset, length] = buffers.shift() ?? [0, 0];
		return bytes.subarray(body + offset, body + offset + length);
	};
	const nextNulls = () => nodes.shift()?.[1] ?? 0;
	const read = columns.map((column) => columnReader(column, next, nextNulls));
	return Array.from({ length: header.long(0) }, (_, row) => read.map((cell) => cell(row)));
}

type Read = (row: number) => Cell;

function columnReader(column: Column, next: () => Buffer, nextNulls: () => number): Read {
	const nulls = nextNulls();
	if (column.type === 'null') return () => null;
	const valid = next();
	const cell = valueReader(column, next, nextNulls);
	return (row) => (nulls > 0 && !isSet(valid, row) ? null : cell(row));
}

const isSet = (bits: Buffer, index: number) =>
	(bits.readUInt8(index >> 3) >> (index & 7)) % 2 === 1;

function valueReader(
	{ type, children }: Column,
	next: () => Buffer,
	nextNulls: () => number,
): Read {
	if (/^(list|map)</.test(type)) {
		const offsets = next();
		const [child] = children;
		const read = child && columnReader(child, next, nextNulls);
		return (row) => {
			const start = offsets.readInt32LE(row * 4);
			const length = offsets.readInt32LE(row * 4 + 4) - start;
			return Array.from({ length }, (_, index) => read?.(start + index) ?? null);
		};
	}
	if (type.startsWith('struct<')) {
		const read = children.map((child) => columnReader(child, next, nextNulls));
		return (row) => read.map((field) => field(row));
	}
	return scalarReader(type, next);
}

function scalarReader(type: string, next: () => Buffer): (row: number) => string {
	const values = next();
	if (type === 'utf8' || type === 'binary') {
		const data = next();
		const encoding = type === 'utf8' ? 'utf8' : 'base64';
		return (row) =>
			data.toString(encoding, values.readInt32LE(row * 4), values.readInt32LE(row * 4 + 4));
	}
	if (type.startsWith('decimal')) {
		return (row) =>
			String((values.readBigInt64LE(row * 16 + 8) << 64n) + values.readBigUInt64LE(row * 16));
	}
	if (/^(us|duration|time)\[/.test(type)) return (row) => String(values.readBigInt64LE(row * 8));
	const readers: Record<string, (row: number) => string> = {
		bool: (row) => String(isSet(values, row)),
		int8: (row) => String(values.readInt8(row)),
		int16: (row) => String(values.readInt16LE(row * 2)),
		int32: (row) => String(values.readInt32LE(row * 4)),
		days: (row) => String(values.readInt32LE(row * 4)),
		months: (row) => String(values.readInt32LE(row * 4)),
		int64: (row) => String(values.readBigInt64LE(row * 8)),
		float: (row) => String(values.readFloatLE(row * 4)),
		double: (row) => String(values.readDoubleLE(row * 8)),
	};
	const reader = readers[type];
	if (reader === undefined) throw new Error(`There is no reader of ${type}.`);
	return reader;
}
