import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { cancelStatement, getStatement, waitForStatement } from '../databricks/sql/statements';
import { failureOf, outcomeOf, type Statement } from '../databricks/sql/statementState';
import type { Workspace } from '../databricks/workspace';
import type { Parameters } from '../n8n/parameters';
import { parametersOf } from '../n8n/perItem';
import { resultOf } from './executeQuery';
import { eachItem } from './outputItems';
import { Session } from './session';

/** 'Get Statement': the state of a statement, and its result when it has one. */
export async function getStatements(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const session = new Session(context);
	return await eachItem(context, false, async (item) => {
		const parameters = parametersOf(context, item);
		const workspace = await session.workspace(parameters);
		const statementId = parameters.requiredText('statementId', 'Statement ID');
		const startedMs = workspace.clock.now();
		const timeoutMs =
			parameters.number('options.timeoutSeconds', 'Timeout (Seconds)', 600, 1) * 1_000;
		const deadlineMs = startedMs + timeoutMs;
		const statement = await readOrWait(workspace, statementId, parameters, deadlineMs);
		const isAsked = parameters.flag('options.fetchResult', true);
		const outcome = outcomeOf(statement);
		if (outcome === 'pending' || !isAsked) return [{ json: stateOf(statement) }];
		if (outcome !== 'succeeded') throw failureOf(statement);
		const ended = { statement, durationMs: workspace.clock.now() - startedMs, deadlineMs };
		// Its text is not known here: counters stand for a change, as they do after a write.
		return await resultOf(session, workspace, ended, '', parameters);
	});
}

async function readOrWait(
	workspace: Workspace,
	statementId: string,
	parameters: Parameters,
	deadlineMs: number,
): Promise<Statement> {
	const statement = await getStatement(workspace, statementId);
	return parameters.flag('options.wait')
		? await waitForStatement(workspace, statement, { deadlineMs })
		: statement;
}

/** 'Cancel Statement': asks Databricks to end it, and says how it stands; it may still succeed. */
export async function cancelStatements(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	const session = new Session(context);
	return await eachItem(context, false, async (item) => {
		const parameters = parametersOf(context, item);
		const workspace = await session.workspace(parameters);
		const statementId = parameters.requiredText('statementId', 'Statement ID');
		await cancelStatement(workspace, statementId);
		return [{ json: stateOf(await getStatement(workspace, statementId)) }];
	});
}

/** How a statement stands; with what Databricks said of one that failed. */
function stateOf(statement: Statement): IDataObject {
	const { statement_id, status } = statement;
	const state = { statement_id, state: status.state };
	if (outcomeOf(statement) !== 'failed') return state;
	const { errorCode, sqlState, message } = failureOf(statement);
	return {
		...state,
		error_code: errorCode ?? null,
		sql_state: sqlState ?? null,
		error_message: message,
	};
}
