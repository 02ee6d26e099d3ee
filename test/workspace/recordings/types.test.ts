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

const REASONS: Record<string, string> = {};

/** What is refused, and why. */
const REFUSED: Record<string, string> = {
	'collations are not there': 'string-collate',
	'TIME and intervals of months and days together are not there': 'time interval-make',
	'the driver drops a byte order mark at the beginning of a text': 'string-bom',
	'a text holds Unicode, no other bytes': 'binary array-binary map-binary-key struct-timestamp',
	'years outside of 0001 to 9999': 'date-neg date-0000 date-10000 ts-neg-year',
	'names of time zones': 'ts-region',
	'the functions are not verified':
		'interval-make-dt interval-make-ym interval-cast-string interval-cast-int',
	'every statement of the Statement API has a session of its own, in UTC':
		'tz-Europe_Belgrade-instant tz-Europe_Belgrade-literal-no-zone tz-Europe_Belgrade-to-unix tz-Europe_Belgrade-ntz tz-Europe_Belgrade-old tz-America_New_York-instant tz-America_New_York-literal-no-zone tz-America_New_York-to-unix tz-America_New_York-ntz tz-America_New_York-old tz-Asia_Kolkata-instant tz-Asia_Kolkata-literal-no-zone tz-Asia_Kolkata-to-unix tz-Asia_Kolkata-ntz tz-Asia_Kolkata-old tz-+02:00-instant tz-+02:00-literal-no-zone tz-+02:00-to-unix tz-+02:00-ntz tz-+02:00-old tz-America_St_Johns-instant tz-America_St_Johns-literal-no-zone tz-America_St_Johns-to-unix tz-America_St_Johns-ntz tz-America_St_Johns-old tz-gap-belgrade tz-gap-belgrade-unix tz-overlap-belgrade tz-overlap-belgrade-unix tz-overlap-second-instant tz-gap-newyork tz-date-of-ts tz-ntz-to-ltz-gap tz-add-day-over-dst tz-add-24h-over-dst',
};

test('values have the recorded type and text', async () => {
	const opened = await openLakehouse();
	const verdicts = new Map<string, Verdict>();
	const judge = async (recorded: z.infer<typeof entry>): Promise<Verdict> => {
		const zone = recorded.sessionTimeZone ?? 'UTC';
		const sql =
			zone === 'UTC' || zone === 'Etc/UTC'
				? `select cast(v as string) s, typeof(v) t from (select ${recorded.expr} as v)`
				: `SET TIME ZONE '${zone}'`;
		const outcome = await outcomeOf(() => opened.run(sql));
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
	report('types.json', verdicts, REASONS, REFUSED);
	await opened.close();
}, 30_000);
