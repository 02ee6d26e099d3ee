import { openLakehouse, type OpenLakehouse } from './openLakehouse';

const day = 86_400_000;
let opened: OpenLakehouse;
beforeEach(async () => {
	opened = await openLakehouse();
});
afterEach(() => opened.close());

const gone = 'FAILED_READ_FILE.FILE_NOT_EXIST';
const feed = (range: string) => opened.conditionOf(`SELECT * FROM table_changes('t', ${range})`);
const at = (version: number) => opened.conditionOf(`SELECT * FROM t VERSION AS OF ${version}`);

async function made(properties = ''): Promise<void> {
	await opened.run(
		`CREATE TABLE t (id INT, v STRING) TBLPROPERTIES (delta.enableChangeDataFeed = true${properties})`,
	);
}

test('VACUUM takes away what versions older than the retention are read from', async () => {
	await made();
	await opened.run("INSERT INTO t VALUES (1,'a'),(2,'b')");
	await opened.run("UPDATE t SET v = 'z' WHERE id = 1");
	await opened.run("INSERT OVERWRITE t VALUES (5,'n')");
	await opened.run('VACUUM t');
	expect([await feed('1, 1'), await at(1)]).toEqual(['none', 'none']);
	await opened.clock.advance(8 * day);
	expect(await feed('0, 3')).toBe('none');
	await opened.run('VACUUM t');
	expect([
		await feed('1, 1'),
		await feed('2, 2'),
		await feed('3, 3'),
		await feed('0'),
		await at(1),
		await at(2),
		await opened.conditionOf('RESTORE t TO VERSION AS OF 1'),
	]).toEqual([gone, gone, gone, gone, gone, gone, gone]);
	expect([await feed('0, 0'), await at(3), await at(0)]).toEqual(['none', 'none', 'none']);
	await opened.run("INSERT INTO t VALUES (6,'m')");
	expect(await opened.rows("SELECT id FROM table_changes('t', 8)")).toEqual([['6']]);
	expect(await opened.rows('SELECT id FROM t ORDER BY id')).toEqual([['5'], ['6']]);
});

test('the retention of files is a property, and what is younger stays', async () => {
	await made(", 'delta.deletedFileRetentionDuration' = 'interval 30 days'");
	await opened.run("INSERT INTO t VALUES (1,'a')");
	await opened.run('DELETE FROM t');
	await opened.clock.advance(8 * day);
	await opened.run('VACUUM t');
	expect(await feed('0')).toBe('none');
	await opened.run('VACUUM t RETAIN 168 HOURS');
	expect(await feed('2, 2')).toBe(gone);
});

test('the log is cleaned up at its tenth version, from the last sum before the limit on', async () => {
	await made();
	for (let id = 1; id <= 12; id++) await opened.run(`INSERT INTO t VALUES (${id}, 'x')`);
	await opened.clock.advance(32 * day);
	for (let id = 13; id <= 19; id++) await opened.run(`INSERT INTO t VALUES (${id}, 'x')`);
	expect(await feed('0')).toBe('none');
	await opened.run("INSERT INTO t VALUES (20, 'x')");
	expect([await feed('0'), await feed('9'), await feed('10'), await at(9), await at(10)]).toEqual([
		'DELTA_LOG_FILE_NOT_FOUND',
		'DELTA_LOG_FILE_NOT_FOUND',
		'none',
		'DELTA_VERSION_NOT_FOUND',
		'none',
	]);
	const versions = await opened.rows('DESCRIBE HISTORY t');
	expect(versions.map(([version]) => Number(version))).toEqual([
		20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10,
	]);
	expect(await opened.rows('SELECT count(*) FROM t')).toEqual([['20']]);
});

test('clean-up can be turned off', async () => {
	await made(", 'delta.enableExpiredLogCleanup' = 'false'");
	await opened.clock.advance(90 * day);
	for (let id = 1; id <= 20; id++) await opened.run(`INSERT INTO t VALUES (${id}, 'x')`);
	expect(await feed('0')).toBe('none');
});
