import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Workspace } from '../databricks/workspace';
import type { ItemOutcome } from '../n8n/perItem';

/** What became of each item, by its index. */
export type Outcomes = Map<number, ItemOutcome<IDataObject[]>>;

/** One entry of the node's 'Operation' field. */
export interface ModelOperation {
	/** Asked beside the endpoint. */
	fields: INodeProperties[];
	/** Its own entries of 'Options'. */
	options: INodeProperties[];
	/** Asks for all items and sets the outcome of each. Throws what concerns all of them. */
	run(context: IExecuteFunctions, workspace: Workspace, outcomes: Outcomes): Promise<void>;
}
