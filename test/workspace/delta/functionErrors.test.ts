import { writeFile } from 'node:fs/promises';
import { openLakehouse, type OpenLakehouse } from './openLakehouse';

/** What Spark 4.1 says of functions and calls that are wrong, with names of three parts. */
let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
	for (const sql of [
		'CREATE TABLE t (x INT, y STRING)',
		'CREATE FUNCTION add2(a INT, b INT DEFAULT 10) RETURNS BIGINT RETURN a + b',
		'CREATE FUNCTION nr(a INT) RETURN a * 2',
		'CREATE FUNCTION count_of(a INT) RETURNS BIGINT RETURN (SELECT count(*) FROM t WHERE x = a)',
		'CREATE FUNCTION many(abc INT, abd INT DEFAULT 4, xyz INT DEFAULT 5) RETURNS INT RETURN abc + abd + xyz',
		'CREATE FUNCTION ratio(a INT, b INT) RETURNS DOUBLE RETURN a / b',
		'CREATE FUNCTION tf(a INT) RETURNS TABLE (p INT, q STRING) RETURN SELECT x, y FROM t WHERE x = a',
	]) {
		await opened.run(sql);
	}
});
afterAll(() => opened.close());

const add2 = '`spark_catalog`.`s`.`add2`';
const path = '[`system`.`builtin`, `system`.`session`, `spark_catalog`.`s`]';
const notFound = (name: string): string =>
	`[ROUTINE_NOT_FOUND] The routine ${name} cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not qualify the name with a schema and catalog, verify the current_schema() output, or qualify the name with the correct schema and catalog.\nTo tolerate the error on drop use DROP ... IF EXISTS. SQLSTATE: 42883`;
const FIX =
	"Please, refer to 'https://spark.apache.org/docs/latest/sql-ref-functions.html' for a fix.";

test.each<[sql: string, message: string]>([
	[
		'SELECT add2()',
		`[WRONG_NUM_ARGS.WITHOUT_SUGGESTION] The ${add2} requires 2 parameters but the actual number is 0. ${FIX} SQLSTATE: 42605; line 1 pos 7`,
	],
	[
		'SELECT * FROM tf()',
		`[WRONG_NUM_ARGS.WITHOUT_SUGGESTION] The \`spark_catalog\`.\`s\`.\`tf\` requires 1 parameters but the actual number is 0. ${FIX} SQLSTATE: 42605`,
	],
	[
		'SELECT add2(b => 1)',
		`[REQUIRED_PARAMETER_NOT_FOUND] Cannot invoke routine ${add2} because the parameter named \`a\` is required, but the routine call did not supply a value. Please update the routine call to supply an argument value (either positionally at index 0 or by name) and retry the query again. SQLSTATE: 4274K; line 1 pos 7`,
	],
	[
		'SELECT add2(1, a => 2)',
		`[DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED] Call to routine ${add2} is invalid because it includes multiple argument assignments to the same parameter name \`a\`. A positional argument and named argument both referred to the same parameter. Please remove the named argument referring to this parameter. SQLSTATE: 4274K; line 1 pos 7`,
	],
	[
		'SELECT add2(a => 1, a => 2)',
		`[DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE] Call to routine ${add2} is invalid because it includes multiple argument assignments to the same parameter name \`a\`. More than one named argument referred to the same parameter. Please assign a value only once. SQLSTATE: 4274K; line 1 pos 7`,
	],
	[
		'SELECT many(1, xy => 2)',
		'[UNRECOGNIZED_PARAMETER_NAME] Cannot invoke routine `spark_catalog`.`s`.`many` because the routine call included a named argument reference for the argument named `xy`, but this routine does not include any signature containing an argument with this name. Did you mean one of the following? [`xyz` `abc` `abd`]. SQLSTATE: 4274K; line 1 pos 7',
	],
	[
		'SELECT many(abc => 1, abd => 2, 3)',
		'[UNEXPECTED_POSITIONAL_ARGUMENT] Cannot invoke routine `spark_catalog`.`s`.`many` because it contains positional argument(s) following the named argument assigned to `abd`; please rearrange them so the positional arguments come first and then retry the query again. SQLSTATE: 4274K; line 1 pos 7',
	],
	[
		'SELECT add2(array(1))',
		'[DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION] Cannot resolve "array(1)" due to data type mismatch: cannot cast "ARRAY<INT>" to "INT". SQLSTATE: 42K09; line 1 pos 7',
	],
	[
		"SELECT * FROM tf(DATE'2024-01-01')",
		'[DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION] Cannot resolve "DATE \'2024-01-01\'" due to data type mismatch: cannot cast "DATE" to "INT".\nTo convert values from "DATE" to "INT", you can use the functions `UNIX_DATE` instead. SQLSTATE: 42K09; line 1 pos 14',
	],
	[
		'SELECT add2(DISTINCT 1)',
		`[INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX] Invalid SQL syntax: The function ${add2} does not support DISTINCT. SQLSTATE: 42000; line 1 pos 7`,
	],
	[
		'SELECT 1, s.nosuch(1)',
		`[UNRESOLVED_ROUTINE] Cannot resolve routine \`s\`.\`nosuch\` on search path ${path}. SQLSTATE: 42883; line 1 pos 10`,
	],
	[
		'DROP FUNCTION s.nosuch',
		`[UNRESOLVED_ROUTINE] Cannot resolve routine \`s\`.\`nosuch\` on search path ${path}. SQLSTATE: 42883; line 1 pos 0`,
	],
	['DROP TEMPORARY FUNCTION nosuch', notFound('`nosuch`')],
	[
		'SELECT y, add2(x) FROM t GROUP BY y',
		'[MISSING_AGGREGATION] The non-aggregating expression "x" is based on columns which are not participating in the GROUP BY clause.\nAdd the columns or the expression to the GROUP BY, aggregate the expression, or use "any_value(x)" if you do not care which of the values within a group is returned. SQLSTATE: 42803',
	],
	[
		'CREATE FUNCTION add2() RETURNS INT RETURN 1',
		`[ROUTINE_ALREADY_EXISTS] Cannot create the routine ${add2} because a routine of that name already exists.\nChoose a different name, drop or replace the existing routine, or add the IF NOT EXISTS clause to tolerate a pre-existing routine. SQLSTATE: 42723`,
	],
	[
		'CREATE FUNCTION f(a INT) RETURNS INT RETURN 1 + b',
		'[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `b` cannot be resolved. Did you mean one of the following? [`a`]. SQLSTATE: 42703; line 1 pos 4',
	],
	[
		'CREATE FUNCTION f(a INT) RETURNS DATE RETURN a',
		'[DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION] Cannot resolve "a" due to data type mismatch: cannot cast "INT" to "DATE".\nTo convert values from "INT" to "DATE", you can use the functions `DATE_FROM_UNIX_DATE` instead. SQLSTATE: 42K09; line 1 pos 0',
	],
	['CREATE FUNCTION f(a INT) RETURNS INT RETURN f(a)', notFound('`spark_catalog`.`s`.`f`')],
	[
		'CREATE FUNCTION f(a INT) RETURNS TABLE RETURN SELECT * FROM nosuch(a)',
		notFound('`spark_catalog`.`s`.`nosuch`'),
	],
	[
		'CREATE OR REPLACE FUNCTION nr(a INT) RETURNS INT RETURN nr(a)',
		'[CYCLIC_FUNCTION_REFERENCE] Cyclic function reference detected: spark_catalog.s.nr -> spark_catalog.s.nr. SQLSTATE: 42887',
	],
	[
		'CREATE FUNCTION f(a INT, A INT) RETURN a',
		'[DUPLICATE_ROUTINE_PARAMETER_NAMES] Found duplicate name(s) in the parameter list of the user-defined routine f: `a`. SQLSTATE: 42734',
	],
	[
		'CREATE FUNCTION f(a INT DEFAULT 1, b INT) RETURN a',
		'[USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION] User defined function is invalid: In routine `f` parameter `a` with DEFAULT must not be followed by parameter `b` without DEFAULT. SQLSTATE: 42601',
	],
	[
		'CREATE FUNCTION f(a INT DEFAULT 1 + b) RETURN a',
		'[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION] A column, variable, or function parameter with name `b` cannot be resolved.  SQLSTATE: 42703; line 1 pos 4',
	],
	[
		'CREATE FUNCTION f(a INT DEFAULT (SELECT 1)) RETURN a',
		'[USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_EXPRESSION] User defined function is invalid: The DEFAULT expression of `f`.`a` is not supported because it contains a subquery. SQLSTATE: 42601',
	],
	[
		'CREATE FUNCTION f(a INT NOT NULL) RETURN a',
		'[USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS] User defined function is invalid: Cannot specify NOT NULL on function parameters: a INT NOT NULL SQLSTATE: 42601',
	],
	[
		'CREATE FUNCTION f(a INT) RETURN max(a)',
		'[USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS] User defined function is invalid: SQL scalar function cannot contain aggregate/window/generate functions: max(a) SQLSTATE: 42601',
	],
	[
		'CREATE FUNCTION f(a INT) CONTAINS SQL RETURN nr((SELECT max(x) FROM t))',
		'[INVALID_SQL_FUNCTION_DATA_ACCESS] Cannot create a SQL function with CONTAINS SQL that accesses a table/view or a SQL function that reads SQL data. Please use READS SQL DATA instead. SQLSTATE: 42K0E',
	],
	[
		"CREATE FUNCTION f(a INT) COMMENT 'a' COMMENT 'b' RETURN a",
		'[DUPLICATE_CLAUSES] Found duplicate clauses: COMMENT. Please, remove one of them. SQLSTATE: 42614',
	],
	[
		'CREATE FUNCTION f(a INT) RETURNS TABLE (p INT) RETURN a',
		'[USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY] User defined function is invalid: SQL table function f body must be a query. SQLSTATE: 42601',
	],
	[
		'CREATE FUNCTION f(a INT) RETURNS TABLE (p INT) RETURN SELECT x, y FROM t',
		'[USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH] User defined function is invalid: The number of columns produced by the RETURN clause (num: `2`) does not match the number of column names specified by the RETURNS clause (num: `1`) of spark_catalog.s.f. SQLSTATE: 42601',
	],
	[
		'CREATE FUNCTION f(a INT) RETURNS TABLE RETURN SELECT a, a',
		'[DUPLICATE_ROUTINE_RETURNS_COLUMNS] Found duplicate column(s) in the RETURNS clause column list of the user-defined routine f: `a`. SQLSTATE: 42711',
	],
	[
		'CREATE FUNCTION f(a INT) RETURNS TABLE RETURN SELECT a + 1',
		'[USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_MISSING_COLUMN_NAMES] User defined function is invalid: The relation returned by the query in the CREATE FUNCTION statement for `f` with RETURNS TABLE clause lacks explicit names for one or more output columns; please rewrite the function body to provide explicit column names or add column names to the RETURNS TABLE clause, and re-run the command. SQLSTATE: 42601',
	],
	[
		'CREATE OR REPLACE FUNCTION IF NOT EXISTS f() RETURN 1',
		'[INVALID_SQL_SYNTAX.CREATE_ROUTINE_WITH_IF_NOT_EXISTS_AND_REPLACE] Invalid SQL syntax: Cannot create a routine with both IF NOT EXISTS and REPLACE specified. SQLSTATE: 42000',
	],
	[
		'CREATE TEMPORARY FUNCTION s.f() RETURN 1',
		'[INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_DATABASE] Invalid SQL syntax: CREATE TEMPORARY FUNCTION with specifying a database(`s`) is not allowed. SQLSTATE: 42000',
	],
])('%s is refused as Spark refuses it', async (sql, message) => {
	await expect(opened.run(sql)).rejects.toThrow(new Error(message));
});

test.each([
	['SELECT tf(1)', 'NOT_A_SCALAR_FUNCTION'],
	['SELECT * FROM add2(1)', 'NOT_A_TABLE_FUNCTION'],
	['SELECT t.y FROM t, tf(t.x)', 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION'],
	['SELECT * FROM s.nosuch(1)', 'UNRESOLVABLE_TABLE_VALUED_FUNCTION'],
	["SELECT add2('x')", 'CAST_INVALID_INPUT'],
	['SELECT ratio(1, 0)', 'DIVIDE_BY_ZERO'],
	['CREATE VIEW w AS SELECT add2(1)', 'CREATE_PERMANENT_VIEW_WITHOUT_ALIAS'],
	['CREATE FUNCTION f() RETURNS INT', 'PARSE_SYNTAX_ERROR'],
	['CREATE FUNCTION f RETURNS INT RETURN 1', 'PARSE_SYNTAX_ERROR'],
	['CREATE FUNCTION nowhere.f() RETURN 1', 'SCHEMA_NOT_FOUND'],
	['DROP SCHEMA s', 'SCHEMA_NOT_EMPTY'],
])('%s ends in %s', async (sql, condition) => {
	expect(await opened.conditionOf(sql)).toBe(condition);
});

test.each([
	[
		'another language',
		"CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE PYTHON AS $$ return 'it''s' $$",
	],
	['a text in dollars', "CREATE FUNCTION f(a INT) RETURNS INT AS $$ it's; $$"],
	['a value under a collation', 'CREATE FUNCTION f(a STRING) RETURN a COLLATE UTF8_LCASE'],
	['types with a length', 'CREATE FUNCTION f(a VARCHAR(3)) RETURN a'],
	['other parameters', 'CREATE OR REPLACE FUNCTION add2(a INT) RETURNS BIGINT RETURN a'],
	['VALUES', 'VALUES (add2(1))'],
	['a parameter in VALUES', 'CREATE FUNCTION f(a INT) RETURNS TABLE RETURN VALUES (a)'],
	['ORDER BY', 'SELECT x FROM t ORDER BY add2(x)'],
	['a generator', 'SELECT explode(array(add2(1)))'],
	['a lambda function', 'SELECT transform(array(1), e -> add2(e))'],
	['an aggregate for a query', 'SELECT count_of(sum(x)) FROM t'],
	['UPDATE', 'UPDATE t SET x = nr(x)'],
	['a CHECK', 'ALTER TABLE t ADD CONSTRAINT c CHECK (add2(x) > 0)'],
	['DESCRIBE', 'DESCRIBE FUNCTION add2'],
])('%s is refused by name', async (_what, sql) => {
	expect(await opened.conditionOf(sql)).toBe('UNSUPPORTED_FEATURE.LOCAL_WORKSPACE');
});

test('COPY INTO takes no function of a user', async () => {
	await opened.run('CREATE VOLUME files');
	await writeFile(`${opened.volumesRoot}/spark_catalog/s/files/a.json`, '{"x":1}\n');
	const select = "SELECT nr(x) AS x FROM '/Volumes/spark_catalog/s/files'";
	await expect(opened.run(`COPY INTO t FROM (${select}) FILEFORMAT = JSON`)).rejects.toThrow(
		'does not support the function nr of a user in COPY INTO',
	);
});
