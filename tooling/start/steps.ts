import { Listr, type DefaultRenderer, type ListrTask, type SimpleRenderer } from 'listr2';
import { monthBefore } from '../../workspace/sample/months';
import type { SampleData, SampleOptions } from '../../workspace/sample/exports';
import { visiblePace, type Pace } from '../../workspace/pace';
import type { Execution } from '../engine/execution';
import { Demo, type WorkflowName } from './demo';
import { checkFigures, readFigures, type CloseFigures } from './figures';
import { followJob, followPipeline, taskCount, type Progress } from './following';
import { bar, closeReport, grouped, seconds, type StepDuration } from './report';

const pipelineName = 'scout_etl';
const jobName = 'bir_month_end';

export interface CloseOptions {
	/** Other sample data than the usual 36 months up to the last one. */
	sample?: Partial<SampleOptions>;
	pace?: Partial<Pace>;
	/** Says nothing while it runs. */
	silent?: boolean;
}

/** What one step leaves for the next ones. */
interface Context {
	options: CloseOptions;
	demo?: Demo;
	sample?: SampleData;
	ingestion?: Execution;
	close?: Execution;
	figures?: CloseFigures;
	comparedMonths?: number;
}

/** Shows what is going on inside a step. */
interface Show {
	line(text: string): void;
	/** How much of something is done: a bar on a terminal, a line with the count elsewhere. */
	part(done: number, total: number, text: string): void;
}

interface Step {
	name: string;
	/** The name in the line of durations. */
	short: string;
	run(context: Context, show: Show): Promise<string>;
}

const steps: Step[] = [
	{
		name: 'Start the local workspace and its neighbours',
		short: 'start',
		run: async (context) => {
			context.demo = await Demo.open({ pace: context.options.pace ?? visiblePace });
			return `${context.demo.workspace.host} with Mattermost, Odoo and Scout beside it`;
		},
	},
	{
		name: 'Deploy the bundle',
		short: 'deploy',
		run: async (context, show) => {
			const deployment = await demoOf(context).deploy(({ name, action, done, total }) =>
				show.part(done, total, `${name} ${action}`),
			);
			return `${Object.keys(deployment.resources).length} resources`;
		},
	},
	{
		name: 'Publish the sample exports',
		short: 'sample',
		run: async (context) => {
			const demo = demoOf(context);
			const lastMonth = monthBefore(new Date(demo.workspace.clock.now()));
			context.sample = demo.publish({ lastMonth, ...context.options.sample });
			const { exports, lineCount } = context.sample;
			return `${exports.length} exports with ${grouped(String(lineCount))} transactions, up to ${lastMonth}`;
		},
	},
	{
		name: 'Run workflows/scout-ingestion.json in n8n',
		short: 'ingestion',
		run: async (context, show) => {
			const demo = demoOf(context);
			context.ingestion = await runShown(context, 'ingestion', show, {
				'Fetch Export': async (signal) => {
					const { scout } = demo.neighbours;
					for (let shown = -1; !signal.aborted; ) {
						const fetched = scout.fetched.length;
						if (fetched !== shown) show.part(fetched, scout.exportCount, 'exports fetched');
						shown = fetched;
						await demo.workspace.clock.sleep(300, signal).catch(() => undefined);
					}
				},
				'Update Pipeline': (signal, sinceMs) =>
					followPipeline(demo.client, pipelineName, sinceMs, tableLine(show), signal),
			});
			return 'bronze, silver and gold are up to date';
		},
	},
	{
		name: 'Run workflows/month-end-close.json in n8n',
		short: 'close',
		run: async (context, show) => {
			const demo = demoOf(context);
			const tasks = await taskCount(demo.client, jobName);
			context.close = await runShown(context, 'close', show, {
				'Run the Close': async (signal, sinceMs) => {
					const onTask = taskLine(show, tasks);
					await Promise.all([
						followJob(demo.client, jobName, sinceMs, onTask, signal),
						followPipeline(demo.client, pipelineName, sinceMs, tableLine(show), signal),
					]);
				},
			});
			return 'filed in the lakehouse and in Odoo, told in Mattermost';
		},
	},
	{
		name: 'Check every figure against the raw files and the endpoint',
		short: 'check',
		run: async (context) => {
			const { sample, ingestion, close } = context;
			if (!sample || !ingestion || !close) throw new Error('Nothing has run that can be checked.');
			const demo = demoOf(context);
			context.figures = await readFigures(demo, ingestion, close);
			context.comparedMonths = await checkFigures(demo, sample.exports, close);
			return `${context.comparedMonths} agency-months are equal`;
		},
	},
];

/**
 * Runs the whole close on this machine, shows its progress on `stdout`, and returns the report.
 * Closes all that it opened, also when it throws.
 */
export async function runClose(options: CloseOptions = {}): Promise<string> {
	const context: Context = { options };
	const durations: StepDuration[] = [];
	const list = new Listr<Context, 'default', 'simple'>(
		steps.map((step) => shown(step, durations)),
		{
			ctx: context,
			renderer: 'default',
			fallbackRenderer: 'simple',
			rendererOptions: {
				collapseSubtasks: false,
				formatOutput: 'truncate',
				showErrorMessage: false,
			},
			silentRendererCondition: options.silent === true,
			registerSignalListeners: false,
		},
	);
	try {
		await list.run();
		const { demo, figures, comparedMonths = 0 } = context;
		if (!demo || !figures) throw new Error('The run ended without figures.');
		return closeReport(figures, demo.neighbours, comparedMonths, durations);
	} finally {
		await context.demo?.close();
	}
}

function shown(
	step: Step,
	durations: StepDuration[],
): ListrTask<Context, typeof DefaultRenderer, typeof SimpleRenderer> {
	return {
		title: step.name,
		rendererOptions: { outputBar: 12 },
		task: async (context, task) => {
			const startMs = performance.now();
			const line = (text: string): void => {
				task.output = text;
			};
			const part = (done: number, total: number, text: string): void => {
				if (process.stdout.isTTY) task.title = `${step.name} ${bar(done, total)}`;
				line(`${done}/${total} ${text}`);
			};
			const result = await step.run(context, { line, part });
			const durationMs = performance.now() - startMs;
			durations.push({ step: step.short, durationMs });
			task.title = `${step.name}: ${result} (${seconds(durationMs)})`;
		},
	};
}

type Follower = (signal: AbortSignal, sinceMs: number) => Promise<void>;

/** Runs a workflow and shows each node that ends; followers show what goes on inside a node. */
async function runShown(
	context: Context,
	name: WorkflowName,
	show: Show,
	followers: Readonly<Record<string, Follower>>,
): Promise<Execution> {
	const demo = demoOf(context);
	const following = new Map<string, { end: AbortController; ended: Promise<void> }>();
	const execution = await demo.run(name, {
		hooks: {
			nodeStarted: (node) => {
				const follower = followers[node];
				if (!follower) return;
				const end = new AbortController();
				const sinceMs = demo.workspace.clock.now();
				const ended = follower(end.signal, sinceMs).catch(() => undefined);
				following.set(node, { end, ended });
			},
			nodeFinished: (node, { outputs, executionTimeMs }) => {
				following.get(node)?.end.abort();
				const items = outputs.reduce((sum, output) => sum + output.length, 0);
				show.line(
					`${node}: ${items} ${items === 1 ? 'item' : 'items'} in ${seconds(executionTimeMs)}`,
				);
			},
		},
	});
	for (const { ended } of following.values()) await ended;
	if (execution.error) throw new Error(plainText(execution.error.message));
	return execution;
}

function taskLine(show: Show, total: number): (progress: Progress) => void {
	let done = 0;
	return ({ name, result, durationMs }) => {
		done++;
		const time = durationMs === undefined ? '' : ` in ${seconds(durationMs)}`;
		show.part(done, total, `task ${name} ${result}${time}`);
	};
}

function tableLine(show: Show): (progress: Progress) => void {
	return ({ name, result, writtenRows = 0, droppedRows = 0 }) => {
		const dropped = droppedRows > 0 ? `, ${grouped(String(droppedRows))} dropped` : '';
		show.line(`table ${name} ${result}: ${grouped(String(writtenRows))} rows${dropped}`);
	};
}

/** A Mattermost message as one paragraph without its marks. */
function plainText(message: string): string {
	return message
		.replace(/:[a-z_]+: |\*\*|`|^> /gm, '')
		.replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1: $2')
		.replace(/\s+/g, ' ')
		.trim();
}

function demoOf({ demo }: Context): Demo {
	if (!demo) throw new Error('The local workspace has not been started.');
	return demo;
}
