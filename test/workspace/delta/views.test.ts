import { openLakehouse, type OpenLakehouse } from './openLakehouse';

let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
	await opened.run('CREATE TABLE t (id INT, amount DECIMAL(9,2), tags ARRAY<STRING>)');
	await opened.run("INSERT INTO t VALUES (1, 2.50, array('a'))");
});
afterAll(() => opened.close());

test.each([
	['sum(amount)', 'SELECT id, sum(amount) FROM t GROUP BY id'],
	['(id + 1)', 'SELECT id + 1, amount AS a FROM t'],
	['upper(x)', "SELECT *, upper('x') FROM t"],
	['(id + 1)', 'SELECT id + 1 FROM t UNION ALL SELECT id AS n FROM t'],
	['(id + 1)', '(SELECT id + 1 FROM t)'],
])('a view needs an alias for %s: %s', async (label, query) => {
	for (const columns of ['', query.includes(',') || query.includes('*') ? '' : ' (n)']) {
		await expect(opened.run(`CREATE OR REPLACE VIEW v${columns} AS ${query}`)).rejects.toThrow(
			`[CREATE_PERMANENT_VIEW_WITHOUT_ALIAS] Not allowed to create the permanent view \`spark_catalog\`.\`s\`.\`v\` without explicitly assigning an alias for the expression "${label}". SQLSTATE: 0A000`,
		);
	}
});

test.each([
	['columns and a star', 'SELECT id, t.amount, * EXCEPT (id, amount) FROM t', '1,2.50,["a"]'],
	['an alias', 'SELECT id + 1 AS next FROM t', '2'],
	['literals', 'SELECT -1, id, NULL FROM t', '-1,1,'],
	['a cast of a column', 'SELECT CAST(id AS STRING) FROM t', '1'],
	['an element', 'SELECT tags[0] FROM t', 'a'],
	['explode', 'SELECT explode(tags) FROM t', 'a'],
	['values', 'VALUES (1, 2)', '1,2'],
])('a view takes %s as it is', async (_name, query, row) => {
	await opened.run(`CREATE OR REPLACE VIEW v AS ${query}`);
	expect((await opened.rows('SELECT * FROM v')).join()).toBe(row);
});

test('a cast by the name of its type keeps the name of its column in a view', async () => {
	const opened = await openLakehouse();
	await opened.run('CREATE TABLE texts (name STRING)');
	await opened.run("INSERT INTO texts VALUES ('5')");
	await opened.run('CREATE VIEW numbers AS SELECT int(name) FROM texts');
	expect(await opened.run('SELECT * FROM numbers')).toMatchObject({
		columns: [{ name: 'name', type: { kind: 'int' } }],
		rows: [['5']],
	});
	expect(await opened.conditionOf("CREATE VIEW fives AS SELECT int('5') FROM texts")).toBe(
		'CREATE_PERMANENT_VIEW_WITHOUT_ALIAS',
	);
	await opened.close();
});
