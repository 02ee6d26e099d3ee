import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { namedColumns, rowReader } from '../databricks/sql/columnTypes';
import { DatabricksError } from '../databricks/errors';
import { rows } from '../databricks/sql/statementRows';
import { executeStatement } from '../databricks/sql/statements';
import type { Statement } from '../databricks/sql/statementState';
import { onlyReads } from '../databricks/sql/statementText';
import type { Workspace } from '../databricks/workspace';
import type { Parameters } from '../n8n/parameters';
import { parametersOf } from '../n8n/perItem';
import { bindItem, bindRows, type BoundStatement } from './bindParameters';
import { eachItem } from './outputItems';
import { fileFormats, mimeTypes, resultFile } from './resultFile';
import { readLimit, readResultSettings, readRunSettings, type ResultSettings } from './runSettings';
import { type Run, run, Session } from './session';
import { changeFields, changeItem, detailsOf, isChange } from './statementDetails';

/** More than a row of counters needs: a smaller limit would leave it out, though rows were changed. */
const leastBytesOfChange = 1_024;

/** Executes the statement for each item, in order, or once for all of them. */
export async function executeQuery(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const session = new Session(context);
	const isOnce = parametersOf(context, 0).optionalText('runFor') === 'all';
	return await eachItem(context, isOnce, async (item) => {
		const parameters = parametersOf(context, item);
		const input = context.getInputData()[item]?.json ?? {};
		return await executeFor(session, parameters, input);
	});
}

async function executeFor(
	session: Session,
	parameters: Parameters,
	input: IDataObject,
): Promise<INodeExecutionData[]> {
	const settings = readRunSettings(parameters);
	const bound = boundStatement(parameters, input);
	const mayChange = !onlyReads(bound.statement);
	if (mayChange) checkDetailsField(parameters, changeFields);
	// The counters of a statement that writes are rows like any other: they are read as JSON.
	const isArrow = asksForArrow(parameters) && !mayChange;
	const byteLimit = readLimit(parameters, 'byteLimit', 'Byte Limit');
	const request = {
		...bound,
		catalog: parameters.optionalText('options.catalog'),
		schema: parameters.optionalText('options.schema'),
		rowLimit: readLimit(parameters, 'rowLimit', 'Row Limit'),
		byteLimit:
			byteLimit !== undefined && mayChange ? Math.max(byteLimit, leastBytesOfChange) : byteLimit,
		...(isArrow || parameters.flag('options.externalLinks')
			? { disposition: 'EXTERNAL_LINKS' as const }
			: {}),
		...(isArrow ? { format: 'ARROW_STREAM' as const } : {}),
		warehouseId: await session.warehouseId(parameters, settings),
	};
	const workspace = await session.workspace(parameters);
	if (!parameters.flag('options.wait', true)) {
		const { queryTags } = settings;
		const started = await executeStatement(workspace, {
			...request,
			queryTags,
			waitTimeoutSeconds: 0,
		});
		return [{ json: { statement_id: started.statement_id, state: started.status.state } }];
	}
	const rereads = parameters.number('options.rereads', 'Retries of Lost Reads', 2);
	const ended = await run(workspace, request, settings, { rereads });
	return await resultOf(session, workspace, ended, request.statement, parameters);
}

function boundStatement(parameters: Parameters, input: IDataObject): BoundStatement {
	const statement = parameters.requiredText('statement', 'Statement');
	return parameters.optionalText('parameterMode') === 'item'
		? bindItem(statement, input)
		: bindRows(statement, parameters.rows('parameters.values'));
}

/** The result of an ended statement in the shape that the fields ask for. */
export async function resultOf(
	session: Session,
	workspace: Workspace,
	ended: Run,
	statementText: string,
	parameters: Parameters,
): Promise<INodeExecutionData[]> {
	const detailsField = parameters.optionalText('options.detailsField');
	const details = detailsField === undefined ? {} : { [detailsField]: detailsOf(ended) };
	const isArrow = ended.statement.manifest?.format === 'ARROW_STREAM';
	if (!isArrow && isChange(statementText, ended.statement)) {
		return [{ json: { ...(await changeItem(workspace, ended)), ...details } }];
	}
	checkFormat(ended.statement, isArrow, parameters);
	const settings = readResultSettings(parameters);
	const output = parameters.optionalText('output') ?? 'items';
	if (output === 'file') return [await fileItem(session, workspace, ended, parameters, settings)];
	if (output !== 'single') checkDetailsField(parameters, columnNames(ended), ended);
	hintWhenCut(session, ended);
	const items = await rowItems(workspace, ended, settings);
	if (output === 'single') {
		return [{ json: { ...detailsOf(ended), rows: items.map(({ json }) => json) } }];
	}
	if (detailsField !== undefined) for (const { json } of items) Object.assign(json, details);
	return items;
}

function columnNames({ statement }: Run): Set<string> {
	const columns = namedColumns(statement.manifest?.schema.columns ?? []);
	return new Set(columns.map(({ name }) => name));
}

/** The field of the details must not take the place of another one. */
function checkDetailsField(parameters: Parameters, taken: ReadonlySet<string>, ended?: Run): void {
	const field = parameters.optionalText('options.detailsField');
	if (field === undefined || !taken.has(field)) return;
	throw new DatabricksError({
		kind: 'badRequest',
		message:
			ended === undefined
				? `'Run Details Field' is "${field}", which is a field of the item of a statement that changes something.`
				: `'Run Details Field' is "${field}", which is a column of the result.`,
		hint: "Choose another name in 'Run Details Field'.",
		ids: { statementId: ended?.statement.statement_id },
	});
}

function asksForArrow(parameters: Parameters): boolean {
	const isFile = parameters.optionalText('output') === 'file';
	return isFile && parameters.optionalText('fileFormat') === 'arrow';
}

/** Which of the two formats a result has is settled when its statement starts. */
function checkFormat({ statement_id }: Statement, isArrow: boolean, parameters: Parameters): void {
	if (isArrow === asksForArrow(parameters)) return;
	throw new DatabricksError({
		kind: 'badRequest',
		message: isArrow
			? 'The statement was started for an Arrow file, so its result can be nothing else.'
			: 'The statement was not started for an Arrow file, so its result cannot become one.',
		hint: isArrow
			? "Set 'Output' to 'File' and 'File Format' to 'Arrow Stream'."
			: "Choose another 'File Format'. Only a statement that surely only reads is started for an Arrow file.",
		ids: { statementId: statement_id },
	});
}

/** The rows of a result as items. */
export async function rowItems(
	workspace: Workspace,
	{ statement, deadlineMs }: Run,
	{ typing, chunksInFlight }: ResultSettings,
): Promise<INodeExecutionData[]> {
	const read = rowReader(namedColumns(statement.manifest?.schema.columns ?? []), typing);
	const items: INodeExecutionData[] = [];
	for await (const piece of rows(workspace, statement, { deadlineMs, chunksInFlight })) {
		// With room for what pairs it: a property that is added later would be stored outside of the item.
		for (const row of piece.rows) items.push({ json: read(row), pairedItem: undefined });
	}
	return items;
}

async function fileItem(
	session: Session,
	workspace: Workspace,
	ended: Run,
	parameters: Parameters,
	settings: ResultSettings,
): Promise<INodeExecutionData> {
	const { context } = session;
	const format = parameters.choice('fileFormat', 'File Format', fileFormats);
	const statementId = ended.statement.statement_id;
	const fileName = parameters.optionalText('fileName') ?? `${statementId}.${format}`;
	const stream = resultFile(workspace, ended, format, settings);
	const data = await context.helpers.prepareBinaryData(stream, fileName, mimeTypes[format]);
	hintWhenCut(session, ended);
	const field = parameters.optionalText('binaryField') ?? 'data';
	return { json: { ...detailsOf(ended), file_name: fileName }, binary: { [field]: data } };
}

function hintWhenCut({ context }: Session, { statement }: Run): void {
	if (statement.manifest?.truncated !== true) return;
	context.addExecutionHints({
		message: `Only the first ${statement.manifest.total_row_count} rows were returned, because of the limit on rows or bytes.`,
		location: 'outputPane',
	});
}
