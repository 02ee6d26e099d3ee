import { openLakehouse, shapeOf, type OpenLakehouse } from './openLakehouse';
import { recorded, statementsOf, wireRows, type Recorded } from './recordings';
import type { StatementParameter } from '../../../workspace/delta/objects';
import { SqlError } from '../../../workspace/sql/sqlError';

/**
 * Staged outside SQL; settings that a warehouse does not let anyone set; paths and other formats;
 * protocol features, which are not modelled; and two that were recorded over another table t.
 */
const notHere =
	/-oor$|log-cleaned|logtrunc|vacuumed-|setup-vacuum|name-path|by-path|on-parquet|history-of-t$|detail-|-detail-id|endversion-schema|no-row-versions|type-widen|property-props|history-version-list|max-version-cheap/;
/** What the workspace refuses as something it does not have. */
const loud = 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE';
/** Where Databricks or the workspace answers with another condition than open-source Spark. */
const conditionHere: Record<string, string> = {
	'no-start': 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
	'no-args': 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
	'catalog-missing': 'TABLE_OR_VIEW_NOT_FOUND',
	'time-travel-param': 'none',
	'ts-expression': loud,
	'param-identifier-table': loud,
	'name-unquoted-identifier': loud,
	'time-travel-at-syntax': loud,
};

let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
});
afterAll(() => opened.close());

const sqlTypes: Record<string, string> = { int: 'INT', str: 'STRING' };
function parametersOf({ args = {} }: Recorded): StatementParameter[] {
	return Object.entries(args).map(([name, { python, value }]) => ({
		name,
		value: String(value),
		type: sqlTypes[python] ?? 'STRING',
	}));
}

/** Recorded commit times stand for ours: they are found by the version they belong to. */
async function withOurTimes(sql: string, recordedTimes: Map<string, number>): Promise<string> {
	if (!sql.includes("'2026-11-21")) return sql;
	const ours = await opened.rows('DESCRIBE HISTORY t');
	const timeOf = (version: number) =>
		Date.parse(ours.find((row) => row[0] === `${version}`)?.[1] ?? '');
	return sql.replace(/'(2026-11-21[T ][\d:.]+Z?)'/g, (whole, text: string) => {
		const ms = Date.parse(`${text.replace(' ', 'T').replace('Z', '').slice(0, 23)}Z`);
		for (const [time, version] of recordedTimes) {
			const off = ms - Date.parse(time);
			if (Math.abs(off) <= 1) return `'${new Date(timeOf(version) + off).toISOString()}'`;
		}
		return whole;
	});
}

/** Rows without the commit time, in an order of their own when the statement gives none. */
function comparable(rows: (string | null)[][], timeAt: number, ordered: boolean) {
	const kept = rows.map((row) => row.filter((_cell, at) => at !== timeAt));
	return ordered ? kept : kept.map((row) => JSON.stringify(row)).sort();
}

test('the change feed gives the recorded rows, ranges and errors', async () => {
	const entries = (await recorded('cdf')).filter((entry) => !notHere.test(entry.id));
	const times = new Map<string, number>();
	for (const row of entries.find(({ id }) => id === 'feed-commit-timestamp')?.rows ?? []) {
		times.set(`${String(row[1]).replace(' ', 'T')}Z`, Number(row[0]));
	}
	const expected: unknown[] = [];
	const received: unknown[] = [];
	for (const entry of entries) {
		const statements = statementsOf(entry);
		const last = await withOurTimes(statements.pop() ?? '', times);
		// Time passes between statements, so that a millisecond beside a commit is beside it.
		for (const statement of statements) {
			await opened.clock.advance(10);
			await opened.run(statement);
		}
		await opened.clock.advance(10);
		if (entry.id.startsWith('param-')) await makeParameterTable();
		const timeAt = entry.schema?.findIndex(({ name }) => name === '_commit_timestamp') ?? -1;
		const ordered =
			/order by/i.test(last) && !/limit|pre-post|order by 1, 3|order by 1$/i.test(last);
		const here = conditionHere[entry.id];
		const table = entry.id.startsWith('param-') ? last.replace("'t'", "'p'") : last;
		const given = await answerOf(
			table,
			parametersOf(entry).map((each) => (each.name === 't' ? { ...each, value: 'p' } : each)),
		);
		const isSetup = entry.kind === 'setup';
		if (here !== undefined) expected.push({ id: entry.id, condition: here });
		else if (isSetup) expected.push({ id: entry.id, condition: entry.error?.condition ?? 'none' });
		else if (entry.error !== undefined) {
			expected.push({
				id: entry.id,
				condition: entry.error.condition,
				sqlState: entry.error.sqlState,
			});
		} else {
			const shape = entry.schema?.map(({ name, type }) => ({ name, type }));
			expected.push({ id: entry.id, shape, rows: comparable(wireRows(entry), timeAt, ordered) });
		}
		if (here !== undefined || isSetup) {
			received.push({ id: entry.id, condition: 'condition' in given ? given.condition : 'none' });
		} else if ('condition' in given) received.push({ id: entry.id, ...given });
		else
			received.push({
				id: entry.id,
				shape: given.shape,
				rows: comparable(given.rows, timeAt, ordered),
			});
	}
	expect(received).toEqual(expected);
	expect(received.length).toBeGreaterThanOrEqual(100);
});

async function makeParameterTable(): Promise<void> {
	if ((await opened.conditionOf('DESCRIBE TABLE p')) === 'none') return;
	await opened.run(
		"CREATE TABLE p (id BIGINT, v STRING) TBLPROPERTIES ('delta.enableChangeDataFeed'='true')",
	);
	await opened.run("INSERT INTO p VALUES (1,'a'),(2,'b'),(3,'c')");
	await opened.run("UPDATE p SET v = 'x' WHERE id IN (1,2)");
	await opened.run('DELETE FROM p WHERE id = 3');
}

async function answerOf(sql: string, parameters: StatementParameter[]) {
	try {
		const result = await opened.run(sql, parameters);
		return { shape: shapeOf(result), rows: result.rows };
	} catch (error) {
		if (error instanceof SqlError) return { condition: error.condition, sqlState: error.sqlState };
		throw error;
	}
}
