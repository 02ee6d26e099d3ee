import { linkedBytes } from '../../../nodes/databricks/sql/linkedBytes';
import { brokenConnection, errorOf, json, workspaceUnderTest } from '../workspaceUnderTest';

const link = {
	external_link: 'https://storage.example.com/part-0?sig=secret',
	chunk_index: 0,
	expiration: '2026-11-21T12:15:00Z',
};

/** A body that gives `text` and breaks as soon as that has been read. */
function breaking(text: string, wasRead: Promise<void>): Response {
	const parts = [text];
	const body = new ReadableStream<Uint8Array>(
		{
			pull: async (controller) => {
				const part = parts.shift();
				if (part !== undefined) return controller.enqueue(Buffer.from(part));
				await wasRead;
				controller.error(brokenConnection('ECONNRESET'));
			},
		},
		{ highWaterMark: 0 },
	);
	return new Response(body);
}

/** Reads a chunk whose connection breaks behind each of `cuts`, and then comes whole. */
async function readThrough(cuts: readonly string[], whole: string): Promise<string> {
	const left = [...cuts];
	let read = '';
	const waiting: { length: number; tell: () => void }[] = [];
	const { workspace } = workspaceUnderTest(({ url }) => {
		if (!url.includes('storage')) return json({ external_links: [link] });
		const cut = left.shift();
		if (cut === undefined) return new Response(whole);
		const wasRead = new Promise<void>((tell) => {
			if (read.length >= cut.length) tell();
			else waiting.push({ length: cut.length, tell });
		});
		return breaking(cut, wasRead);
	});
	const { bytes } = linkedBytes(workspace, 's1', link, undefined);
	for await (const part of bytes) {
		read += Buffer.from(part).toString();
		for (const { length, tell } of waiting) if (read.length >= length) tell();
	}
	return read;
}

test.each([
	['once, within', ['[["a"],']],
	['before anything came', ['']],
	['twice, further each time', ['[["a"', '[["a"],["b']],
	['twice, earlier the second time', ['[["a"],["b"', '[["']],
])('a connection that breaks %s is made again, and no byte comes twice', async (_name, cuts) => {
	expect(await readThrough(cuts, '[["a"],["b"]]')).toBe('[["a"],["b"]]');
});

test('a connection that always breaks is an error', async () => {
	const error = await errorOf(() =>
		readThrough(
			Array.from({ length: 5 }, () => '[['),
			'[[]]',
		),
	);
	expect(error.message).toBe(
		'The connection to the cloud storage broke 5 times while chunk 0 of the result was read.',
	);
});
