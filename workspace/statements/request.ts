import { z } from 'zod';
import { ApiError, invalidParameter, notImplemented } from '../apiError';

const maxStatementBytes = 16 * 1024 * 1024;

export const statementRequestSchema = z.object({
	statement: z.string(),
	warehouse_id: z.string(),
	catalog: z.string().optional(),
	schema: z.string().optional(),
	parameters: z
		.array(
			z.object({
				name: z.string().optional(),
				value: z.string().nullish(),
				type: z.string().optional(),
				ordinal: z.unknown().optional(),
			}),
		)
		.default([]),
	row_limit: z.coerce.number().int().positive().optional(),
	byte_limit: z.coerce.number().int().positive().optional(),
	disposition: z.string().default('INLINE'),
	format: z.string().default('JSON_ARRAY'),
	wait_timeout: z.string().default('10s'),
	on_wait_timeout: z.enum(['CONTINUE', 'CANCEL']).default('CONTINUE'),
	query_tags: z.array(z.unknown()).optional(),
	session_id: z.string().optional(),
	result_compression: z.string().optional(),
});

/** What a statement asks for, checked. */
export interface StatementRequest {
	statement: string;
	warehouseId: string;
	catalog?: string;
	schema?: string;
	parameters: { name: string; value?: string | null; type?: string }[];
	rowLimit?: number;
	byteLimit?: number;
	disposition: 'INLINE' | 'EXTERNAL_LINKS';
	format: 'JSON_ARRAY' | 'CSV' | 'ARROW_STREAM';
	waitTimeoutMs: number;
	cancelOnTimeout: boolean;
}

/** Throws ApiError 400 for what the service refuses, 501 for what only this workspace does. */
export function statementRequest(body: z.output<typeof statementRequestSchema>): StatementRequest {
	if (body.statement.trim() === '') throw invalidParameter('statement must not be empty.');
	if (Buffer.byteLength(body.statement) > maxStatementBytes) {
		throw new ApiError(400, 'INVALID_PARAMETER_VALUE', 'The statement is larger than 16 MiB.');
	}
	if (body.session_id !== undefined) throw notImplemented('SQL sessions (session_id)');
	if (body.result_compression !== undefined && body.result_compression !== 'NONE') {
		throw notImplemented(`result_compression ${body.result_compression}`);
	}
	const { disposition, format } = dispositionAndFormat(body);
	return {
		statement: body.statement,
		warehouseId: body.warehouse_id,
		catalog: body.catalog,
		schema: body.schema,
		parameters: body.parameters.map(({ name, value, type, ordinal }) => {
			if (ordinal !== undefined) throw notImplemented('parameters by ordinal');
			if (name === undefined || name === '')
				throw invalidParameter('parameters: name is required.');
			return { name, value, type };
		}),
		rowLimit: body.row_limit,
		byteLimit: body.byte_limit,
		disposition,
		format,
		waitTimeoutMs: waitTimeoutMs(body.wait_timeout),
		cancelOnTimeout: body.on_wait_timeout === 'CANCEL',
	};
}

function dispositionAndFormat(body: { disposition: string; format: string }) {
	const { disposition, format } = body;
	if (disposition !== 'INLINE' && disposition !== 'EXTERNAL_LINKS') {
		if (disposition === 'INLINE_OR_EXTERNAL_LINKS')
			throw notImplemented(`disposition ${disposition}`);
		throw invalidParameter(`disposition ${disposition} is not INLINE or EXTERNAL_LINKS.`);
	}
	if (format !== 'JSON_ARRAY' && format !== 'CSV' && format !== 'ARROW_STREAM') {
		throw invalidParameter(`format ${format} is not JSON_ARRAY, ARROW_STREAM or CSV.`);
	}
	if (format !== 'JSON_ARRAY' && disposition === 'INLINE') {
		throw invalidParameter(
			`The format field must be JSON_ARRAY when the disposition field is INLINE, not ${format}.`,
		);
	}
	const checked: Pick<StatementRequest, 'disposition' | 'format'> = { disposition, format };
	return checked;
}

function waitTimeoutMs(text: string): number {
	const seconds = Number(/^(\d+)s$/.exec(text)?.[1] ?? Number.NaN);
	if (seconds === 0 || (seconds >= 5 && seconds <= 50)) return seconds * 1000;
	throw invalidParameter(`wait_timeout must be 0s or from 5s to 50s, not ${text}.`);
}
