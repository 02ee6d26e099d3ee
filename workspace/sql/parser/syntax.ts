import type { IntervalUnit, SqlType } from '../sqlType';

/** Where a node stands in the statement. */
export interface Span {
	start: number;
	end: number;
	/** where errors of it are told to be, when that is not its start: the word IN of `a IN (b)` */
	place?: number;
}

export type LiteralType =
	| 'string'
	| 'number'
	| 'boolean'
	| 'null'
	| 'date'
	| 'time'
	| 'timestamp'
	| 'timestamp_ntz'
	| 'binary';

/** `a LIKE 'x'`, `a NOT ILIKE ANY ('x', 'y')`, `a RLIKE 'x'`. */
export interface LikeExpr extends Span {
	kind: 'like';
	operator: 'like' | 'ilike' | 'rlike';
	operand: Expr;
	patterns: Expr[];
	quantifier?: 'all' | 'any';
	escape?: string;
	negated: boolean;
}

export type Expr = LikeExpr | OtherExpr;
type OtherExpr = Span &
	(
		| { kind: 'literal'; type: LiteralType; value: string }
		| { kind: 'interval'; value: Expr; from: IntervalUnit; to: IntervalUnit; scale: number }
		| { kind: 'column'; name: string[] }
		| { kind: 'star'; qualifier: string[]; except: string[][] }
		| { kind: 'parameter'; name: string }
		| { kind: 'resolved'; sql: string; type: SqlType; label: string }
		| { kind: 'identifier'; text: Expr }
		| { kind: 'call'; call: Call }
		| { kind: 'unary'; operator: '-' | '+' | '~' | 'not'; operand: Expr }
		| { kind: 'binary'; operator: string; left: Expr; right: Expr }
		| { kind: 'between'; operand: Expr; low: Expr; high: Expr; negated: boolean }
		| { kind: 'in'; operand: Expr; items: Expr[]; negated: boolean }
		| { kind: 'inQuery'; operand: Expr; query: Query; negated: boolean }
		| { kind: 'exists'; query: Query }
		| { kind: 'subquery'; query: Query }
		| { kind: 'is'; operand: Expr; test: 'null' | 'true' | 'false'; negated: boolean }
		| { kind: 'distinctFrom'; left: Expr; right: Expr; negated: boolean }
		| { kind: 'case'; operand?: Expr; branches: { when: Expr; then: Expr }[]; otherwise?: Expr }
		| { kind: 'cast'; operand: Expr; type: SqlType; tolerant: boolean }
		| { kind: 'field'; operand: Expr; name: string }
		| { kind: 'index'; operand: Expr; index: Expr }
		| { kind: 'path'; operand: Expr; steps: (string | number)[] }
		| { kind: 'tuple'; items: Expr[] }
		| { kind: 'lambda'; parameters: string[]; body: Expr }
		/** `name => value`, or `value AS name` as struct takes it */
		| { kind: 'named'; name: string; value: Expr; isAlias?: boolean }
	);

export interface Call {
	/** as it was written; several parts when it was qualified */
	name: string[];
	/** what stands in IDENTIFIER() in place of the name, until it is resolved */
	identifier?: Expr;
	args: Expr[];
	distinct: boolean;
	star: boolean;
	filter?: Expr;
	withinGroup?: OrderItem[];
	nulls?: 'ignore' | 'respect';
	over?: WindowSpec;
}

export interface OrderItem {
	expr: Expr;
	descending: boolean;
	nullsFirst: boolean;
	/** whether NULLS FIRST or LAST was written */
	explicitNulls: boolean;
}

export interface FrameBound {
	kind: 'unboundedPreceding' | 'preceding' | 'current' | 'following' | 'unboundedFollowing';
	offset?: Expr;
}

export interface WindowSpec {
	name?: string;
	partitionBy: Expr[];
	orderBy: OrderItem[];
	frame?: { unit: 'rows' | 'range'; start: FrameBound; end: FrameBound };
}

export interface SelectItem {
	expr: Expr;
	/** several names for a generator: `explode(m) AS (k, v)` */
	aliases: string[];
	/** what stands in IDENTIFIER() in place of an alias, until it is resolved */
	identifier?: Expr;
}

export type GroupElement =
	| { kind: 'expr'; expr: Expr }
	| { kind: 'rollup' | 'cube'; sets: Expr[][] }
	| { kind: 'sets'; sets: Expr[][] };

export interface GroupBy {
	all: boolean;
	elements: GroupElement[];
}

export interface Select extends Span {
	kind: 'select';
	distinct: boolean;
	items: SelectItem[];
	from: FromItem[];
	where?: Expr;
	groupBy?: GroupBy;
	having?: Expr;
	qualify?: Expr;
	windows: { name: string; spec: WindowSpec }[];
	/** the operator of a pipe that it stands for */
	piped?: 'SELECT' | 'EXTEND' | 'AGGREGATE';
	/** whether it is all columns of FROM, whose names a pipe after it still sees */
	isFrom?: boolean;
}

export interface SetOperation extends Span {
	kind: 'set';
	operator: 'union' | 'except' | 'intersect';
	all: boolean;
	left: QueryBody;
	right: QueryBody;
}

export interface Values extends Span {
	kind: 'values';
	rows: Expr[][];
	/** names given by an alias; empty for col1, col2 … */
	columns: string[];
}

export interface NestedQuery extends Span {
	kind: 'nested';
	query: Query;
}

export type QueryBody = Select | SetOperation | Values | NestedQuery;

export interface Query extends Span {
	kind: 'query';
	ctes: { name: string; columns: string[]; query: Query }[];
	body: QueryBody;
	orderBy: OrderItem[];
	orderByAll?: { descending: boolean; nullsFirst: boolean };
	limit?: Expr;
	offset?: Expr;
	windows: { name: string; spec: WindowSpec }[];
}

export interface TableAlias {
	name?: string;
	columns: string[];
}

export interface TimeTravel {
	version?: Expr;
	timestamp?: Expr;
}

export type JoinKind = 'inner' | 'left' | 'right' | 'full' | 'cross' | 'semi' | 'anti';

export interface TableItem extends Span {
	kind: 'table';
	/** with IDENTIFIER() the name parts after it too */
	name: string[] | { identifier: Expr; more: string[] };
	at: TimeTravel;
	stream: boolean;
	alias: TableAlias;
}

export interface TableFunctionItem extends Span {
	kind: 'tableFunction';
	name: string[];
	args: Expr[];
	stream: boolean;
	lateral: boolean;
	alias: TableAlias;
}

export interface DerivedItem extends Span {
	kind: 'derived';
	query: Query;
	alias: TableAlias;
	/** what comes before an operator of a pipe */
	piped?: boolean;
	lateral: boolean;
}

/** A relation in parentheses. */
export interface GroupItem extends Span {
	kind: 'group';
	item: FromItem;
	alias: TableAlias;
}

export interface JoinItem extends Span {
	kind: 'join';
	type: JoinKind;
	natural: boolean;
	left: FromItem;
	right: FromItem;
	on?: Expr;
	using?: string[];
}

export interface LateralViewItem extends Span {
	kind: 'lateralView';
	input: FromItem;
	call: Expr;
	outer: boolean;
	alias: TableAlias;
}

export interface PivotItem extends Span {
	kind: 'pivot';
	input: FromItem;
	aggregates: SelectItem[];
	columns: string[][];
	values: SelectItem[];
	alias: TableAlias;
}

export type FromItem =
	| TableItem
	| TableFunctionItem
	| DerivedItem
	| GroupItem
	| JoinItem
	| LateralViewItem
	| PivotItem;
