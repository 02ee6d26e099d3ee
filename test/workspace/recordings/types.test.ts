import { z } from 'zod';
import { openLakehouse } from '../delta/openLakehouse';
import { entriesOf, isRefusal, outcomeOf, report, type Verdict } from './walk';

const entry = z.object({
	id: z.string(),
	expr: z.string(),
	sessionTimeZone: z.string().optional(),
	type: z.object({ typeof: z.string() }).optional(),
	string: z.string().nullish(),
	error: z.object({ condition: z.string().nullable() }).optional(),
});

test('values have the recorded type and text', async () => {
	const opened = await openLakehouse();
	const verdicts = new Map<string, Verdict>();
	const judge = async (recorded: z.infer<typeof entry>): Promise<Verdict> => {
		const { expr, sessionTimeZone: timeZone } = recorded;
		const sql = `select cast(v as string) s, typeof(v) t from (select ${expr} as v)`;
		const session = { ...opened.session, ...(timeZone === undefined ? {} : { timeZone }) };
		const outcome = await outcomeOf(() => opened.lakehouse.run(sql, session));
		if ('error' in outcome) {
			if (outcome.error.condition === recorded.error?.condition) return 'equal';
			return isRefusal(outcome.error) ? 'refused' : { differs: outcome.error.message };
		}
		const received = JSON.stringify(outcome.result.rows);
		const expected = JSON.stringify([[recorded.string ?? null, recorded.type?.typeof]]);
		if (recorded.error === undefined && received === expected) return 'equal';
		return { differs: `${received} instead of ${expected}` };
	};
	for (const recorded of entriesOf('types.json', entry)) {
		verdicts.set(recorded.id, await judge(recorded));
	}
	report('types.json', verdicts, {}, {});
	await opened.close();
}, 30_000);
