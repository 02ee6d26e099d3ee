import type { ServerResponse } from 'node:http';
import type { StandIn } from './measure';
import { listenAndCount } from './standIn';

/**
 * A stand-in of the Statement Execution API that costs as little as it can: every chunk has the same
 * rows, made once. What a statement answers is in its text: `SELECT 100000` answers that many rows of
 * ten typed columns; anything else answers the counters of an INSERT.
 */
const columnTypes = [
	['id', 'BIGINT', 'LONG'],
	['agency', 'STRING', 'STRING'],
	['period', 'DATE', 'DATE'],
	['booked_at', 'TIMESTAMP', 'TIMESTAMP'],
	['amount', 'DECIMAL(18,2)', 'DECIMAL'],
	['rate', 'DOUBLE', 'DOUBLE'],
	['quantity', 'INT', 'INT'],
	['is_closed', 'BOOLEAN', 'BOOLEAN'],
	['note', 'STRING', 'STRING'],
	['tags', 'ARRAY<INT>', 'ARRAY'],
] as const;

/** The types a table of these columns has, in their order. */
export const standInColumns = columnTypes.map(([name, type_text, type_name], position) => ({
	name,
	type_text,
	type_name,
	position,
}));

/** Cells as Databricks writes them. */
export function standInRow(number: number): (string | null)[] {
	return [
		String(9_007_199_254_000_000 + number),
		['RIM', 'CKVC', 'BOM', 'JPAL'][number % 4] ?? null,
		`2026-${String((number % 12) + 1).padStart(2, '0')}-01`,
		`2026-10-31T02:00:${String(number % 60).padStart(2, '0')}.000Z`,
		`${number}.25`,
		String(number / 8),
		String(number),
		number % 2 === 0 ? 'true' : 'false',
		number % 10 === 0 ? null : `note ${number}`,
		`["${number}","2"]`,
	];
}

/** Rows in a chunk: about 14 MB, as Databricks cuts them. */
export const chunkRows = 100_000;

export async function openStatementServer(): Promise<StandIn> {
	const wholeChunk = chunkText(chunkRows);
	let statements = 0;
	const rowsOf = new Map<string, number>();
	const external = new Map<string, boolean>();
	const { url, ...server } = await listenAndCount((request, body, response) => {
		const route = `${request.method} ${request.url}`;
		const started = /^POST \/api\/2\.0\/sql\/statements$/.test(route);
		if (started) {
			const { statement, disposition, wait_timeout } = statementOf(body);
			const id = `s${++statements}`;
			const rows = Number(/^SELECT (\d+)$/.exec(statement)?.[1] ?? Number.NaN);
			rowsOf.set(id, rows);
			const isExternal = disposition === 'EXTERNAL_LINKS';
			external.set(id, isExternal);
			if (wait_timeout === '0s') {
				return sendJson(response, { statement_id: id, status: { state: 'PENDING' } });
			}
			return sendResult(response, id, rows, isExternal);
		}
		if (/\/sql\/warehouses\//.test(route)) return sendJson(response, { id: 'w', state: 'RUNNING' });
		const [, id = '', index] =
			/^GET \/api\/2\.0\/sql\/statements\/(\w+)(?:\/result\/chunks\/(\d+))?$/.exec(route) ?? [];
		const rows = rowsOf.get(id) ?? 0;
		if (index !== undefined) return sendJson(response, linkTo(rows, Number(index)));
		if (id !== '') return sendResult(response, id, rows, external.get(id) ?? false);
		const [, linked] = /^GET \/chunk\/(\d+)$/.exec(route) ?? [];
		if (linked !== undefined) {
			const text = Number(linked) === chunkRows ? wholeChunk : chunkText(Number(linked));
			return sendText(response, text);
		}
		if (/\/unity-catalog\/tables\//.test(request.url ?? '')) return sendJson(response, table());
		response.statusCode = 501;
		response.end(route);
	});
	return { ...server, settings: { url } };

	function sendResult(response: ServerResponse, id: string, rows: number, isExternal: boolean) {
		if (Number.isNaN(rows)) return sendJson(response, inserted(id));
		if (!isExternal && rows > 1.7 * chunkRows) return sendJson(response, tooBig(id));
		const head = JSON.stringify({
			statement_id: id,
			status: { state: 'SUCCEEDED' },
			manifest: manifest(rows),
		}).slice(0, -1);
		if (isExternal) {
			const result = JSON.stringify(linkTo(rows, 0));
			return sendText(response, `${head},"result":${result}}`);
		}
		const text = rows === chunkRows ? wholeChunk : chunkText(rows);
		const position = `"chunk_index":0,"row_offset":0,"row_count":${rows}`;
		return sendText(response, `${head},"result":{${position},"data_array":${text}}}`);
	}

	function linkTo(rows: number, index: number) {
		const next = (index + 1) * chunkRows < rows ? { next_chunk_index: index + 1 } : {};
		const count = Math.min(chunkRows, rows - index * chunkRows);
		return {
			external_links: [
				{
					chunk_index: index,
					row_offset: index * chunkRows,
					row_count: count,
					...next,
					external_link: `${url}/chunk/${count}`,
					expiration: new Date(Date.now() + 900_000).toISOString(),
				},
			],
		};
	}
}

function chunkText(rows: number): string {
	return JSON.stringify(Array.from({ length: rows }, (_, number) => standInRow(number)));
}

function manifest(rows: number) {
	const count = Math.ceil(rows / chunkRows);
	const chunks = Array.from({ length: count }, (_, index) => ({
		chunk_index: index,
		row_offset: index * chunkRows,
		row_count: Math.min(chunkRows, rows - index * chunkRows),
	}));
	return {
		format: 'JSON_ARRAY',
		schema: { column_count: columnTypes.length, columns: standInColumns },
		total_chunk_count: count,
		chunks,
		total_row_count: rows,
		truncated: false,
	};
}

function inserted(id: string) {
	const counter = (name: string, position: number) => ({
		name,
		type_text: 'BIGINT',
		type_name: 'LONG',
		position,
	});
	return {
		statement_id: id,
		status: { state: 'SUCCEEDED' },
		manifest: {
			format: 'JSON_ARRAY',
			schema: {
				column_count: 2,
				columns: [counter('num_affected_rows', 0), counter('num_inserted_rows', 1)],
			},
			total_chunk_count: 1,
			total_row_count: 1,
			truncated: false,
		},
		result: { chunk_index: 0, row_offset: 0, row_count: 1, data_array: [['1', '1']] },
	};
}

function tooBig(id: string) {
	const message =
		'Inline byte limit exceeded. Statements executed with disposition=INLINE can have a result size of at most 26214400 bytes. Please execute the statement with disposition=EXTERNAL_LINKS if you want to download the full result.';
	return {
		statement_id: id,
		status: { state: 'FAILED', error: { error_code: 'BAD_REQUEST', message } },
	};
}

function table() {
	const columns = standInColumns.map((column) => ({ ...column, nullable: true }));
	return {
		name: 'transactions',
		catalog_name: 'bronze',
		schema_name: 'scout',
		full_name: 'bronze.scout.transactions',
		table_type: 'MANAGED',
		columns,
	};
}

function statementOf(body: string): {
	statement: string;
	disposition?: string;
	wait_timeout?: string;
} {
	return JSON.parse(body);
}

function sendJson(response: ServerResponse, value: unknown): void {
	sendText(response, JSON.stringify(value));
}

function sendText(response: ServerResponse, text: string): void {
	response.setHeader('content-type', 'application/json');
	response.end(text);
}
