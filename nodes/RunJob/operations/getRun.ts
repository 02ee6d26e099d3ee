import { getRun } from '../../databricks/jobs/jobRuns';
import { runField } from '../../n8n/runLocator';
import {
	includeTaskOutputsOption,
	optionsField,
	readResult,
	splitTasksOption,
} from '../fields/resultFields';
import type { Operation } from '../operation';
import { resultItems } from '../resultItems';

export const getRunOperation: Operation = {
	value: 'getRun',
	name: 'Get Run',
	action: 'Get run',
	description: 'Get the state of a run and its tasks, without waiting and without failing with it',
	fields: [
		runField,
		optionsField([{ ...includeTaskOutputsOption, default: false }, splitTasksOption]),
	],
	start: async ({ workspace, parameters }) => {
		const result = readResult(parameters);
		const includeTaskOutputs = parameters.flag('options.includeTaskOutputs', false);
		const run = await getRun(workspace, parameters.locator('run', 'Run').value);
		return async () => await resultItems(workspace, run, { ...result, includeTaskOutputs });
	},
};
