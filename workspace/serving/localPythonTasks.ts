import { forecastNextMonth } from './forecastTask';
import type { PythonTaskOutput, PythonTaskStart } from './pythonTask';
import { trainForecaster } from './trainingTask';

/**
 * There is no Python here. These Python files of the bundle have a counterpart that does the same
 * work on the same tables; any other file cannot run. By file name, without folder.
 */
export const localPythonTasks: ReadonlyMap<
	string,
	(start: PythonTaskStart) => Promise<PythonTaskOutput>
> = new Map([
	['train_forecaster.py', trainForecaster],
	['forecast.py', forecastNextMonth],
]);
