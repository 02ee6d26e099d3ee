import { generateExports } from '../../workspace/sample/exports';
import { independentTotals, pesosText } from '../../workspace/sample/independentTotals';
import type { RawExport } from '../../workspace/sample/independentTotals';
import { LocalDeployment } from './localDeployment';

const totalsQuery = `SELECT agency, period, transaction_count, vendor_count, total_amount, withholding_tax, income_tax, vat
FROM gold.bir.monthly_totals ORDER BY agency, period`;

/** What the query above must give for these files, worked out without SQL. */
function expectedTotals(exports: Iterable<RawExport>): string[][] {
	return independentTotals(exports).months.map((month) => [
		month.agency,
		`${month.month}-01`,
		String(month.transactionCount),
		String(month.vendorCount),
		pesosText(month.totalCentavos),
		pesosText(month.withholdingTaxCentavos),
		pesosText(month.incomeTaxCentavos),
		pesosText(month.vatCentavos),
	]);
}

let workspace: LocalDeployment;
let pipelineId: string;
beforeAll(async () => {
	workspace = await LocalDeployment.start();
	pipelineId = (await workspace.deploy()).resources['pipelines.scout_etl']?.id ?? '';
});
afterAll(() => workspace.close());

const { exports } = generateExports({ lastMonth: '2026-10' });
const lateId = 'CKVC-2026-10-14';
const late = exports.filter(({ exportId }) => exportId === lateId);
const onTime = exports.filter(({ exportId }) => exportId !== lateId);

async function outputRows(request = {}): Promise<Record<string, number>> {
	const { state, datasets } = await workspace.update({ pipelineId, ...request });
	expect(state).toBe('COMPLETED');
	return Object.fromEntries(datasets.map(({ dataset, outputRows: count }) => [dataset, count]));
}

it('an update without files makes empty tables', async () => {
	expect(await outputRows()).toEqual({
		'bronze.scout.transactions': 0,
		'silver.scout.transactions': 0,
		'silver.scout.latest_transactions': 0,
		'gold.bir.monthly_totals': 0,
		'gold.bir.category_analysis': 0,
	});
	expect(await workspace.query(totalsQuery)).toEqual([]);
});

it('36 months of eight agencies come out to the centavo, and the dirt is counted', async () => {
	await workspace.land(onTime);
	const { state, datasets } = await workspace.update({ pipelineId });
	expect(state).toBe('COMPLETED');
	const { received, dropped, failed } = independentTotals(onTime);
	const byName = new Map(datasets.map((each) => [each.dataset, each]));
	expect(byName.get('bronze.scout.transactions')?.outputRows).toBe(received);
	expect(byName.get('silver.scout.transactions')).toEqual({
		dataset: 'silver.scout.transactions',
		status: 'COMPLETED',
		outputRows: received - dropped,
		upsertedRows: 0,
		deletedRows: 0,
		droppedRecords: dropped,
		expectations: Object.entries(failed).map(([name, failedRecords]) => ({
			name,
			action: 'drop',
			passedRecords: received - failedRecords,
			failedRecords,
			passRate: (received - failedRecords) / received,
		})),
	});
	expect(await workspace.query(totalsQuery)).toEqual(expectedTotals(onTime));
}, 60_000);

it('a second update with nothing new adds nothing', async () => {
	const before = await workspace.query('SELECT count(*) FROM silver.scout.transactions');
	expect(await outputRows()).toMatchObject({
		'bronze.scout.transactions': 0,
		'silver.scout.transactions': 0,
	});
	expect(await workspace.query('SELECT count(*) FROM silver.scout.transactions')).toEqual(before);
	expect(await workspace.query(totalsQuery)).toEqual(expectedTotals(onTime));
});

it('a late file adds exactly its rows', async () => {
	await workspace.land(late);
	const { received, dropped } = independentTotals(late);
	expect(received).toBeGreaterThan(0);
	expect(await outputRows()).toMatchObject({
		'bronze.scout.transactions': received,
		'silver.scout.transactions': received - dropped,
	});
	expect(await workspace.query(totalsQuery)).toEqual(expectedTotals(exports));
});

it('a file that is uploaded again is not read again', async () => {
	await workspace.land(late);
	expect(await outputRows()).toMatchObject({ 'bronze.scout.transactions': 0 });
});

it('the category analysis adds up to the totals', async () => {
	const perCategory = await workspace.query(
		'SELECT agency, period, sum(total_amount), sum(transaction_count) FROM gold.bir.category_analysis GROUP BY agency, period ORDER BY agency, period',
	);
	const totals = expectedTotals(exports).map(([agency, period, count, , total]) => [
		agency,
		period,
		total,
		count,
	]);
	expect(perCategory).toEqual(totals);
});

it('a full refresh reads every file again and comes to the same', async () => {
	const { received, dropped } = independentTotals(exports);
	expect(await outputRows({ fullRefresh: true })).toMatchObject({
		'bronze.scout.transactions': received,
		'silver.scout.transactions': received - dropped,
	});
	expect(await workspace.query(totalsQuery)).toEqual(expectedTotals(exports));
}, 60_000);

it('Unity Catalog knows the datasets as what they are', async () => {
	const rows = await workspace.query(
		'SELECT typeof(total_amount), typeof(period) FROM gold.bir.monthly_totals LIMIT 1',
	);
	expect(rows).toEqual([['decimal(28,2)', 'date']]);
	const { tables } = workspace.local.lakehouse;
	const types = await Promise.all([
		tables.get('silver', 'scout', 'transactions'),
		tables.get('gold', 'bir', 'monthly_totals'),
	]);
	expect(types.map((table) => table?.kind)).toEqual(['STREAMING_TABLE', 'MATERIALIZED_VIEW']);
});
