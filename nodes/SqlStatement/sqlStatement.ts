import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { namedColumns, type NamedColumn, typedRow } from '../databricks/columnTypes';
import { rows } from '../databricks/statementRows';
import { runStatement } from '../databricks/statements';
import type { Statement } from '../databricks/statementState';
import { onlyReads } from '../databricks/statementText';
import type { Workspace } from '../databricks/workspace';
import { connect } from '../n8n/authentication';
import { stopSignal } from '../n8n/giveUp';
import { parametersOf, perItem } from '../n8n/perItem';
import { rowItem } from '../n8n/rowItem';
import { warehouseIdOf } from '../n8n/warehouseLocator';
import { readSqlStatement, type SqlStatementRequest } from './fields';

const answerMarginMs = 15_000;

/** Executes one statement for each item, in order; each row becomes an item. */
export async function runStatements(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	let connection: Promise<Workspace> | undefined;
	return await perItem(context, async (item) => {
		const parameters = parametersOf(context, item);
		connection ??= connect(context, parameters.text('authentication'), {
			signal: stopSignal(context),
		});
		const request = readSqlStatement(parameters);
		const { items, isTruncated } = await execute(await connection, request);
		if (isTruncated) {
			context.addExecutionHints({
				message: `Only the first ${items.length} rows were returned, because of the limit on rows or bytes.`,
				location: 'outputPane',
			});
		}
		return items;
	});
}

async function execute(
	workspace: Workspace,
	request: SqlStatementRequest,
): Promise<{ items: IDataObject[]; isTruncated: boolean }> {
	const deadlineMs = workspace.clock.now() + request.timeoutMs;
	const statement = await runStatement(
		workspace,
		{
			warehouseId: await warehouseIdOf(workspace, request.warehouse),
			statement: request.statement,
			catalog: request.catalog,
			schema: request.schema,
			parameters: request.parameters,
			rowLimit: request.rowLimit,
			disposition: request.externalLinks ? 'EXTERNAL_LINKS' : undefined,
			// The answer brings the ID, without which nothing can be cancelled: it is waited for even when
			// the time is over, and Databricks holds it only as long as a Stop may go unheard.
			waitTimeoutSeconds: request.timeoutMs < 30_000 ? 0 : 5,
			deadlineMs: deadlineMs + answerMarginMs,
		},
		{ deadlineMs },
	);
	const columns = namedColumns(statement.manifest?.schema.columns ?? []);
	const { decimalsAsNumbers } = request;
	const items: IDataObject[] = [];
	for await (const chunk of rows(workspace, statement, { deadlineMs })) {
		for (const row of chunk.rows)
			items.push(rowItem(typedRow(row, columns, { decimalsAsNumbers })));
	}
	return isChange(request.statement, columns)
		? { items: [changeItem(statement, items[0])], isTruncated: false }
		: { items, isTruncated: statement.manifest?.truncated ?? false };
}

/** DDL answers no columns, what changes rows one row of counters; both get one item of their own. */
function isChange(statement: string, columns: readonly NamedColumn[]): boolean {
	const hasCounters = columns.every(({ name }) => /^num_\w+_rows$/.test(name));
	return columns.length === 0 || (hasCounters && !onlyReads(statement));
}

function changeItem(statement: Statement, counters: IDataObject | undefined): IDataObject {
	return {
		statement_id: statement.statement_id,
		state: statement.status.state,
		rows_affected: counters?.num_affected_rows ?? null,
		...counters,
	};
}
