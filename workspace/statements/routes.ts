import type { Hono } from 'hono';
import { z } from 'zod';
import { invalidParameter } from '../apiError';
import { json, readBody, type Env } from '../env';
import { linksOf } from '../links';
import type { LocalWorkspace } from '../localWorkspace';
import { statementRequest, statementRequestSchema } from './request';
import { chunkBody, chunkSize, manifest, type Chunk, type StatementResult } from './result';
import { statementsOf, type Statement } from './statements';

const root = '/api/2.0/sql/statements';

/** The SQL Statement Execution API. A statement that fails is HTTP 200. */
export function registerStatementRoutes(app: Hono<Env>): void {
	app.post(root, async (context) => {
		const request = statementRequest(await readBody(context, statementRequestSchema));
		const workspace = context.get('workspace');
		const statement = await statementsOf(workspace).execute(request, context.get('principal'));
		return json(answer(workspace, statement, new URL(context.req.url).origin));
	});

	app.get(`${root}/:id`, (context) => {
		const workspace = context.get('workspace');
		const id = context.req.param('id');
		const statement = statementsOf(workspace).get(id, context.get('principal'));
		return json(answer(workspace, statement, new URL(context.req.url).origin));
	});

	app.delete(`${root}/:id`, (context) => {
		statementsOf(context.get('workspace')).close(context.req.param('id'), context.get('principal'));
		return json({});
	});

	app.post(`${root}/:id/cancel`, (context) => {
		statementsOf(context.get('workspace')).cancel(
			context.req.param('id'),
			context.get('principal'),
		);
		return json({});
	});

	app.get(`${root}/:id/result/chunks/:index`, (context) => {
		const workspace = context.get('workspace');
		const index = z.coerce.number().int().nonnegative().safeParse(context.req.param('index'));
		if (!index.success) throw invalidParameter('chunk_index must be a whole number.');
		const { statement, result, chunk } = statementsOf(workspace).chunk(
			context.req.param('id'),
			index.data,
			context.get('principal'),
		);
		const { origin } = new URL(context.req.url);
		return json(resultData(workspace, statement, result, chunk, origin));
	});
}

function answer(workspace: LocalWorkspace, statement: Statement, origin: string) {
	const { id, state, error, result, request } = statement;
	const status = {
		state,
		error: error === undefined ? undefined : { error_code: error.code, message: error.message },
		sql_state: error?.sqlState,
	};
	if (result === undefined) return { statement_id: id, status };
	const [first] = result.chunks;
	return {
		statement_id: id,
		status,
		manifest: manifest(result, request),
		result: first === undefined ? {} : resultData(workspace, statement, result, first, origin),
	};
}

/** What the links of a result answer. */
const contentTypes = {
	JSON_ARRAY: 'application/json',
	CSV: 'text/csv',
	ARROW_STREAM: 'application/vnd.apache.arrow.stream',
} as const;

function resultData(
	workspace: LocalWorkspace,
	{ id, request }: Statement,
	result: StatementResult,
	chunk: Chunk,
	origin: string,
) {
	const next = result.chunks[chunk.index + 1]?.index;
	const position = {
		chunk_index: chunk.index,
		row_offset: chunk.rowOffset,
		row_count: chunk.rows.length,
		next_chunk_index: next,
		next_chunk_internal_link:
			next === undefined ? undefined : `${root}/${id}/result/chunks/${next}`,
	};
	if (request.disposition === 'INLINE') return { ...position, data_array: chunk.rows };
	const contentType = contentTypes[request.format];
	const read = () => chunkBody(chunk, result, request.format);
	const { url, expiresAtMs } = linksOf(workspace).create(origin, contentType, read);
	return {
		external_links: [
			{
				...position,
				byte_count: chunkSize(chunk, result, request.format),
				external_link: url,
				expiration: new Date(expiresAtMs).toISOString(),
			},
		],
	};
}
