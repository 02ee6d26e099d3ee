import type { INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { splitTableName } from '../databricks/sql/quoting';
import type { Parameters } from './parameters';

/** The name under which a Delta Trigger keeps its place. */
export const consumerField: INodeProperties = {
	displayName: 'Consumer',
	name: 'consumer',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. month-end-journal',
	description:
		'A name of your choice under which the place is kept; one for each workflow and table',
};

/** The table that keeps the places of all consumers. */
export const checkpointTableField: INodeProperties = {
	displayName: 'Checkpoint Table',
	name: 'checkpointTable',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. sandbox.n8n.consumers',
	description:
		'The table in which the places of consumers are kept, as catalog.schema.table. It is made when it is not there; the schema must exist.',
};

/** Throws DatabricksError (badRequest) for what is no full name of a table. */
export function readCheckpointTable(parameters: Parameters): [string, string, string] {
	const text = parameters.requiredText('checkpointTable', 'Checkpoint Table');
	const [catalog, schema, table, ...more] = splitTableName(text);
	if (catalog !== undefined && schema !== undefined && table !== undefined && more.length === 0) {
		return [catalog, schema, table];
	}
	throw new DatabricksError({
		kind: 'badRequest',
		message: `'Checkpoint Table' is "${text}", which is not the full name of a table.`,
		hint: 'Write it as catalog.schema.table.',
	});
}
