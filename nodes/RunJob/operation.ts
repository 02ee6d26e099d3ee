import type {
	IDataObject,
	IExecuteFunctions,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import type { Job } from '../databricks/jobs/jobs';
import type { RunFollower } from '../databricks/jobs/jobRunFollowing';
import type { Workspace } from '../databricks/workspace';
import type { Parameters } from '../n8n/parameters';

/** What an operation has for one item. */
export interface ItemWork {
	context: IExecuteFunctions;
	item: number;
	parameters: Parameters;
	workspace: Workspace;
	/** Waits for the runs of all items together. */
	follower: RunFollower;
	/** The settings of a job, read once an execution. */
	jobOf: (jobId: string) => Promise<Job>;
	/** The ID of the job with this name, looked up once an execution. */
	jobNamed: (name: string) => Promise<string>;
}

/** What is left to do when all items have started; gives the items that one input item became. */
export type Finish = () => Promise<IDataObject[]>;

/**
 * One operation of the node. To add one: a file in `operations/` and its name in `operations.ts`.
 */
export interface Operation {
	value: string;
	name: string;
	/** As the list of actions in the editor says it. */
	action: string;
	description: string;
	fields: readonly INodeProperties[];
	/** Items start in their order, one after the other, and finish together. */
	start: (work: ItemWork) => Promise<Finish>;
}

/** The 'Operation' field and the fields of all operations, each shown for those that have it. */
export function fieldsOf(operations: readonly Operation[], usual: string): INodeProperties[] {
	const shownFor = new Map<INodeProperties, string[]>();
	for (const { value, fields } of operations) {
		for (const field of fields) shownFor.set(field, [...(shownFor.get(field) ?? []), value]);
	}
	const options = operations.map(
		({ value, name, action, description }): INodePropertyOptions => ({
			name,
			value,
			action,
			description,
		}),
	);
	return [
		{
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			noDataExpression: true,
			options,
			default: usual,
			description: 'What to do with jobs and their runs',
		},
		...merged(operations.map(({ fields }) => fields)).map((field) => ({
			...field,
			displayOptions: {
				...field.displayOptions,
				show: { operation: shownFor.get(field), ...field.displayOptions?.show },
			},
		})),
	];
}

/** All fields once, so that those of each operation stand in the order in which it names them. */
function merged(lists: readonly (readonly INodeProperties[])[]): INodeProperties[] {
	const left = new Set(lists.flat());
	const order: INodeProperties[] = [];
	while (left.size > 0) {
		const next = [...left].find((field) =>
			lists.every((list) => {
				const before = list.slice(0, Math.max(0, list.indexOf(field)));
				return before.every((each) => !left.has(each));
			}),
		);
		if (next === undefined)
			throw new Error('Two operations name the same fields in another order.');
		left.delete(next);
		order.push(next);
	}
	return order;
}
