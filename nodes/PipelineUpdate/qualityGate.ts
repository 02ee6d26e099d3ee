import type { IDataObject } from 'n8n-workflow';
import type { DatasetResult, ExpectationResult } from '../databricks/pipelines/pipelineQuality';
import type { QualityGate } from './qualityGateFields';

/** A demand that the data did not meet. */
export interface GateViolation {
	/** Undefined for the pass rate of all expectations together. */
	table?: string;
	expectation?: string;
	passedRecords: number;
	failedRecords: number;
	minimumPercent: number;
}

export interface GateVerdict {
	passed: boolean;
	/** One sentence for people: what was demanded, which expectation of which table had how many bad records. */
	message: string;
	violations: GateViolation[];
	/** Rules that fit no expectation of the update. */
	unmatchedRules: string[];
}

interface Check extends ExpectationResult {
	table: string;
}

const mostNamed = 5;

/** Whether the data of an update is good enough. */
export function judge(gate: QualityGate, datasets: readonly DatasetResult[]): GateVerdict {
	const checks = datasets.flatMap(({ dataset, expectations }) =>
		expectations.map((expectation) => ({ ...expectation, table: dataset })),
	);
	const passedRecords = sum(checks.map((check) => check.passedRecords));
	const failedRecords = sum(checks.map((check) => check.failedRecords));
	const { minimumPercent } = gate;
	const overall = { passedRecords, failedRecords, minimumPercent };
	const violations: GateViolation[] = isMet(overall) ? [] : [overall];
	const unmatchedRules: string[] = [];
	for (const rule of gate.rules) {
		const matching = checks.filter((check) => fits(rule.pattern, check));
		if (matching.length === 0) unmatchedRules.push(rule.pattern);
		for (const check of matching) {
			const violation = {
				table: check.table,
				expectation: check.name,
				passedRecords: check.passedRecords,
				failedRecords: check.failedRecords,
				minimumPercent: rule.minimumPercent,
			};
			if (!isMet(violation)) violations.push(violation);
		}
	}
	const isUnchecked = passedRecords + failedRecords === 0;
	const unknown = isUnchecked || unmatchedRules.length > 0;
	const passed = violations.length === 0 && (gate.passUnchecked || !unknown);
	return {
		passed,
		message: messageOf(passed, violations, checks, isUnchecked, unmatchedRules),
		violations,
		unmatchedRules,
	};
}

/** The verdict as a field of the item. */
export function verdictItem(verdict: GateVerdict): IDataObject {
	return {
		passed: verdict.passed,
		message: verdict.message,
		violations: verdict.violations.map((violation) => ({
			table: violation.table ?? null,
			expectation: violation.expectation ?? null,
			passed_records: violation.passedRecords,
			failed_records: violation.failedRecords,
			passRate: violation.passedRecords / (violation.passedRecords + violation.failedRecords),
			minimumPassRate: violation.minimumPercent / 100,
		})),
		unmatched_rules: verdict.unmatchedRules,
	};
}

/** In whole numbers as far as they go: 98 of 100 are 98 %, whatever a division makes of it. */
function isMet({ passedRecords, failedRecords, minimumPercent }: GateViolation): boolean {
	return passedRecords * 100 >= minimumPercent * (passedRecords + failedRecords);
}

/** `valid_*` is a name, `transactions.valid_*` the end of a full one; letter case does not matter. */
function fits(pattern: string, { table, name }: Check): boolean {
	const source = pattern
		.split('*')
		.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
		.join('.*');
	const expression = new RegExp(`^(?:.*\\.)?${source}$`, 'i');
	return expression.test(pattern.includes('.') ? `${table}.${name}` : name);
}

function messageOf(
	passed: boolean,
	violations: readonly GateViolation[],
	checks: readonly Check[],
	isUnchecked: boolean,
	unmatchedRules: readonly string[],
): string {
	const unmatched =
		unmatchedRules.length === 0
			? ''
			: ` No expectation of the update fits the rule ${unmatchedRules.map((rule) => `"${rule}"`).join(', ')}.`;
	if (passed) {
		return isUnchecked
			? `The quality gate is open: the update checked no record.${unmatched}`
			: `The quality gate is open.${unmatched}`;
	}
	if (violations.length === 0) {
		return isUnchecked
			? `The quality gate is closed: the update checked no record.${unmatched}`
			: `The quality gate is closed.${unmatched}`;
	}
	const sentences = violations.map((violation) => sentenceOf(violation, checks));
	return `The quality gate is closed: ${sentences.join(' ')}${unmatched}`;
}

function sentenceOf(violation: GateViolation, checks: readonly Check[]): string {
	const { table, expectation, passedRecords, failedRecords, minimumPercent } = violation;
	const total = passedRecords + failedRecords;
	const rate = percentText(passedRecords / total, minimumPercent);
	if (table !== undefined) {
		return `${table}.${expectation} had ${failedRecords} bad records of ${total} (${rate} passed, at least ${minimumPercent} % must).`;
	}
	const bad = checks
		.filter((check) => check.failedRecords > 0)
		.sort((a, b) => b.failedRecords - a.failedRecords);
	const named = bad
		.slice(0, mostNamed)
		.map((check) => {
			const of = check.passedRecords + check.failedRecords;
			return `${check.table}.${check.name} ${check.failedRecords} of ${of}`;
		})
		.join(', ');
	const more = bad.length > mostNamed ? ` and ${bad.length - mostNamed} more` : '';
	return `${rate} of ${total} checks passed, at least ${minimumPercent} % must. Bad records: ${named}${more}.`;
}

/** With as many decimals as it takes not to look like the minimum that was missed. */
function percentText(rate: number, minimumPercent: number): string {
	for (let decimals = 2; decimals < 12; decimals++) {
		const text = (rate * 100).toFixed(decimals);
		if (Number(text) < minimumPercent) return `${text} %`;
	}
	return `${rate * 100} %`;
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
