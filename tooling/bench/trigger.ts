import type { Benchmark, Figures, Goal } from './measure';
import { backlog, openChangeSets } from './triggerBacklog';
import { type Day, naivePoller, nobody, trigger } from './triggerDay';

const usual = 'Delta Trigger, default';
const awake = 'Delta Trigger, While It Is Awake';
const always = 'Delta Trigger, At Every Poll';
const naive = "a schedule, n8n's Databricks node, SELECT";
const alone = 'nobody polls';

const quietDay: Day = { changedAt: [], isBusy: false };
const usualDay: Day = { changedAt: [9 * 60, 15 * 60], isBusy: false };
const busyDay: Day = { changedAt: [9 * 60, 15 * 60], isBusy: true };

const [small, large, batch] = [200_000, 1_000_000, 100_000];
const name = (rows: number, atOnce: number) =>
	`${rows.toLocaleString('en')} changes, ${atOnce.toLocaleString('en')} a poll`;

function goal(text: string, names: string[], isMet: (...figures: Figures[]) => boolean): Goal {
	return {
		text,
		isMet: (figures) => {
			const found = names.flatMap((each) => figures.get(each) ?? []);
			return found.length < names.length ? undefined : isMet(...found);
		},
	};
}

const seconds = ({ counted }: Figures) => counted?.['warehouse-seconds'] ?? NaN;
const polls = 24 * 60;

/** What the Delta Trigger costs, and how it deals with a lot at once. */
export const benchmark: Benchmark = {
	title: 'Delta Trigger: what polling costs in 24 simulated hours, and a backlog',
	open: openChangeSets,
	cases: [
		{
			name: 'a day without a change; the warehouse sleeps; one poll a minute',
			contenders: [
				nobody(quietDay),
				trigger(usual, quietDay, {}),
				trigger(awake, quietDay, { warehouseUse: 'whileAwake' }),
				trigger(always, quietDay, { warehouseUse: 'always' }),
				naivePoller(naive, quietDay),
			],
			goals: [
				goal('no warehouse-seconds by default', [usual], (own) => seconds(own) === 0),
				goal('an idle poll is one request', [usual], ({ requests }) => requests === polls),
			],
		},
		{
			name: 'a day with two changes, whose writer wakes the warehouse; one poll a minute',
			contenders: [
				nobody(usualDay),
				trigger(usual, usualDay, {}),
				trigger(awake, usualDay, { warehouseUse: 'whileAwake' }),
				trigger('Delta Trigger, Every Few Minutes (60)', usualDay, { warehouseUse: 'wakeEvery' }),
				trigger(always, usualDay, { warehouseUse: 'always' }),
				naivePoller(naive, usualDay),
			],
			goals: [
				goal('both changes come by default', [usual], ({ done }) => done === '2 changes'),
				goal(
					'by default at most two minutes a change more than without a poll',
					[alone, usual],
					(without, own) => seconds(own) - seconds(without) <= 2 * 120,
				),
			],
		},
		{
			name: 'a day with two changes on a warehouse that others keep running; one poll a minute',
			contenders: [
				nobody(busyDay),
				trigger(usual, busyDay, {}),
				trigger(awake, busyDay, { warehouseUse: 'whileAwake' }),
				naivePoller(naive, busyDay),
			],
			goals: [
				goal(
					'one statement a poll while it is awake, and one a change',
					[awake],
					({ counted }) => (counted?.statements ?? NaN) <= polls + 2,
				),
			],
		},
		{
			name: 'a commit of many changes, handed over in batches, in a heap that does not hold all of them',
			// A million of these items take about 1 GB. Without a limit Node lets garbage lie as long as there is room.
			heapMb: 400,
			contenders: [
				backlog(name(large, batch), large, batch),
				backlog(name(small, batch), small, batch),
			],
			goals: [
				goal('all of them come', [name(large, batch)], ({ done }) => done === `${large} rows`),
				goal(
					'five times the changes take at most 1.5 times the memory',
					[name(large, batch), name(small, batch)],
					(many, few) => many.peakBytes <= 1.5 * few.peakBytes,
				),
			],
		},
	],
};
