import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { pythonRepr } from '../../../workspace/serving/pythonText';
import { modelRaised } from '../../../workspace/serving/scoringError';
import { scoreRequest, type ScorableModel } from '../../../workspace/serving/scoring';
import { signatureSchema } from '../../../workspace/serving/signature';

const recordedSchema = z.object({
	signature: signatureSchema,
	entries: z.array(
		z.object({
			id: z.string(),
			contentType: z.string().nullable(),
			request: z.string(),
			status: z.number(),
			responseType: z.string(),
			response: z.string(),
		}),
	),
});
const receivedSchema = z.object({
	entries: z.array(
		z.object({ id: z.string(), request: z.string(), status: z.number(), response: z.string() }),
	),
});
const answerSchema = z.object({
	error_code: z.string(),
	message: z.string(),
	sqlstate: z.string(),
	error_class: z.string(),
	stack_trace: z.string().optional(),
});
const predictionsSchema = z.object({ predictions: z.array(z.unknown()) });

function recording<Schema extends z.ZodTypeAny>(file: string, schema: Schema): z.output<Schema> {
	const text = readFileSync(join(__dirname, 'recordings', file), 'utf8');
	return schema.parse(JSON.parse(text));
}

const recorded = recording('scoring.json', recordedSchema);

/** Refuses what the recorded random forest refused: no rows, infinities, values past float32. */
const recordedModel: ScorableModel = {
	signature: recorded.signature,
	predict: ({ columns, rowCount }) => {
		if (rowCount === 0) {
			throw modelRaised(
				'ValueError: Found array with 0 sample(s) (shape=(0,)) while a minimum of 1 is required.',
			);
		}
		for (const { values } of columns) {
			if (values.some((value) => typeof value === 'number' && Math.abs(value) > 3.4e38)) {
				throw modelRaised(
					"ValueError: Input X contains infinity or a value too large for dtype('float32').",
				);
			}
			if (values.some((value) => value instanceof Map)) {
				throw modelRaised("TypeError: unhashable type: 'dict'");
			}
		}
		return Array.from({ length: rowCount }, (_, row) => row);
	},
};

/** What is compared of an answer: all of it, of a stack trace its last line. */
function comparable(status: number, body: string): unknown {
	if (status === 200)
		return { status, rows: predictionsSchema.parse(JSON.parse(body)).predictions.length };
	if (status !== 400) return { status, body };
	const answer = answerSchema.parse(JSON.parse(body));
	const trace = answer.stack_trace?.replace(/>$/, '').trimEnd();
	return { status, ...answer, stack_trace: trace?.slice(trace.lastIndexOf('ror: ')) };
}

/** Texts that name members of a Python set, whose order is arbitrary. */
const unordered = new Set(['split-extra-key', 'top-llm-key-input-beside-records']);

describe('a request answered by the MLflow scoring server', () => {
	test.each(recorded.entries.map((entry) => ({ ...entry, name: entry.id })))(
		'$name is answered the same',
		({ id, contentType, request, status, responseType, response }) => {
			const answer = scoreRequest(
				recordedModel,
				contentType ?? undefined,
				id === 'top-invalid-utf8'
					? Buffer.from(request.replace('\\xff\\xfe', '\xff\xfe'), 'latin1')
					: Buffer.from(request),
			);
			if (contentType?.startsWith('text/csv')) {
				expect(answer.status).toBe(501);
				return;
			}
			expect(answer.contentType).toBe(responseType);
			if (unordered.has(id)) {
				expect([...answer.body].sort()).toEqual([...response].sort());
			} else {
				expect(comparable(answer.status, answer.body)).toEqual(comparable(status, response));
			}
		},
	);
});

describe('what a model receives', () => {
	const signature = signatureSchema.parse({
		inputs: [
			{ name: 'd', type: 'double', required: true },
			{ name: 'l', type: 'long', required: true },
			{ name: 'i', type: 'integer', required: true },
			{ name: 's', type: 'string', required: true },
		],
	});
	const rowSchema = z.object({
		predictions: z.array(z.object({ row: z.array(z.string()) })),
	});

	test.each(recording('received.json', receivedSchema).entries)(
		'$id',
		({ request, status, response }) => {
			const rows: string[][] = [];
			const model: ScorableModel = {
				signature,
				predict: ({ columns, rowCount }) => {
					for (let row = 0; row < rowCount; row++) {
						rows.push(columns.map(({ values }) => pythonRepr(values[row] ?? null)));
					}
					return rows.map(() => 0);
				},
			};
			const answer = scoreRequest(model, 'application/json', Buffer.from(request));
			expect(answer.status).toBe(status);
			if (status === 200) {
				const received = rowSchema.parse(JSON.parse(response)).predictions;
				expect(rows).toEqual(received.map(({ row }) => [row[0], row[1], row[2], row[4]]));
			}
		},
	);
});
