import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { arrowParts, endOfStream } from '../../../nodes/databricks/sql/arrowStream';

const recorded = (name: string) => readFileSync(join(__dirname, '../../recordings/arrow', name));
const [first, second, joined] = ['first.arrow', 'second.arrow', 'joined.arrow'].map(recorded);

async function* inParts(bytes: Buffer, length: number) {
	for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function joinedOf(streams: readonly (Buffer | undefined)[], length: number) {
	const schema: { bytes?: Buffer } = {};
	const out: Uint8Array[] = [];
	let rows = 0;
	for (const stream of streams) {
		for await (const part of arrowParts(inParts(stream ?? Buffer.alloc(0), length), schema)) {
			out.push(part.bytes);
			rows += part.rowCount;
		}
	}
	return { bytes: Buffer.concat([...out, endOfStream]), rows };
}

test('two streams become the one that Arrow itself writes, wherever they are cut', async () => {
	await fc.assert(
		fc.asyncProperty(fc.integer({ min: 1, max: 3_000 }), async (length) => {
			const { bytes, rows } = await joinedOf([first, second], length);
			expect(rows).toBe(30);
			expect(bytes.equals(joined ?? Buffer.alloc(0))).toBe(true);
		}),
		{ numRuns: 40 },
	);
});

test('a stream without its end mark is whole', async () => {
	const { bytes } = await joinedOf([first?.subarray(0, -8), second], 100);
	expect(bytes).toEqual(joined);
});

test.each([
	['nothing', () => Buffer.alloc(0), 'it ends within a message'],
	['JSON', () => Buffer.from('[["1","2"],["3","4"]]'), 'it is no Arrow stream'],
	['a stream that is cut in a body', () => first?.subarray(0, -30), 'it ends within a message'],
	['a stream that is cut in metadata', () => first?.subarray(0, 100), 'it ends within a message'],
	['a schema that comes twice', () => Buffer.concat([schemaOf(first), schemaOf(first)]), 'schema'],
])('%s is refused', async (_name, bytesOf, message) => {
	await expect(joinedOf([bytesOf()], 64)).rejects.toThrow(message);
});

test('streams of other columns are not joined', async () => {
	await expect(joinedOf([first, recorded('types.arrow')], 1_000)).rejects.toThrow(
		'its columns are not those of the chunk before',
	);
});

/** The first message of a stream. */
function schemaOf(stream: Buffer | undefined): Buffer {
	return stream?.subarray(0, 8 + stream.readUInt32LE(4)) ?? Buffer.alloc(0);
}
