import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { Measure, measured } from '../../../nodes/databricks/files/fileTransfer';

const bytes = Buffer.from('journal '.repeat(50_000));
const expected = {
	sizeBytes: bytes.length,
	sha256: createHash('sha256').update(bytes).digest('hex'),
};
const source = () => Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]);

test('bytes that pass through are the same, and measured', async () => {
	const measure = new Measure();
	const passed = await buffer(measure.through(source()));
	expect([passed.equals(bytes), measure.end()]).toEqual([true, expected]);
	expect(await measured(source())).toEqual(expected);
});

function* endless(): Generator<Buffer> {
	for (;;) yield bytes;
}

test('who stops reading closes the source, so that no file stays open', async () => {
	const open = Readable.from(endless());
	const passed = new Measure().through(open);
	await once(passed, 'readable');
	const closed = new Promise((resolve) => open.once('close', resolve));
	passed.destroy();
	await closed;
	expect(open.destroyed).toBe(true);
});

test('who reads hears of an error of the source', async () => {
	const broken = Readable.from(
		(async function* () {
			yield bytes.subarray(0, 10);
			throw new Error('The disk is gone.');
		})(),
	);
	await expect(buffer(new Measure().through(broken))).rejects.toThrow('The disk is gone.');
});
