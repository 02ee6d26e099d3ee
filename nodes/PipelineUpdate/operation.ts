import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { Workspace } from '../databricks/workspace';
import type { Parameters } from '../n8n/parameters';

/** What became of one input item: its items, and the output they leave by. */
export interface OperationResult {
	items: IDataObject[];
	/** 0 is the usual one, 1 that of a quality gate that is closed. */
	output: 0 | 1;
}

/** Says a line to whoever looks on in the editor; to nobody elsewhere. */
export type Tell = (line: string) => void;

/** One entry of the node's 'Operation' field. */
export interface Operation {
	/** Asked beside the pipeline, in this order. */
	fields: INodeProperties[];
	/** Does it for one item. Throws DatabricksError. */
	run(workspace: Workspace, parameters: Parameters, tell: Tell): Promise<OperationResult>;
}

/** Items that leave by the usual output. */
export function result(...items: IDataObject[]): OperationResult {
	return { items, output: 0 };
}
