import type { LocalWorkspace, Principal } from '../localWorkspace';

/** One start of a `spark_python_task`. */
export interface PythonTaskStart {
	workspace: LocalWorkspace;
	/** Whose rights the task has. */
	user: Principal;
	/** What follows the file name on the command line. */
	parameters: readonly string[];
	/** Run id of the task; the registered version names it. */
	runId: string;
	signal: AbortSignal;
}

/** What the task printed: `logs` of its run output. */
export interface PythonTaskOutput {
	logs: string;
}

/** The task ended itself, as `raise SystemExit(text)` does in Python. */
export class PythonTaskExit extends Error {}
