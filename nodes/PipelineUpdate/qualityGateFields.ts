import type { INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { type Parameters, textOf } from '../n8n/parameters';

export interface GateRule {
	/** `table.expectation`, with * for any text; compared with the end of the full name. */
	pattern: string;
	/** 0 to 100. */
	minimumPercent: number;
}

/** What a user asks of the data before the workflow goes on. */
export interface QualityGate {
	/** Over all checks of all expectations, 0 to 100. */
	minimumPercent: number;
	rules: GateRule[];
	/** Whether a closed gate sends the item to the second output instead of failing the node. */
	toOutput: boolean;
	/** Whether an update that checked nothing is let through. */
	passUnchecked: boolean;
}

export const gateFields: INodeProperties[] = [
	{
		displayName: 'Quality Gate',
		name: 'qualityGate',
		type: 'boolean',
		default: false,
		description:
			'Whether to go on only when enough records met the expectations that the pipeline declares',
	},
	{
		displayName: 'Minimum Pass Rate (%)',
		name: 'minimumPassRate',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 100 },
		displayOptions: { show: { qualityGate: [true] } },
		default: 98,
		description: 'How many of all checks must have passed, over all expectations of the update',
	},
	{
		displayName: 'Rules for Single Expectations',
		name: 'gateRules',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Rule',
		displayOptions: { show: { qualityGate: [true] } },
		default: {},
		description: 'Pass rates that single expectations must reach, beside that of all together',
		options: [
			{
				displayName: 'Rule',
				name: 'values',
				values: [
					{
						displayName: 'Expectation',
						name: 'pattern',
						type: 'string',
						default: '*',
						placeholder: 'e.g. transactions.valid_*',
						description:
							'Which expectations the rule is for: its name, or table and name, with * for any text',
					},
					{
						displayName: 'Minimum Pass Rate (%)',
						name: 'minimumPassRate',
						type: 'number',
						typeOptions: { minValue: 0, maxValue: 100 },
						default: 98,
						description: 'How many records must have met each of these expectations',
					},
				],
			},
		],
	},
	{
		displayName: 'When the Gate Closes',
		name: 'whenGateCloses',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { qualityGate: [true] } },
		options: [
			{
				name: 'Fail the Node',
				value: 'fail',
				description: 'The error says which expectation of which table had how many bad records',
			},
			{
				name: 'Use the Second Output',
				value: 'output',
				description: 'The item leaves by an output of its own and says the same',
			},
		],
		default: 'fail',
		description: 'What becomes of an update whose data is not good enough',
	},
	{
		displayName: 'If Nothing Was Checked',
		name: 'unchecked',
		type: 'options',
		displayOptions: { show: { qualityGate: [true] } },
		options: [
			{
				name: 'Close the Gate',
				value: 'close',
				description: 'Nothing shows that the data is good',
			},
			{
				name: 'Pass',
				value: 'pass',
				description: 'An update without new records has no bad ones either',
			},
		],
		default: 'pass',
		description:
			'What to make of an update in which no record was checked, and of a rule that fits no expectation',
	},
];

/** The gate of one item, or undefined when there is none. Throws DatabricksError (badRequest). */
export function readGate(parameters: Parameters): QualityGate | undefined {
	if (!parameters.flag('qualityGate')) return undefined;
	return {
		minimumPercent: percent(
			parameters.number('minimumPassRate', 'Minimum Pass Rate (%)', 98),
			'Minimum Pass Rate (%)',
		),
		rules: parameters.rows('gateRules.values').map((row) => ({
			pattern: textOf(row.pattern)?.trim() || '*',
			minimumPercent: percent(Number(row.minimumPassRate ?? 98), 'Minimum Pass Rate (%) of a rule'),
		})),
		toOutput: parameters.text('whenGateCloses') === 'output',
		passUnchecked: parameters.text('unchecked') !== 'close',
	};
}

/** Whether the node has the output for closed gates; the same for all items. */
export function hasSecondOutput(parameters: Parameters): boolean {
	const operation = parameters.text('operation');
	const waits = operation === 'wait' || (operation === 'run' && parameters.flag('wait', true));
	return waits && parameters.flag('qualityGate') && parameters.text('whenGateCloses') === 'output';
}

function percent(value: number, label: string): number {
	if (value >= 0 && value <= 100) return value;
	throw new DatabricksError({
		kind: 'badRequest',
		message: `'${label}' is ${value}, which is not a share from 0 to 100.`,
		hint: 'Enter 98 for 98 %.',
	});
}
