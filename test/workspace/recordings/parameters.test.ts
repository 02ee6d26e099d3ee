import { openLakehouse } from '../delta/openLakehouse';
import { parametersOf } from './arguments';
import { report, statementsIn, Walk } from './walk';

const ROW = `true as b, cast(1 as tinyint) as ti, 5 as i, 9007199254740993L as l, cast(1.1 as float) as f, 1.1D as dbl,
	cast(10.50 as decimal(15,2)) as dec, 'abc' as s, cast('abc' as binary) as bin, date'2024-01-31' as d,
	timestamp'2024-01-31 12:00:00' as ts, timestamp_ntz'2024-01-31 12:00:00' as ntz, array(1,2) as a`;

const OF_PARQUET =
	/^(?:UNSUPPORTED_FEATURE\.(?:TABLE_OPERATION|TIME_TRAVEL)|INCOMPATIBLE_DATA_FOR_TABLE)/;

const REASONS: Record<string, Record<string, string>> = {
	'parameters.json': {
		'the place is told or not, by the way parameters are bound':
			'limit-string limit-bigint limit-negative limit-null offset-string identifier-null identifier-int name-case-differs missing',
		'the same error, told of a part of the statement before or after': 'name-hyphen vacuum-param',
		'a Delta table has what a Parquet table has not':
			'identifier-describe-history identifier-describe-detail identifier-time-travel identifier-optimize',
		'the table could not be created before, without parameters in DDL': 'identifier-drop',
		'Databricks takes no parameters in DDL': 'ddl-view ddl-temp-view ddl-comment',
		'a warehouse lets nobody see or set settings of Spark': 'set-param',
	},
	'parameters-delta.json': {
		'the same error, told of a part of the statement before or after': 'vacuum-param',
		'later versions of Spark bind parameters before they parse, and take them in more places':
			'script identifier-alias identifier-table-dot-part interval-number interval-number-int identifier-describe-history identifier-describe-detail identifier-time-travel identifier-optimize time-travel-version',
		'Databricks refuses a column without a type': 'null-ctas',
		'a warehouse lets nobody see or set settings of Spark': 'set-param',
	},
};

const REFUSED: Record<string, string> = {
	'TIME is not there': 'map-colon',
	'ASC and DESC as parameters': 'asc-param',
};
const REFUSED_OF_PARQUET: Record<string, string> = {
	'managed tables are Delta tables':
		'identifier-create ddl-create-table-default ddl-ctas ddl-properties null-ctas',
};

test.each(Object.keys(REASONS))(
	'%s: parameters bind as recorded',
	async (file) => {
		const opened = await openLakehouse();
		await opened.run(`CREATE TABLE ty AS SELECT ${ROW}`);
		const walk = new Walk(opened);
		for (const entry of statementsIn(file)) {
			const parameters = parametersOf(entry);
			// A Parquet table cannot be changed; what the same statement does to a Delta table is in the other file.
			if (OF_PARQUET.test(entry.error?.condition ?? '') && file === 'parameters.json') continue;
			if (parameters !== undefined) await walk.judge(entry, parameters);
		}
		report(file, walk.verdicts, REASONS[file] ?? {}, {
			...REFUSED,
			...(file === 'parameters.json' ? REFUSED_OF_PARQUET : {}),
		});
		await opened.close();
	},
	30_000,
);
