import type { Clock } from '../../../nodes/databricks/clock';
import type { Handler } from '../inProcessDispatcher';
import { json } from '../workspaceUnderTest';

const minuteMs = 60_000;
const pageSize = 24;

interface KnownRun {
	id: number;
	job: number;
	startMs: number;
	endMs: number;
}

/** Runs that begin now and end after a time, as runs/get and runs/list show them by the clock. */
export class RunsUnderTest {
	private readonly runs: KnownRun[] = [];

	constructor(private readonly clock: () => Clock) {}

	/** Adds runs that last so many minutes each, and gives their ids. */
	start(minutes: readonly number[], job = 9): string[] {
		const startMs = this.clock().now();
		return minutes.map((minute) => {
			const id = this.runs.length + 1;
			this.runs.push({ id, job, startMs, endMs: startMs + minute * minuteMs });
			return String(id);
		});
	}

	delete(id: string): void {
		this.runs.splice(
			this.runs.findIndex((run) => String(run.id) === id),
			1,
		);
	}

	/** Answers a request for a run or a page of the list of a job. */
	readonly answer: Handler = (request) => {
		const { pathname, searchParams } = new URL(request.url);
		if (pathname === '/api/2.2/jobs/runs/get') {
			const id = searchParams.get('run_id');
			const run = this.runs.find((each) => String(each.id) === id);
			if (run !== undefined) return json(this.shown(run));
			return json(
				{ error_code: 'INVALID_PARAMETER_VALUE', message: `Run ${id} does not exist.` },
				400,
			);
		}
		if (pathname !== '/api/2.2/jobs/runs/list') return json({ error_code: 'NOT_FOUND' }, 404);
		const from = Number(searchParams.get('page_token') ?? 0);
		const job = searchParams.get('job_id');
		const listed = this.runs.filter((run) => String(run.job) === job).reverse();
		const next = from + pageSize < listed.length ? String(from + pageSize) : undefined;
		const page = listed.slice(from, from + pageSize).map((run) => this.shown(run));
		return json({ runs: page, next_page_token: next });
	};

	private shown({ id, job, startMs, endMs }: KnownRun) {
		const hasEnded = this.clock().now() >= endMs;
		const state = hasEnded
			? { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' }
			: { life_cycle_state: 'RUNNING' };
		const task = { run_id: id + 10_000, task_key: 'only', state };
		return {
			run_id: id,
			job_id: job,
			state,
			start_time: startMs,
			end_time: hasEnded ? endMs : 0,
			tasks: [task],
		};
	}
}
