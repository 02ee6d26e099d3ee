import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { scoreRequest } from '../../../workspace/serving/scoring';
import { signatureSchema } from '../../../workspace/serving/signature';
import { folder, modelOf, nameOf, recordedSignatures } from './recordedModels';
import { ServingUnderTest } from './servingUnderTest';

const entrySchema = z.object({
	id: z.string(),
	method: z.string(),
	path: z.string(),
	headers: z.record(z.string(), z.string()).optional(),
	contentType: z.string().nullable(),
	request: z.string(),
	status: z.number().nullable(),
	responseType: z.string().nullable(),
	response: z.string(),
});
type Entry = z.output<typeof entrySchema>;
const fileSchema = z.object({ entries: z.array(entrySchema) });

const read = <Schema extends z.ZodTypeAny>(file: string, schema: Schema): z.output<Schema> =>
	schema.parse(JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')));

/** Why an entry is not answered in the same way. */
const reasons = {
	cut: 'the recording holds only the beginning of the request',
	container: 'a route of the scoring container, which a serving endpoint does not pass on',
	text: 'CSV bodies are refused by name (501)',
	compressed: 'the recorded body is bytes; an endpoint refuses it as no JSON, too',
	unsigned: 'a model of Unity Catalog has a signature',
	tensor: 'models with tensors cannot be registered here',
	typeHint: 'models of type hints cannot be registered here',
	agent: 'chat models and agents of MLflow cannot be registered here',
	forest: 'the probabilities are those of a fitted forest',
	python: 'a value of Python that has no counterpart here',
	process: 'the process of the server died',
	numpy: 'lists and objects in inputs and instances are refused by name (501)',
} as const;
type Reason = keyof typeof reasons;

function reasonOf(
	file: string,
	{ id, method, path, request, contentType }: Entry,
): Reason | undefined {
	if (method !== 'POST' || !/^\/invocations$/.test(path)) return 'container';
	if (id === 'gzip-body') return 'compressed';
	if (request.includes('bytes in all>') || request.includes('…')) return 'cut';
	const model = nameOf(file, id) ?? '';
	const byModel: Record<string, Reason> = {
		nosig: 'unsigned',
		echo_nosig: 'unsigned',
		tensor: 'tensor',
		tensor_named: 'tensor',
		hint_model: 'typeHint',
		hint_str: 'typeHint',
		chat: 'agent',
		responses: 'agent',
		clf_proba: 'forest',
	};
	if (byModel[model] !== undefined) return byModel[model];
	if (contentType?.startsWith('text/csv')) return 'text';
	const python = ['df_types', 'list_decimal', 'list_datetime', 'np_datetime', 'bytes'];
	if (/^shape-(generator|object)$/.test(id) || python.some((kind) => id === `shape-${kind}`)) {
		return 'python';
	}
	if (id === 'raises-worker-dies' || id === 'raises-after-worker-died') return 'process';
	const isNested = model === 'echo_array' && !/dataframe_/.test(request);
	return isNested ? 'numpy' : undefined;
}

/** What is compared of an answer: all of it; of a stack trace its last line, of the forest the number. */
function comparable(isForest: boolean, status: number | null, text: string): unknown {
	if (status === 200 && isForest) {
		const { predictions } = z.object({ predictions: z.array(z.unknown()) }).parse(JSON.parse(text));
		return { status, rows: predictions.length };
	}
	if (status !== 400) return { status, text };
	const answer = z.record(z.string(), z.string()).parse(JSON.parse(text));
	const { stack_trace: trace, ...rest } = answer;
	const line = trace?.replace(/>$/, '').trimEnd();
	return { status, ...rest, raised: line?.slice(line.lastIndexOf('ror: ')) };
}

/** Texts that name members of a Python set, whose order is arbitrary. */
const unordered = new Set(['split-extra-key', 'top-llm-key-input-beside-records']);

function answered(file: string, { id, contentType, request }: Entry) {
	const model = modelOf(file, id);
	if (model === undefined) throw new Error(`No model answers ${id}.`);
	const body =
		id === 'top-invalid-utf8'
			? Buffer.from(request.replace('\\xff\\xfe', '\xff\xfe'), 'latin1')
			: Buffer.from(request);
	return scoreRequest(model, contentType ?? undefined, body);
}

const files = [
	'formats',
	'wrong-input',
	'batch',
	'coercion',
	'errors-and-params',
	'outputs',
	'type-hints',
	'llm',
];
const all = files.flatMap((file) =>
	read(file, fileSchema).entries.map((entry) => ({ file, entry, name: `${file} ${entry.id}` })),
);

describe('the scoring server of MLflow, entry by entry', () => {
	const same = all.filter(({ file, entry }) => reasonOf(file, entry) === undefined);

	test.each(same)('$name is answered the same', ({ file, entry }) => {
		const { id, status, responseType, response } = entry;
		const answer = answered(file, entry);
		expect(answer.contentType).toBe(responseType);
		if (unordered.has(id)) {
			expect([...answer.body].sort()).toEqual([...response].sort());
			return;
		}
		const isForest = nameOf(file, id) === 'main';
		expect(comparable(isForest, answer.status, answer.body)).toEqual(
			comparable(isForest, status, response),
		);
	});

	test('what differs, and why', () => {
		const counts: Partial<Record<string, number>> = { 'answered the same': same.length };
		for (const { file, entry } of all) {
			const reason = reasonOf(file, entry);
			if (reason !== undefined) counts[reasons[reason]] = (counts[reasons[reason]] ?? 0) + 1;
		}
		expect(counts).toMatchInlineSnapshot(`
		{
		  "CSV bodies are refused by name (501)": 7,
		  "a model of Unity Catalog has a signature": 20,
		  "a route of the scoring container, which a serving endpoint does not pass on": 11,
		  "a value of Python that has no counterpart here": 7,
		  "answered the same": 337,
		  "chat models and agents of MLflow cannot be registered here": 20,
		  "lists and objects in inputs and instances are refused by name (501)": 3,
		  "models of type hints cannot be registered here": 18,
		  "models with tensors cannot be registered here": 22,
		  "the probabilities are those of a fitted forest": 2,
		  "the process of the server died": 2,
		  "the recorded body is bytes; an endpoint refuses it as no JSON, too": 1,
		  "the recording holds only the beginning of the request": 11,
		}
	`);
	});

	test.each(
		all.filter(({ file, entry }) => ['text', 'numpy'].includes(reasonOf(file, entry) ?? '')),
	)('$name is refused by name', ({ file, entry }) => {
		const answer = answered(file, entry);
		expect([answer.status, answer.body]).toEqual([501, expect.stringContaining('local workspace')]);
	});
});

test.each([
	'nosig',
	'echo_nosig',
	'tensor',
	'tensor_named',
	'hint_model',
	'hint_str',
	'chat',
	'responses',
])('a model such as %s cannot be registered', (name) => {
	expect(signatureSchema.safeParse(recordedSignatures[name]).success).toBe(false);
});

test("the routes of MLflow's own registry and of its container are refused by name", async () => {
	const under = await ServingUnderTest.open();
	const { requests } = read(
		'registry',
		z.object({ requests: z.array(z.object({ method: z.string(), path: z.string() })) }),
	);
	const routes = all
		.filter(({ file, entry }) => reasonOf(file, entry) === 'container')
		.map(({ entry }) => entry);
	for (const { method, path } of [...requests, ...routes]) {
		const { status, body } = await under.ask(method, path);
		expect([method, path, status]).toEqual([method, path, 501]);
		expect(body).toMatchObject({ error_code: 'NOT_IMPLEMENTED' });
	}
	await under.server.close();
});
