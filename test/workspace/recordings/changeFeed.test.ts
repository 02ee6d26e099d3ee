import { z } from 'zod';
import { openLakehouse, shapeOf, type OpenLakehouse } from '../delta/openLakehouse';
import type { SqlError } from '../../../workspace/sql/sqlError';
import { parametersOf } from './arguments';
import { entriesOf, isRefusal, judgeError, outcomeOf, report, type Verdict } from './walk';

const REASONS: Record<string, string> = {
	'needs a setting that a warehouse lets nobody set':
		'start-latest-plus-1-oor start-latest-plus-1-with-end-oor start-latest-plus-100-oor ts-after-latest-oor ts-end-after-latest-oor recreated-start-beyond-latest-oor',
	'the same error without what is of files and paths':
		'start-negative log-cleaned-start-0 vacuumed-feed-insert vacuumed-feed-update vacuumed-feed-all vacuumed-time-travel vacuumed-feed-latest',
	'the same error in fewer words': 'column-renamed-in-range column-dropped-in-range',
	'the type is written as SQL writes it': 'start-decimal',
	'an internal error of Spark': 'no-start no-args time-travel-param',
	'tables have no path': 'name-path by-path-function',
	'Databricks has catalogs and says that the table is missing': 'catalog-missing',
	'the protocol names its features one by one': 'replaced-without-cdf-property-props',
};
/** What is refused, and why. */
const REFUSED: Record<string, string> = {
	'a start that is an expression; names as parameters or of more parts':
		'ts-expression param-identifier-table name-unquoted-identifier',
	'only Delta tables are there': 'on-parquet',
	'a column keeps its type': 'setup-type-widening type-widened-in-range type-widened-before',
	'`t@v1` is not there': 'time-travel-at-syntax',
	'REORG is not there, and what was recorded after it':
		'setup-no-row-versions no-row-versions-feed',
};

const entry = z.object({
	id: z.string(),
	kind: z.string().optional(),
	sql: z.union([z.string(), z.array(z.string())]).optional(),
	args: z.record(z.object({ python: z.string(), value: z.unknown() })).optional(),
	schema: z.array(z.object({ name: z.string(), type: z.string() })).optional(),
	rows: z.array(z.array(z.unknown())).optional(),
	error: z
		.object({
			condition: z.string().nullable(),
			sqlState: z.string().nullable(),
			message: z.string(),
		})
		.optional(),
	/** Of detail-last-modified: a statement, what DESCRIBE DETAIL says after it, and the newest version. */
	value: z.unknown(),
	history: z.array(z.tuple([z.number(), z.string()])).optional(),
});
type Entry = z.infer<typeof entry>;

const steps = z.array(z.tuple([z.string(), z.string()]).rest(z.string()));

/** A table whose first versions were not recorded; what is known of it fits these. */
const anotherTable = [
	'CREATE TABLE t (id BIGINT, name STRING, amount DECIMAL(15,2)) TBLPROPERTIES (delta.enableChangeDataFeed = true)',
	"INSERT INTO t VALUES (1, 'a', 1.00), (3, 'c', 3.00)",
	"INSERT INTO t VALUES (2, 'b', 2.00)",
	'DELETE FROM t WHERE id = 3',
];
/** Entries that were recorded over it. */
const ofAnotherTable = [
	'detail-last-modified',
	'history-version-list',
	'time-travel-count-by-version',
	'max-version-cheap-ways',
];
const day = 86_400_000;

/** What happens in place of a statement, or before it: files went by themselves or by a setting. */
const instead: Record<string, (opened: OpenLakehouse) => Promise<unknown>> = {
	'vacuum vc retain 0 hours': async ({ clock, run }) => {
		await clock.advance(8 * day);
		return await run('VACUUM vc');
	},
	'insert into lt values (2)': async ({ clock, run }) => {
		await clock.advance(40 * day);
		return await run('INSERT INTO lt VALUES (2)');
	},
};

/** Recorded commit times stand for ours: they are found by the version they belong to. */
class Times {
	private readonly versions = new Map<number, string>();

	constructor(commits: readonly (readonly unknown[])[]) {
		for (const [version, time] of commits) {
			this.versions.set(
				Date.parse(`${String(time).replace(' ', 'T').slice(0, 23)}Z`),
				`${version}`,
			);
		}
	}

	async ours(opened: OpenLakehouse, sql: string): Promise<string> {
		if (!sql.includes("'2026-11-21")) return sql;
		const history = await opened.rows('DESCRIBE HISTORY t');
		return sql.replace(/'(2026-11-21[T ][\d:.]+Z?)'/g, (whole, text: string) => {
			const ms = Date.parse(`${text.replace(' ', 'T').replace('Z', '').slice(0, 23)}Z`);
			const near = [0, 1, -1].find((off) => this.versions.has(ms + off));
			const version = near === undefined ? undefined : this.versions.get(ms + near);
			const [, time = ''] = history.find((row) => row[0] === version) ?? [];
			return near === undefined || time === null || time === ''
				? whole
				: `'${new Date(Date.parse(time) - near).toISOString()}'`;
		});
	}
}

/** The walk through the file: one lakehouse, in which time passes between statements. */
class FeedWalk {
	readonly verdicts = new Map<string, Verdict>();
	/** IDs of tables after each statement of their set-up. */
	private readonly ids = new Map<string, string[]>();
	/** Tables whose set-up was refused: nothing that was recorded of them can be equal. */
	private readonly refused = new Set<string>();

	constructor(
		private readonly opened: OpenLakehouse,
		private readonly times: Times,
	) {}

	async judge(recorded: Entry): Promise<void> {
		const statements = [recorded.sql ?? []].flat();
		const last = recorded.kind === 'setup' ? '' : (statements.pop() ?? '');
		const before = await this.prepare(recorded, statements);
		const subject = tableIn(last);
		const isRefused = subject !== undefined && this.refused.has(subject);
		const verdict =
			before ?? (isRefused ? 'refused' : await this.answer(recorded, await this.ours(last)));
		this.verdicts.set(recorded.id, verdict);
	}

	private async ours(sql: string): Promise<string> {
		await this.opened.clock.advance(10);
		return await this.times.ours(this.opened, sql);
	}

	/** Runs what comes before the statement that is judged; a verdict when that decides. */
	private async prepare(recorded: Entry, statements: string[]): Promise<Verdict | undefined> {
		let verdict: Verdict | undefined = recorded.kind === 'setup' ? 'equal' : undefined;
		let failed = false;
		for (const sql of statements) {
			await this.opened.clock.advance(10);
			const run = instead[sql] ?? (async ({ run: plain }: OpenLakehouse) => await plain(sql));
			const outcome = await outcomeOf(async () => {
				await run(this.opened);
				return { columns: [], rows: [], statementType: '' };
			});
			const table = tableIn(sql);
			if ('error' in outcome) {
				failed = true;
				const judged =
					recorded.error === undefined
						? refusedOr(outcome.error)
						: judgeError(recorded.error, outcome.error);
				// What follows a refusal is no more to be judged.
				if (verdict !== 'refused') verdict = judged;
				if (table !== undefined && isRefusal(outcome.error)) this.refused.add(table);
			} else if (table === 'rc' || table === 'rp') await this.note(table);
		}
		const isSetup = recorded.kind === 'setup';
		if (isSetup && recorded.error !== undefined && !failed) {
			return { differs: `no ${recorded.error.condition}` };
		}
		return verdict;
	}

	private async note(table: string): Promise<void> {
		const outcome = await outcomeOf(() => this.opened.run(`DESCRIBE DETAIL ${table}`));
		const id = 'error' in outcome ? 'none' : (outcome.result.rows[0]?.[1] ?? 'none');
		this.ids.set(table, [...(this.ids.get(table) ?? []), id]);
	}

	private async answer(recorded: Entry, sql: string): Promise<Verdict> {
		if (recorded.sql === undefined) return await this.noted(recorded);
		if (recorded.id.startsWith('param-')) await this.makeParameterTable();
		const isOther = recorded.id.startsWith('param-');
		const statement = isOther ? sql.replace("'t'", "'p'") : sql;
		const parameters = (parametersOf({ ...recorded, sql: statement, rows: undefined }) ?? []).map(
			(each) => (each.name === 't' ? { ...each, value: 'p' } : each),
		);
		const outcome = await outcomeOf(() => this.opened.run(statement, parameters));
		if ('error' in outcome) {
			if (recorded.error !== undefined) return judgeError(recorded.error, outcome.error);
			return refusedOr(outcome.error);
		}
		if (recorded.error !== undefined) {
			const rows = JSON.stringify(outcome.result.rows).slice(0, 100);
			return { differs: `${rows} instead of ${recorded.error.condition}` };
		}
		const schema = recorded.schema ?? [];
		const timeAt = schema.findIndex(({ name }) => name === '_commit_timestamp');
		// Rows that the statement puts in no order, or not in a whole one, have none.
		const isOrdered = /order by/i.test(sql) && !/limit|pre-post|order by 1(?:, 3)?$/i.test(sql);
		const arranged = (rows: readonly (readonly unknown[])[]) => {
			const kept = rows.map((row) => JSON.stringify(row.filter((_, at) => at !== timeAt)));
			return isOrdered ? kept : kept.sort();
		};
		return equalOr(
			{ shape: shapeOf(outcome.result), rows: arranged(outcome.result.rows) },
			{
				shape: schema.map(({ name, type }) => ({ name, type })),
				rows: arranged(recorded.rows ?? []),
			},
		);
	}

	/** What was noted beside statements: histories, and IDs of tables. */
	private async noted({ id, rows, value }: Entry): Promise<Verdict> {
		const history = async (table: string, columns: readonly number[]) => {
			const lines = await this.opened.rows(`DESCRIBE HISTORY ${table}`);
			return lines.map((line) => columns.map((column) => line[column]));
		};
		const recordedLines = (columns: readonly number[]) =>
			rows?.map((line) => columns.map((column) => String(line[column])));
		switch (id) {
			case 'history-of-t':
				return equalOr(await history('t', [0, 4]), recordedLines([0, 2]));
			case 'log-cleaned-history-rows':
				return equalOr(await history('lt', [0, 4]), recordedLines([0, 1]));
			case 'recreated-detail-id':
				return equalOr(pattern(this.ids.get('rc') ?? []), ['a', 'a', 'a', 'a', '-', 'b', 'b']);
			case 'replaced-detail-id':
				return equalOr(pattern(this.ids.get('rp') ?? []), ['a', 'a', 'b', 'b']);
			case 'detail-last-modified':
				return await this.lastModified(steps.parse(value));
			default:
				return { differs: `nothing is known of ${id}` };
		}
	}

	/** DESCRIBE DETAIL tells the time of the newest version, whatever made it. */
	private async lastModified(recordedSteps: z.infer<typeof steps>): Promise<Verdict> {
		const ours: unknown[] = [];
		for (const [sql] of recordedSteps.slice(1)) {
			await this.opened.clock.advance(1_000);
			await this.opened.run(sql);
			const { columns, rows } = await this.opened.run('DESCRIBE DETAIL t');
			const [detail = []] = rows;
			const modified = detail[columns.findIndex(({ name }) => name === 'lastModified')];
			const [[version, time, , , operation] = []] = await this.opened.rows(
				'DESCRIBE HISTORY t LIMIT 1',
			);
			ours.push([version, operation, modified === time]);
		}
		const recorded = recordedSteps.slice(1).map(([, detail, newest = '']) => {
			const [, version, time = '', operation] =
				/^\((\d+), '(.{19}).*', '(.*)'\)$/.exec(newest) ?? [];
			return [version, operation, detail.includes(`'lastModified': ${time},`)];
		});
		return equalOr(ours, recorded);
	}

	/** The entries with parameters were recorded over another table of this name. */
	private async makeParameterTable(): Promise<void> {
		const { conditionOf, run } = this.opened;
		if ((await conditionOf('DESCRIBE TABLE p')) === 'none') return;
		await run(
			'CREATE TABLE p (id BIGINT, v STRING) TBLPROPERTIES (delta.enableChangeDataFeed = true)',
		);
		await run("INSERT INTO p VALUES (1,'a'),(2,'b'),(3,'c')");
		await run("UPDATE p SET v = 'x' WHERE id IN (1,2)");
		await run('DELETE FROM p WHERE id = 3');
	}
}

function refusedOr(error: SqlError): Verdict {
	return isRefusal(error) ? 'refused' : { differs: error.message };
}

function equalOr(ours: unknown, theirs: unknown): Verdict {
	const [mine, recorded] = [ours, theirs].map((each) => JSON.stringify(each));
	return mine === recorded ? 'equal' : { differs: `${mine} instead of ${recorded}` };
}

/** The same letter for the same ID. */
function pattern(ids: readonly string[]): string[] {
	const known: string[] = [];
	return ids.map((id) => {
		if (id === 'none') return '-';
		if (!known.includes(id)) known.push(id);
		return String.fromCharCode(97 + known.indexOf(id));
	});
}

/** The table that a statement is about. */
function tableIn(sql: string): string | undefined {
	const found =
		/(?:table(?: if not exists)?|into|overwrite|update|from|vacuum|optimize|on table) (?:table )?(?:table_changes\(')?([a-z]\w*)\b/i.exec(
			sql,
		);
	return found?.[1];
}

test('the change feed gives the recorded rows, ranges and errors, entry by entry', async () => {
	const opened = await openLakehouse();
	const entries = entriesOf('cdf.json', entry);
	const commits = entries.find(({ id }) => id === 'feed-commit-timestamp')?.rows ?? [];
	const walk = new FeedWalk(opened, new Times(commits));
	const another = await openLakehouse();
	const later = new FeedWalk(another, new Times([]));
	for (const statement of anotherTable) await another.run(statement);
	for (const recorded of entries) {
		await (ofAnotherTable.includes(recorded.id) ? later : walk).judge(recorded);
	}
	report('cdf.json', new Map([...walk.verdicts, ...later.verdicts]), REASONS, REFUSED);
	await opened.close();
	await another.close();
}, 30_000);
